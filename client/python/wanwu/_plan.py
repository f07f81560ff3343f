"""Which pictures of a batch are under way, without doing anything itself."""

from __future__ import annotations

import dataclasses
import time
from typing import Callable, Generic

from .errors import WanwuError
from .progress import Progress
from .results import Answer, PictureT, Result
from .retries import RetryPolicy


@dataclasses.dataclass
class Open(Generic[PictureT]):
    """A picture without an answer. `due` is when to send it again, None
    while it is with the server."""

    index: int
    picture: PictureT
    encoded: bytes
    attempts: int = 1
    due: float | None = None


class BatchPlan(Generic[PictureT]):
    """At most `in_flight` pictures are held, those that wait included."""

    def __init__(self, in_flight: int, retry: RetryPolicy, total: int | None,
                 report: Callable[[Progress], None],
                 clock: Callable[[], float] = time.monotonic) -> None:
        if in_flight < 1:
            raise ValueError("in_flight must be at least 1")
        self._in_flight = in_flight
        self._retry = retry
        self._total = total
        self._report = report
        self._clock = clock
        self._begun = clock()
        self._open: dict[int, Open[PictureT]] = {}
        self._given = 0
        self._done = 0
        self._failed = 0

    @property
    def has_room(self) -> bool:
        return len(self._open) < self._in_flight

    @property
    def is_idle(self) -> bool:
        """No picture is held."""
        return not self._open

    @property
    def is_waiting(self) -> bool:
        """The server has pictures."""
        return any(each.due is None for each in self._open.values())

    def add(self, picture: PictureT, encoded: bytes) -> Open[PictureT]:
        """One more, which is now to be sent."""
        added = Open(self._given, picture, encoded)
        self._open[self._given] = added
        self._given += 1
        return added

    def unreadable(self, picture: PictureT,
                   error: WanwuError) -> Answer[PictureT]:
        """One more, which cannot be sent."""
        self._given += 1
        return self._count(Answer(self._given - 1, picture, error=error))

    def seconds_until_due(self) -> float:
        """Of those that are to be sent again, the first."""
        first = min((each.due for each in self._open.values()
                     if each.due is not None), default=0.0)
        return max(0.0, first - self._clock())

    def take_due(self) -> list[Open[PictureT]]:
        """Which are now to be sent again."""
        now = self._clock()
        taken = [each for each in self._open.values()
                 if each.due is not None and each.due <= now]
        for each in taken:
            each.due = None
            each.attempts += 1
        return taken

    def answered(self, index: int,
                 result: Result | WanwuError) -> Answer[PictureT] | None:
        """None if the picture is to be sent again."""
        done = self._open[index]
        if isinstance(result, Result):
            answer = Answer(index, done.picture, result=result)
        elif self._wait(done, result):
            return None
        else:
            answer = Answer(index, done.picture, error=result)
        del self._open[index]
        return self._count(answer)

    def broken(self, error: WanwuError) -> None:
        """The stream ended; raises if that is the end of the batch."""
        sent = [each for each in self._open.values() if each.due is None]
        attempts = max((each.attempts for each in sent), default=1)
        # One delay for all of them, since one stream takes them again.
        delay = self._retry.delay(error, attempts)
        if delay is None:
            raise error
        for each in sent:
            each.due = self._clock() + delay

    def _wait(self, picture: Open[PictureT], error: WanwuError) -> bool:
        delay = self._retry.delay(error, picture.attempts)
        if delay is not None:
            picture.due = self._clock() + delay
        return delay is not None

    def _count(self, answer: Answer[PictureT]) -> Answer[PictureT]:
        self._done += 1
        self._failed += answer.error is not None
        self._report(Progress(self._done, self._failed, self._total,
                              self._clock() - self._begun))
        return answer
