#!/usr/bin/python3
"""What a start takes: time until SERVING and resident memory, for the first
start (nothing kept) and later ones, shared libraries mapped, and --version.
For docs/platforms.md; on each release alike.

usage: tests/bench/starting.py [--starts 5]
"""

import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).parents[1] / "integration"))

# pylint: disable=wrong-import-position
import packages  # noqa: E402
from environment import BIN_DIR  # noqa: E402
from server_process import ServerProcess  # noqa: E402


def libraries(pid):
    lines = pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines()
    return len({line.split()[-1] for line in lines if ".so" in line})


def start(repository, state):
    """Milliseconds, MB and libraries."""
    server = ServerProcess(f"--model_repository={repository}",
                           f"--state_dir={state}")
    try:
        server.wait_until_serving()
        taken = (server.log.wait_for("server_serving")["start_ms"],
                 server.memory() / 1e6, libraries(server.process.pid))
        server.stop()
        return taken
    finally:
        server.close()


def version_ms():
    begin = time.monotonic()
    subprocess.run([BIN_DIR / "wanwu-server", "--version"], check=True,
                   capture_output=True)
    return 1000 * (time.monotonic() - begin)


def report(what, starts):
    times, memory, mapped = zip(*starts)
    print(f"{what}: {statistics.median(times):.0f} ms until SERVING, "
          f"{statistics.median(memory):.0f} MB, {max(mapped)} libraries",
          flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=5)
    count = parser.parse_args().starts
    found = [package for package in map(packages.find_package, packages.MODELS)
             if package]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        repository = packages.repository_of(folder / "models", *found)
        report("first starts", [start(repository, folder / f"state-{number}")
                                for number in range(count)])
        report("later starts", [start(repository, folder / "state-0")
                                for _ in range(count)])
    print("--version: "
          f"{statistics.median(version_ms() for _ in range(count)):.0f} ms")


if __name__ == "__main__":
    main()
