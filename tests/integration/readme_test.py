"""The lines with curl that the documentation prints work as printed."""

import json
import re
import shutil
import subprocess

import pytest

import pictures
from environment import DEPS_DIR, PATIENCE, REPO, own_environment

DOCUMENTS = ("README.md", "docs/rest.md")
PRINTED_ADDRESS = "127.0.0.1:8501"


def one_liners():
    """Lines of fenced blocks that begin with curl, without duplicates."""
    found = {}
    for document in DOCUMENTS:
        text = (REPO / document).read_text(encoding="utf-8")
        for block in re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S):
            block = block.replace("\\\n", " ")
            for line in re.findall(r"^(?:\$ )?(curl .*)", block, re.M):
                found.setdefault(line, f"{document}: {line}")
    return found


ONE_LINERS = one_liners()


@pytest.fixture
def folder(tmp_path):
    """Where the pictures that the lines name are."""
    photos = tmp_path / "build/deps/photos"
    photos.parent.mkdir(parents=True)
    if (DEPS_DIR / "photos").is_dir():
        photos.symlink_to((DEPS_DIR / "photos").resolve())
    for line in ONE_LINERS:
        for name in re.findall(r"@([\w./-]+)", line):
            if not (tmp_path / name).exists():
                make_picture(tmp_path / name)
    return tmp_path


def make_picture(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    for photograph in pictures.photograph_paths():
        if photograph.suffix == path.suffix:
            shutil.copy(photograph, path)
            return
    kind = {".png": "PNG", ".webp": "WEBP"}.get(path.suffix, "JPEG")
    image = pictures.Image.radial_gradient("L").convert("RGB")
    path.write_bytes(pictures.encode(image, kind))


def test_documentation_has_lines_with_curl():
    assert any("docs/rest.md" in where for where in ONE_LINERS.values())


@pytest.mark.parametrize("line", ONE_LINERS, ids=ONE_LINERS.get)
def test_line_with_curl_works_as_printed(gateway, folder, line):
    assert PRINTED_ADDRESS in line
    line = line.replace(PRINTED_ADDRESS, f"127.0.0.1:{gateway.port}")
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], cwd=folder, check=False,
        env=own_environment(), capture_output=True, text=True,
        timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(answer) for answer in done.stdout.splitlines()]
    assert answers
    assert '"error"' not in done.stdout
