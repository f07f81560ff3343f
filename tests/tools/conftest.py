"""Makes the export tool's modules importable."""

import os
import pathlib
import sys

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from export import compute  # noqa: E402

compute.run_torchscript_uncompiled()
