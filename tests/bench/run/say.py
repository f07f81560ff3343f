"""What the benchmark says while it runs."""

import sys
import time

_started = time.monotonic()


def say(text):
    passed = int(time.monotonic() - _started)
    print(f"{passed // 60:3}:{passed % 60:02}  {text}", file=sys.stderr,
          flush=True)
