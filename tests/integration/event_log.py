"""What a server writes to standard error, read as it comes."""

import json
import threading

from environment import PATIENCE


class EventLog:
    """Reads `stream` to its end on a thread of its own."""

    def __init__(self, stream):
        self._changed = threading.Condition()
        self._lines = []
        self._ended = False
        self._reader = threading.Thread(target=self._read, args=[stream],
                                        daemon=True)
        self._reader.start()

    def _read(self, stream):
        with stream:
            for line in stream:
                with self._changed:
                    self._lines.append(line.rstrip("\n"))
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def join(self):
        """Returns once the writer has closed its end."""
        self._reader.join(PATIENCE)
        assert not self._reader.is_alive(), "standard error stays open"

    @property
    def lines(self):
        with self._changed:
            return list(self._lines)

    def text(self):
        return "\n".join(self.lines)

    def events(self, name=None):
        """The JSON lines so far, as dictionaries; only those of one event."""
        events = [json.loads(line) for line in self.lines
                  if line.startswith("{")]
        return [event for event in events if name in (None, event["event"])]

    def wait_for(self, name, **fields):
        """The first event called so, with these fields, as soon as it is
        there."""

        def found():
            return [event for event in self.events(name)
                    if fields.items() <= event.items()]

        with self._changed:
            self._changed.wait_for(lambda: found() or self._ended, PATIENCE)
        assert found(), f"no event {name!r} {fields} in:\n{self.text()}"
        return found()[0]

    def wait_for_first_of(self, *names):
        """The name of the one that is there first."""

        def found():
            return [event["event"] for event in self.events()
                    if event["event"] in names]

        with self._changed:
            self._changed.wait_for(lambda: found() or self._ended, PATIENCE)
        assert found(), f"none of {names} in:\n{self.text()}"
        return found()[0]

    def wait_for_count(self, name, count):
        """Until so many events are called so."""
        with self._changed:
            self._changed.wait_for(
                lambda: len(self.events(name)) >= count or self._ended,
                PATIENCE)
        assert len(self.events(name)) >= count, self.text()
