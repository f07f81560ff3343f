"""client/python, installed as pip does it, without asking PyPI."""

import importlib
import shutil
import subprocess
import sys

import pytest

from environment import DEPS_DIR, PATIENCE, REPO

TOOLS = DEPS_DIR / "client-tools/bin/python"


def copy_of_sources(folder):
    """The package in a repository of its own, since building leaves files."""
    shutil.copytree(REPO / "client/python", folder / "client/python",
                    ignore=shutil.ignore_patterns("build", "*.egg-info"))
    for name in ("proto", "docs"):
        (folder / name).symlink_to(REPO / name)
    return folder / "client/python"


def run_tool(*arguments, **options):
    """Python with grpcio-tools and mypy; skips where that is missing."""
    if not TOOLS.exists():
        pytest.skip("no grpcio-tools in build/deps/client-tools; "
                    "scripts/setup.sh --tests puts them there")
    return subprocess.run([TOOLS, *map(str, arguments)], text=True,
                          capture_output=True, timeout=PATIENCE, check=False,
                          **options)


def install(folder, source=None):
    """The folder with the installed package."""
    if source is None:
        source = copy_of_sources(folder / "source")
    installed = folder / "installed"
    done = run_tool("-m", "pip", "install", "--quiet",
                    "--disable-pip-version-check", "--no-deps",
                    "--no-build-isolation", f"--target={installed}", source)
    assert done.returncode == 0, done.stderr
    return installed


def load(folder):
    """The module; the tests' stubs are a package of the same name."""
    for name in [name for name in sys.modules
                 if name.partition(".")[0] == "wanwu"]:
        del sys.modules[name]
    sys.path.insert(0, str(folder))
    return importlib.import_module("wanwu")
