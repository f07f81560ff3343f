"""Where the tests find what they need. Each place can be set by a variable."""

import os
import pathlib

REPO = pathlib.Path(__file__).resolve().parents[2]


def _folder(variable, default):
    return pathlib.Path(os.environ.get(variable) or default)


BIN_DIR = _folder("WANWU_BIN_DIR", REPO / "build/release/bin")
MODELS_DIR = _folder("WANWU_MODELS_DIR", REPO / "models")
SHARED_DIR = _folder("WANWU_SHARED_DIR", REPO.parent / "shared")
DEPS_DIR = _folder("WANWU_DEPS_DIR", REPO / "build/deps")
STUBS_DIR = _folder("WANWU_PROTO_PY", REPO / "build/release/python")

# Under sanitizers everything takes some ten times as long: fewer pictures,
# longer deadlines.
SANITIZED = os.environ.get("WANWU_SANITIZED") == "1"

# Whether tests take all of what they otherwise take a part of.
FULL = os.environ.get("WANWU_FULL") == "1"

# A deadline for what should take seconds at most, in seconds: only a hang
# reaches it.
PATIENCE = 300 if SANITIZED else 90


def own_environment():
    """The environment without Wanwu's variables, for the programs we start."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith("WANWU_")}
