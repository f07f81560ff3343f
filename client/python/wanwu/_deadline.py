"""How much time is left; `end` is on the monotonic clock, None is never."""

from __future__ import annotations

import time


def left(end: float | None) -> float | None:
    return None if end is None else max(0.0, end - time.monotonic())


def within(end: float | None, delay: float) -> float:
    """The delay, or what is left where that is less."""
    remaining = left(end)
    return delay if remaining is None else min(delay, remaining)
