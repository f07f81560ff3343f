#!/usr/bin/python3
"""Puts wanwu-server under more than it can do, and prints what is left.

usage: tests/bench/overload.py [--bin DIR] [--models DIR] [--pictures DIR]
                               [--seconds N] [--rounds N] [-- SERVER FLAGS]

Needs wanwu-server, wanwu, wanwu-null-server and wanwu_python_modules to be
built.
Takes about 2 minutes a round with 4 seconds for each row.
"""

import argparse
import pathlib
import signal
import sys

from run import overload, places, prepare, tables
from run.results import Results
from run.say import say
from run.service import ServiceName, WanwuService


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, default=places.BIN)
    parser.add_argument("--models", type=pathlib.Path, default=places.MODELS)
    parser.add_argument("--model", default="resnet18")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--pictures", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=4,
                        help="of each measurement; 3 deadlines if that is more")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", default="",
                        help="rows whose name holds this, such as unary")
    parser.add_argument("flags", nargs="*", help="of the server, behind --")
    return parser.parse_args()


def server(options):
    return WanwuService(
        ServiceName("overload", "Wanwu", options.precision),
        prepare.repository_of(options.model), places.OUT / "state",
        options.flags)


def main():
    options = parse()
    places.BIN = options.bin.resolve()
    places.MODELS = options.models.resolve()
    (places.OUT / "logs").mkdir(parents=True, exist_ok=True)
    results = Results()
    for _ in range(options.rounds):
        results.begin_round()
        overload.run(results, lambda: server(options), prepare.folders(
            options.pictures or prepare.pictures()), options.seconds,
            options.only)
    print(tables.overload(results))


if __name__ == "__main__":
    # As Ctrl-C, or the servers would be left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        main()
    except KeyboardInterrupt:
        say("interrupted")
        sys.exit(130)
