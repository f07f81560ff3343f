"""grpcurl, grpc-health-probe and ghz, by the lines that docs/clients.md has."""

import os
import re
import shutil
import subprocess

import pytest

from environment import PATIENCE, REPO, own_environment
from examples import BUILD_PATIENCE

# ghz is apart, since it builds with an old grpc-go only.
MODULES = (REPO / "tests/interop/tools", REPO / "tests/interop/tools/ghz")


def lines():
    page = (REPO / "docs/clients.md").read_text(encoding="utf-8")
    section = page.split("\n## Tools\n")[1]
    return re.search(r"^```\n(.*?)^```", section, re.M | re.S)[1].splitlines()


LINES = lines()
# What a line prints, by a part of it that no other line has.
SAYS = {" list": "wanwu.v1.ImageClassifier",
        "/GetModel": '"labels_count": 1000',
        "-d @": '"wordnet_id"',
        "grpc-health-probe ": "SERVING",
        "ghz ": "200 responses"}


def _go(module, *arguments):
    return subprocess.run(["go", *map(str, arguments)], cwd=module,
                          check=False, capture_output=True, text=True,
                          timeout=BUILD_PATIENCE)


@pytest.fixture(scope="session")
def programs(tmp_path_factory):
    """The folder that has them."""
    if shutil.which("go") is None:
        pytest.skip("no go, which builds grpcurl, grpc-health-probe and ghz")
    folder = tmp_path_factory.mktemp("tools")
    for module in MODULES:
        fetched = _go(module, "mod", "download")
        if fetched.returncode != 0:
            pytest.skip("modules of grpcurl, grpc-health-probe and ghz cannot "
                        "be had: " + fetched.stderr.strip().splitlines()[-1])
        built = _go(module, "build", "-mod=readonly", "-buildvcs=false", "-o",
                    folder, "tool")
        assert built.returncode == 0, built.stderr
    return folder


@pytest.mark.parametrize("line", LINES)
def test_line_works_as_printed(programs, server, package, cat, tmp_path,
                               line):
    assert "127.0.0.1:8500" in line
    shutil.copy(cat, tmp_path / "cat.png")
    command = line.replace("127.0.0.1:8500", server.address).replace(
        "resnet18", package.name)
    path = f"{programs}:{os.environ['PATH']}"
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", command],
                          cwd=tmp_path, env={**own_environment(),
                                             "PATH": path},
                          capture_output=True, text=True, timeout=PATIENCE,
                          check=False)
    assert done.returncode == 0, done.stderr
    expected, = (words for part, words in SAYS.items() if part in line)
    assert expected in done.stdout + done.stderr
