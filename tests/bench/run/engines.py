"""The engines alone: how fast the silicon and the libraries are."""

import json
import subprocess

from . import places
from .service import clean_environment
from .unavailable import Unavailable

BATCHES = (1, 8)
LANES = 2
PATIENCE_S = 180


def measure_ceiling(model, precision, seconds, pictures):
    """oneDNN's primitives, our lanes, and our lanes with decoding; no RPC."""
    binary = places.BIN / "wanwu-engine-ceiling"
    if not binary.exists():
        raise Unavailable("wanwu-engine-ceiling is not built")
    return _run([binary, f"--model_repository={places.MODELS}",
                 f"--model={model}", f"--precision={precision}",
                 f"--lanes={LANES}",
                 f"--batch={','.join(map(str, BATCHES))}",
                 f"--seconds={seconds}", "--rounds=3",
                 f"--pictures={pictures}"])


def openvino_variants(files, cpu_has_bf16):
    """{precision: (file, what its float parts run in)}."""
    variants = {precision: (file, "f32") for precision, file in files.items()}
    if cpu_has_bf16 and "fp32" in files:
        variants["bf16"] = (files["fp32"], "bf16")
        # What is left in float there runs in what is fastest.
        variants["int8"] = (files["int8"], "bf16")
    return variants


def measure_openvino(model, precision, seconds):
    """Pictures per second by batch size, of a file of openvino_model.py."""
    return _run([places.VENV_PYTHON, places.BASELINE / "openvino_engine.py",
                 seconds, precision, model])


def _run(command):
    try:
        done = subprocess.run([str(word) for word in command], text=True,
                              capture_output=True, timeout=PATIENCE_S,
                              env=clean_environment(), check=False)
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"not done after {PATIENCE_S} s") from error
    if done.returncode != 0:
        words = done.stderr.strip().splitlines()
        raise Unavailable(words[-1] if words else f"exit {done.returncode}")
    return json.loads(done.stdout)
