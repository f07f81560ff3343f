"""Makes the benchmark's package importable, and the services' modules."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "baseline")]
