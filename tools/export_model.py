#!/usr/bin/python3
"""Makes a model package for wanwu-server; see docs/model-package.md."""

import os
import sys

# Read by OpenMP when torch is loaded: threads that spin while they wait
# bring an export to a crawl when another process wants a core.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from export import cli  # noqa: E402

if __name__ == "__main__":
    sys.exit(cli.main())
