"""grpcurl, grpc-health-probe and ghz, by the lines that docs/clients.md has."""

import os
import re
import shutil
import subprocess

import pytest

from environment import PATIENCE, REPO, own_environment


def lines():
    page = (REPO / "docs/clients.md").read_text(encoding="utf-8")
    section = page.split("\n## Tools\n")[1]
    return re.search(r"^```\n(.*?)^```", section, re.M | re.S)[1].splitlines()


LINES = lines()
# What a line prints, by a part of it that no other line has.
SAYS = {" list": "wanwu.v1.ImageClassifier",
        "/GetModel": '"labels_count": 1000',
        '"top_k": 3': '"wordnet_id"',
        "/ClassifyBatch": '"id": "cat.png"',
        "Health/Check": '"SERVING"',
        "grpc-health-probe ": "SERVING",
        "ghz ": "200 responses"}


@pytest.mark.parametrize("line", LINES)
def test_line_works_as_printed(go_tools, server, package, cat, tmp_path,
                               line):
    assert "127.0.0.1:8500" in line
    shutil.copy(cat, tmp_path / "cat.png")
    command = line.replace("127.0.0.1:8500", server.address).replace(
        "resnet18", package.name)
    path = f"{go_tools}:{os.environ['PATH']}"
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", command],
                          cwd=tmp_path, env={**own_environment(),
                                             "PATH": path},
                          capture_output=True, text=True, timeout=PATIENCE,
                          check=False)
    assert done.returncode == 0, done.stderr
    expected, = (words for part, words in SAYS.items() if part in line)
    assert expected in done.stdout + done.stderr
