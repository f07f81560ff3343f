"""AVIF and HEIC come within 1 of 255 of Pillow's and pillow-heif's, which bring
decoders of their own."""

import os
import pathlib
import subprocess

import numpy as np
import pytest

import reference

REPO = pathlib.Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def samples(bin_dir, tmp_path_factory):
    """The folder of samples, of what they should show, and of tensors."""
    deps = pathlib.Path(os.environ.get("WANWU_DEPS_DIR", REPO / "build/deps"))
    python = deps / "heif/bin/python"
    if not python.exists():
        pytest.skip(f"no pillow-heif in {deps} (scripts/setup.sh --tests)")
    folder = tmp_path_factory.mktemp("heif")
    script = pathlib.Path(__file__).with_name("heif_samples.py")
    subprocess.run([python, script, folder], check=True)
    files = sorted(path for path in folder.iterdir() if path.suffix != ".png")
    result = subprocess.run(
        [bin_dir / "wanwu-preprocess", *files, "--output_dir", folder / "out"],
        capture_output=True, text=True, check=False)
    assert result.stderr == ""
    return files


def test_pictures_come_within_one_of_the_reference(samples):
    assert len(samples) > 40
    far = {}
    for file in samples:
        actual = np.load(file.parent / "out" / (file.name + ".npy")).astype(int)
        expected = reference.tensor(
            file.with_name(file.name + ".png").read_bytes())
        difference = np.abs(actual - expected).max()
        if difference > 1:
            far[file.name] = int(difference)
    assert far == {}
