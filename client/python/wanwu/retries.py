"""When to ask again."""

from __future__ import annotations

import dataclasses
import random

import grpc

from .errors import WanwuError


@dataclasses.dataclass(frozen=True)
class RetryPolicy:
    """Asks again where the server says when to, and where none was reached.

    `attempts` of each picture, the first one included; 1 never asks again.
    The other two, in seconds, are for errors that name no delay.
    """

    attempts: int = 5
    first_backoff: float = 0.2
    longest_backoff: float = 5.0

    def delay(self, error: WanwuError, attempts: int) -> float | None:
        """Seconds, or None if that is the end; `attempts` were made."""
        if attempts >= self.attempts:
            return None
        if error.retry_after is not None:
            # Not all at once, and not before.
            return error.retry_after * random.uniform(1.0, 1.2)
        if error.code != grpc.StatusCode.UNAVAILABLE:
            return None
        backoff = self.first_backoff * 2.0**(attempts - 1)
        return min(backoff, self.longest_backoff) * random.uniform(0.8, 1.2)
