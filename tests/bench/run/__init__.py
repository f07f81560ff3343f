"""The comparison behind `make bench`: see docs/benchmarks.md."""

import pathlib
import sys

# What it shares with the tests.
sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
