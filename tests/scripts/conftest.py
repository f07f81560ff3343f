"""A checkout with the real scripts, among stand-ins for what they call."""

import os
import pathlib
import shutil
import subprocess

import pytest

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"


class Checkout:
    """`root` has a copy of scripts/; commands in `bin` go before others."""

    def __init__(self, folder):
        self.root = folder / "checkout"
        self.bin = folder / "bin"
        self.shared = folder / "shared"
        self.bin.mkdir(parents=True)
        shutil.copytree(SCRIPTS, self.root / "scripts")

    def put(self, path, text):
        """An executable file; `path` is relative to the checkout."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        target.chmod(0o755)
        return target

    def put_command(self, name, text):
        """Stands in for a program; it appends its arguments to NAME.calls."""
        self.put(self.bin / name,
                 f'#!/bin/bash\necho "$*" >> "$0.calls"\n{text}\n')

    def calls(self, name):
        """The arguments of each call, a line each."""
        recorded = self.bin / f"{name}.calls"
        return recorded.read_text().splitlines() if recorded.exists() else []

    def run(self, script, *arguments, **environment):
        inherited = {name: value for name, value in os.environ.items()
                     if not name.startswith("WANWU_")}
        return subprocess.run(
            [self.root / "scripts" / script, *arguments], check=False,
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=60, cwd=self.root,
            env={**inherited, "PATH": f"{self.bin}:{os.environ['PATH']}",
                 **environment})


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)
