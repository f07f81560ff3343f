"""What is read of this checkout."""

import pathlib
import re

REPO = pathlib.Path(__file__).resolve().parents[2]
DOCKERFILE = (REPO / "Dockerfile").read_text()


def version():
    return re.search(r"^project\(wanwu VERSION (\S+)",
                     (REPO / "CMakeLists.txt").read_text(), re.MULTILINE)[1]


def stage(name):
    """The Dockerfile's instructions that make it, each on one line."""
    lines = DOCKERFILE.replace("\\\n", " ")
    return re.search(rf"^FROM \S+ AS {name}\n(.*?)(?=^FROM |\Z)", lines,
                     re.MULTILINE | re.DOTALL)[1]
