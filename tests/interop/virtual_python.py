"""Virtual environments with what a file of requirements pins, kept."""

import shutil
import subprocess

import pytest

from environment import DEPS_DIR
from examples import BUILD_PATIENCE


def with_packages(name, wanted, *options):
    """The Python in build/deps/NAME; made the first time, and when the file
    `wanted` has changed. `options` are pip's. Skips where nothing can be
    fetched."""
    folder = DEPS_DIR / name
    made = folder / "requirements.txt"
    program = folder / "bin/python"
    if made.exists() and made.read_text() == wanted.read_text():
        return program
    subprocess.run(["/usr/bin/python3", "-m", "venv", "--clear", folder],
                   check=True)
    done = subprocess.run(
        [program, "-m", "pip", "install", "--quiet",
         "--disable-pip-version-check", *options, "-r", wanted], check=False,
        capture_output=True, text=True, timeout=BUILD_PATIENCE)
    if done.returncode != 0:
        pytest.skip(f"{name} cannot be had: "
                    + done.stderr.strip().splitlines()[-1])
    shutil.copy(wanted, made)
    return program
