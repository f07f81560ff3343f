"""Runs the programs of tests/interop/oip, with PyPI's packages, and makes what
they classify."""

import json
import subprocess

import numpy as np

import pictures
from environment import BIN_DIR, DEPS_DIR, REPO, own_environment

PYTHON = DEPS_DIR / "oip/bin/python"
PROGRAMS = REPO / "tests/interop/oip"
PATIENCE = 300
PICTURES = 8
# A protocol's package of one name may be there once in a process.
SETTINGS = {"PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1"}


def run(program, *arguments, patience=PATIENCE):
    """What it printed, as JSON."""
    done = subprocess.run(
        [PYTHON, PROGRAMS / program, *map(str, arguments)],
        env=own_environment() | SETTINGS, capture_output=True, text=True,
        check=False, timeout=patience)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def pictures_at_hand(count=PICTURES):
    found = pictures.shared_pictures() or pictures.photographs()
    step = max(1, len(found) // count)
    return found[::step][:count]


def write_pictures(folder, model):
    """*.picture files with their pixels and normalised tensors; `model` is
    what the server says of it. Gives the pictures by file name."""
    folder.mkdir()
    by_name = {}
    for i, picture in enumerate(pictures_at_hand()):
        path = folder / f"{i:03}.picture"
        path.write_bytes(picture.encoded)
        by_name[path.name] = picture
        pixels = _pixels_of(path, model)
        np.save(path.with_suffix(".npy"), pixels)
        np.save(path.with_suffix(".tensor.npy"), _normalise(pixels, model))
    return by_name


def _pixels_of(path, model):
    subprocess.run([BIN_DIR / "wanwu-preprocess", path,
                    f"--output_dir={path.parent}"],
                   check=True, capture_output=True)
    pixels = np.load(path.with_name(f"{path.name}.npy"))
    assert pixels.shape == (model.input.height, model.input.width, 3)
    return pixels


def _normalise(pixels, model):
    """In float32, step by step as torchvision does."""
    unit = pixels.astype(np.float32) / np.float32(model.input.divisor)
    mean = np.array(model.input.mean, np.float32)
    std = np.array(model.input.std, np.float32)
    return np.ascontiguousarray(((unit - mean) / std).transpose(2, 0, 1))
