"""Where the tests find the binaries and the pictures."""

import os
import pathlib

import pytest

REPO = pathlib.Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def bin_dir():
    folder = os.environ.get("WANWU_BIN_DIR")
    if not folder:
        pytest.fail("set WANWU_BIN_DIR to the folder of the built binaries")
    return pathlib.Path(folder)


@pytest.fixture(scope="session")
def shared_images():
    shared = pathlib.Path(os.environ.get("WANWU_SHARED_DIR",
                                         REPO.parent / "shared"))
    images = sorted(shared.glob("images/*.JPEG"))
    if not images:
        pytest.skip(f"no shared pictures under {shared}/images "
                    "(WANWU_SHARED_DIR)")
    return images


@pytest.fixture(scope="session")
def photographs():
    deps = pathlib.Path(os.environ.get("WANWU_DEPS_DIR", REPO / "build/deps"))
    photos = sorted(path for path in deps.glob("photos/*")
                    if path.suffix in (".png", ".jpg", ".jpeg", ".webp"))
    if not photos:
        pytest.skip(f"no photographs under {deps}/photos (scripts/setup.sh "
                    "puts them there)")
    return photos
