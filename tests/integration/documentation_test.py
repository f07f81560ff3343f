"""What the documentation shows works as printed."""

import os
import re
import shutil
import subprocess

from environment import DEPS_DIR, PATIENCE, REPO


def blocks_below(heading, text):
    """Language and content of the code blocks of a section."""
    section = re.split(r"^## ", text.split(f"## {heading}\n")[1],
                       flags=re.MULTILINE)[0]
    return re.findall(r"^```(\w*)\n(.*?)^```$", section,
                      flags=re.MULTILINE | re.DOTALL)


def test_python_example_names_what_is_on_the_picture(server, package, cat,
                                                     tmp_path):
    text = (REPO / "docs/api.md").read_text()
    (_, commands), (language, program) = blocks_below("From Python", text)
    assert language == "python"
    assert "127.0.0.1:8500" in program
    (tmp_path / "classify.py").write_text(
        program.replace("127.0.0.1:8500", server.address))
    shutil.copy(cat, tmp_path / "cat.jpg")
    (tmp_path / "proto").symlink_to(REPO / "proto")
    (tmp_path / "build").mkdir()
    (tmp_path / "build/deps").symlink_to(DEPS_DIR)
    environment = {name: value for name, value in os.environ.items()
                   if name != "PYTHONPATH"}
    done = subprocess.run(["bash", "-euc", commands], cwd=tmp_path,
                          env=environment, capture_output=True, text=True,
                          timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    best, *others = [line.split(" ", 1) for line in done.stdout.splitlines()]
    assert len(others) == 2
    assert best[1] in {label["label_en"]
                       for label in package.labels.values()}
