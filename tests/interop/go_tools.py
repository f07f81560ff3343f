"""Programs of other people's that Go builds, in versions pinned here."""

import shutil
import subprocess

import pytest

from environment import REPO
from examples import BUILD_PATIENCE

_FOLDER = REPO / "tests/interop/tools"
# ghz is apart, since it builds with an old grpc-go only.
CALLERS = (_FOLDER, _FOLDER / "ghz")


def _go(module, *arguments):
    return subprocess.run(["go", *map(str, arguments)], cwd=module,
                          check=False, capture_output=True, text=True,
                          timeout=BUILD_PATIENCE)


def build(folder, *modules):
    """The tools of these, in that folder; skips where that cannot be."""
    if shutil.which("go") is None:
        pytest.skip("no go, which builds " + _names(modules))
    for module in modules:
        fetched = _go(module, "mod", "download")
        if fetched.returncode != 0:
            pytest.skip(f"modules of {_names(modules)} cannot be had: "
                        + fetched.stderr.strip().splitlines()[-1])
        built = _go(module, "build", "-mod=readonly", "-buildvcs=false", "-o",
                    folder, "tool")
        assert built.returncode == 0, built.stderr
    return folder


def _names(modules):
    return " and ".join(str(module.relative_to(REPO)) for module in modules)
