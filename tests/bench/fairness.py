#!/usr/bin/python3
"""Lets one caller work beside the backlog of others, and prints what it waits.

usage: tests/bench/fairness.py [--bin DIR] [--models DIR] [--pictures DIR]
                               [--seconds N] [-- SERVER FLAGS]

Needs wanwu-server and wanwu to be built, and two models. Takes a minute.
"""

import argparse
import contextlib
import dataclasses
import pathlib
import signal
import sys
import time

from run import places, prepare
from run.load import Load, report_of, start
from run.service import ServiceName, WanwuService

FAST, SLOW = "resnet18", "efficientnet_lite0"


@dataclasses.dataclass(frozen=True)
class Row:
    """So many calls in flight beside one caller, with more words for `wanwu
    bench`."""

    name: str
    calls: int = 0
    words: tuple = ()


ROWS = (
    Row("nobody else"),
    Row("one client with 256 in flight", 256),
    Row("256 bulk calls in flight", 256, ("--priority", "bulk")),
    Row("128 clients of a slower model", 128,
        ("--connections", "128", "--model", SLOW)),
    Row("1100 calls for a slower model", 1100,
        ("--connections", "16", "--model", SLOW)),
)


class Server(WanwuService):
    """Whose load can be given further words."""

    words = ()

    def load_command(self, load):
        return [*super().load_command(load), *self.words]


def measure(server, row, pictures, seconds):
    """The lone caller's report."""
    with contextlib.ExitStack() as stack:
        if row.calls:
            server.words = row.words
            backlog = Load(pictures=pictures, warm_up_s=0.001,
                           seconds=seconds + 4, clients=row.calls)
            stack.callback(report_of, start(server, backlog), backlog)
            # Until it is there.
            time.sleep(2)
        server.words = ("--model", FAST)
        load = Load(pictures=pictures, warm_up_s=0.5, seconds=seconds,
                    clients=1)
        return report_of(start(server, load), load)["runs"][0]


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, default=places.BIN)
    parser.add_argument("--models", type=pathlib.Path, default=places.MODELS)
    parser.add_argument("--pictures", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("flags", nargs="*", help="of the server, behind --")
    return parser.parse_args()


def main():
    options = parse()
    places.BIN = options.bin.resolve()
    (places.OUT / "logs").mkdir(parents=True, exist_ok=True)
    server = Server(ServiceName("fairness", "Wanwu", "auto"),
                    options.models.resolve(), places.OUT / "state",
                    options.flags)
    with contextlib.closing(server.group):
        server.wait_until_ready()
        print("| one caller beside | answers /s | p50 ms | p99 ms | failed |\n"
              "| --- | --- | --- | --- | --- |")
        for row in ROWS:
            run = measure(server, row, options.pictures or prepare.pictures(),
                          options.seconds)
            print(f"| {row.name} | {run['achieved_rate']:.1f} | "
                  f"{run['latency_ms']['p50']:.0f} | "
                  f"{run['latency_ms']['p99']:.0f} | {run['failed']} |",
                  flush=True)


if __name__ == "__main__":
    # As Ctrl-C, or the server would be left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main()
