"""Where the benchmark finds what it needs, and leaves what it found."""

import os
import pathlib

REPO = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(os.environ.get("WANWU_BUILD_DIR", REPO / "build/release"),
                   "bin")
MODELS = REPO / "models"
SHARED_PICTURES = REPO.parent / "shared/images"
PHOTOS = REPO / "build/deps/photos"
BASELINE = REPO / "tests/bench/baseline"

# Made by scripts/bench.sh; not there where PyPI could not be reached.
VENV_PYTHON = REPO / "build/bench-venv/bin/python"
# The same, with --peers.
PEERS_PYTHON = REPO / "build/bench-peers/bin/python"
TORCHSERVE_PYTHON = REPO / "build/bench-torchserve/bin/python"
# With Debian's packages.
PYTHON = "/usr/bin/python3"

OUT = REPO / "build/bench"
PAGE = REPO / "docs/benchmarks.md"
RESULTS_PAGE = REPO / "docs/benchmark-results.md"
PLOTS = REPO / "docs/benchmarks"
