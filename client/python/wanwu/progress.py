"""How far a batch is."""

from __future__ import annotations

import dataclasses
import sys
from typing import Callable, Union


@dataclasses.dataclass(frozen=True)
class Progress:
    """`done` pictures have their answer, `failed` of them an error. `total`
    is None where the pictures have no length."""

    done: int
    failed: int
    total: int | None
    seconds: float


# True: a line on standard error, written anew after each picture.
ProgressOption = Union[bool, Callable[[Progress], None]]


def reporter(option: ProgressOption) -> Callable[[Progress], None]:
    if callable(option):
        return option
    return _print if option else lambda progress: None


def _print(progress: Progress) -> None:
    rate = progress.done / progress.seconds if progress.seconds else 0.0
    of = "" if progress.total is None else f" of {progress.total}"
    end = "\n" if progress.done == progress.total else ""
    sys.stderr.write(f"\r{progress.done}{of} pictures, {progress.failed} "
                     f"failed, {rate:.0f}/s{end}")
    sys.stderr.flush()
