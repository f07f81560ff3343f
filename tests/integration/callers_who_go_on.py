"""Callers on threads of their own, who call again whatever happens."""

import collections
import threading

from environment import PATIENCE


class CallersWhoGoOn:
    """Starts `count` callers. What one does is `_run`, a subclass's, which
    counts each call with `_count`; it is `under_way` after that many answers.
    """

    def __init__(self, count, under_way):
        self._under_way = under_way
        self._answered = 0
        self._changed = threading.Condition()
        self.ends = collections.Counter()
        self._threads = [threading.Thread(target=self._run, daemon=True)
                         for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def wait_until_under_way(self):
        with self._changed:
            assert self._changed.wait_for(
                lambda: self._answered >= self._under_way, PATIENCE)

    def join(self):
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a call never ended"

    def _count(self, end, answered=False):
        with self._changed:
            self.ends[end] += 1
            self._answered += answered
            self._changed.notify_all()
