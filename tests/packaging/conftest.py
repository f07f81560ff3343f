"""What `cmake --install` puts below DESTDIR for the prefix /usr."""

import os
import pathlib
import subprocess
import sys

import pytest

_TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.append(str(_TESTS / "integration"))

from environment import BIN_DIR  # noqa: E402

BUILD_DIR = BIN_DIR.parent


def install(prefix, destdir=None):
    environment = dict(os.environ)
    environment.pop("DESTDIR", None)
    if destdir is not None:
        environment["DESTDIR"] = str(destdir)
    subprocess.run(["cmake", "--install", BUILD_DIR, "--prefix", prefix],
                   check=True, env=environment, capture_output=True)


@pytest.fixture(scope="session")
def root(tmp_path_factory):
    """The folder that stands for /."""
    folder = tmp_path_factory.mktemp("root")
    install("/usr", destdir=folder)
    return folder
