#!/usr/bin/python3
"""Plays each hostile input against a server of its own, and prints what of it
the server and its other callers felt.

usage: tests/bench/hostile.py [--bin DIR] [--models DIR] [--picture FILE]
                              [--only NAME,...] [--after SECONDS]
                              [-- SERVER FLAGS]

Needs wanwu-server and wanwu_python_modules to be built. What each input is says
tests/bench/run/attacks.py. Takes at most about 2 minutes for each.
"""

import argparse
import pathlib
import signal
import subprocess
import sys
import time

from run import agreement, attacks, hostile_server, places, prepare, tables
from run.observers import Observers
from run.say import say

NAMES = [attack.__name__ for attack in attacks.ATTACKS]
# Longer than any attack takes that goes as it should.
PATIENCE_S = 150
CALM_S = 2


def parse():
    parser = argparse.ArgumentParser(
        description="Plays hostile inputs against a server.")
    parser.add_argument("--bin", type=pathlib.Path, default=places.BIN)
    parser.add_argument("--models", type=pathlib.Path, default=places.MODELS)
    parser.add_argument("--model", default="resnet18")
    parser.add_argument("--picture", type=pathlib.Path,
                        help="what an ordinary caller sends")
    parser.add_argument("--only", default=NAMES, metavar="NAME,...",
                        type=lambda text: text.split(","),
                        help="of " + ", ".join(NAMES))
    parser.add_argument("--after", type=float, default=60,
                        help="seconds until memory is read again")
    parser.add_argument("flags", nargs="*", help="of the server, behind --")
    options = parser.parse_args()
    for name in options.only:
        if name not in NAMES:
            parser.error(f"there is no {name}")
    return options


def play(name, options, picture):
    """A row of the table."""
    server = hostile_server.start(name, prepare.repository_of(options.model),
                                  options.flags)
    try:
        calm_mb = server.memory_mb("VmRSS")
        observers = Observers(server.address, picture)
        time.sleep(CALM_S)
        what = attack(name, server.address)
        time.sleep(CALM_S)
        seen = observers.stop()
        peak_mb = server.memory_mb("VmHWM")
        time.sleep(options.after)
        lives = server.lives()
        return [name, what, f"{calm_mb:.0f}", f"{peak_mb:.0f}",
                f"{server.memory_mb('VmRSS'):.0f}" if lives else "–",
                *seen, server.end()]
    finally:
        server.close()


def attack(name, address):
    """In a process of its own, so that the observers are not held up."""
    try:
        done = subprocess.run(
            [sys.executable, "-B", "-m", "run.attacks", name, address],
            cwd=places.REPO / "tests/bench", text=True, check=False,
            capture_output=True, timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        return f"not done after {PATIENCE_S} s"
    lines = (done.stdout if done.returncode == 0 else done.stderr).splitlines()
    return lines[-1] if lines else f"exit {done.returncode}"


def main():
    options = parse()
    places.BIN = options.bin.resolve()
    places.MODELS = options.models.resolve()
    (places.OUT / "logs").mkdir(parents=True, exist_ok=True)
    picture = options.picture or agreement.sample(prepare.pictures())[0]
    attacks.prepare()
    head = ["input", "what came of it", "MB before", "MB at most",
            f"MB {options.after:g} s later", "health ms p50, max",
            "health failed", "Classify ms p50, max", "Classify failed",
            "SIGTERM"]
    rows = []
    for name in options.only:
        rows.append(play(name, options, picture.read_bytes()))
        say(" | ".join(map(str, rows[-1])))
    print(tables.table(head, rows))


if __name__ == "__main__":
    # As Ctrl-C, or a server would be left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main()
