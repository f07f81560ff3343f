"""Progress lines on standard error."""

import contextlib
import sys
import time


class Progress:
    """Prints each step once with its time, and a percentage on a terminal."""

    def __init__(self, stream=None):
        self._stream = stream if stream is not None else sys.stderr
        self._live = self._stream.isatty()
        self._start = time.monotonic()
        self._title = ""

    @contextlib.contextmanager
    def step(self, title):
        self._title = title
        began = time.monotonic()
        if self._live:
            self._rewrite("")
        try:
            yield self
        except BaseException:
            if self._live:
                self._print("\r\033[K")
            raise
        seconds = time.monotonic() - began
        lead = "\r\033[K" if self._live else ""
        self._print(f"{lead}  {title} ({seconds:.1f} s)\n")

    def update(self, done, total):
        """`total` is 0 where nobody knows it."""
        if self._live and total > 0:
            self._rewrite(f" {100 * done // total} %")

    def say(self, text):
        self._print(f"  {text}\n")

    def seconds(self):
        return time.monotonic() - self._start

    def _rewrite(self, suffix):
        self._print(f"\r\033[K  {self._title} ...{suffix}")

    def _print(self, text):
        self._stream.write(text)
        self._stream.flush()
