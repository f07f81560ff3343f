"""What the programs say of their options."""

import functools
import os
import pathlib
import subprocess

import pytest
import yaml

from repository import REPO

BIN = pathlib.Path(os.environ.get("WANWU_BIN_DIR",
                                  REPO / "build/release/bin"))


@functools.cache
def in_force(program, *flags):
    """Every option's value with these flags; fails if one is not taken."""
    if not (BIN / program).exists():
        pytest.skip(f"no {BIN}/{program}; build it first")
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("WANWU_")}
    done = subprocess.run([BIN / program, *flags, "--print_config"],
                          capture_output=True, text=True, timeout=60,
                          check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return yaml.safe_load(done.stdout)
