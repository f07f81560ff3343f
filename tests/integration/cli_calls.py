"""The command-line client, run to its end."""

import subprocess

from environment import BIN_DIR, PATIENCE, own_environment


def wanwu(*arguments):
    return subprocess.run(
        [BIN_DIR / "wanwu", *map(str, arguments)], env=own_environment(),
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=PATIENCE, check=False)
