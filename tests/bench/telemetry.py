#!/usr/bin/python3
"""What it costs to see: CPU time per picture of a server that tells all it can,
over that of one that tells nothing.

usage: tests/bench/telemetry.py [--pairs 30] [--pictures 200] [--photos DIR]
                                [--scrape_every 200] [--control]
                                [-- FLAGS of the one that tells]

Both servers run at the same time and get the same pictures by turns, one by
one, so that whatever else the machine does meets both; they are started anew
for each pair, in either order, since two processes differ in how their memory
happens to lie. One caller does not load a server; so that its metrics weigh as
they do at full load, they are scraped once in as many pictures as it answers
there in a second.

CPU time is the whole process's, as the kernel accounts it. --control gives the
second server no flags either: what comes out then is the error of the method.
"""

import argparse
import contextlib
import math
import os
import pathlib
import random
import statistics
import sys
import tempfile
import time

REPO = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(REPO / "tests" / "integration"))

# pylint: disable=wrong-import-position
import http_calls  # noqa: E402
import packages  # noqa: E402
from environment import DEPS_DIR, PATIENCE  # noqa: E402
from server_process import ServerProcess  # noqa: E402
from stubs import pb  # noqa: E402

TELLING = ("--access_log_ratio=0.01", "--slow_request=1s",
           "--trace_endpoint=file:/dev/null", "--trace_sample_ratio=0.01")
WARM_UP = 30
# Of Student's distribution, two-sided 95 %, by degrees of freedom.
T95 = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36,
       8: 2.31, 9: 2.26, 11: 2.20, 15: 2.13, 19: 2.09, 29: 2.05}


def cpu_s(process):
    """All threads of it, also those that have ended: the clock that
    clock_getcpuclockid(3) names."""
    return time.clock_gettime((~process.pid << 3) | 2)


def scrape(server):
    """As Prometheus does."""
    answer = http_calls.ask_once(http_calls.connect(server.operators_port),
                                 "GET", "/metrics")
    assert answer.status == 200


class Side:
    """One server and what its pictures took."""

    def __init__(self, repository, state, flags):
        self.server = ServerProcess(f"--model_repository={repository}",
                                    f"--state_dir={state}",
                                    "--repository_poll=0", *flags)
        self.server.wait_until_serving()
        self.wall_s = 0

    def ask(self, picture):
        begin = time.perf_counter()
        self.server.classifier.Classify(pb.ClassifyRequest(image=picture),
                                        timeout=PATIENCE)
        self.wall_s += time.perf_counter() - begin


def ask_by_turns(sides, pictures, scrape_every=0):
    """The last of them is scraped, too."""
    order = list(sides)
    for number, picture in enumerate(pictures, 1):
        random.shuffle(order)
        for side in order:
            side.ask(picture)
        if scrape_every and number % scrape_every == 0:
            scrape(sides[-1].server)


def start_sides(folder, repository, flags):
    order = [(), flags]
    swapped = random.random() < 0.5
    if swapped:
        order.reverse()
    sides = [Side(repository, folder / "state", each) for each in order]
    return sides[::-1] if swapped else sides


def measure_pair(folder, repository, pictures, flags, scrape_every):
    """(CPU, wall) of the telling one over the silent one, and the silent one's
    CPU time per picture."""
    with contextlib.ExitStack() as stack:
        sides = start_sides(folder, repository, flags)
        for side in sides:
            stack.callback(side.server.close)
        ask_by_turns(sides, pictures[:WARM_UP])
        for side in sides:
            side.wall_s = 0
        begin = [cpu_s(side.server.process) for side in sides]
        ask_by_turns(sides, pictures, scrape_every)
        silent, telling = (cpu_s(side.server.process) - first
                           for side, first in zip(sides, begin))
        for side in sides:
            side.server.stop()
        return (telling / silent, sides[1].wall_s / sides[0].wall_s,
                silent / len(pictures))


def interval(name, ratios):
    mean = statistics.mean(ratios)
    degrees = len(ratios) - 1
    nearest = max((d for d in T95 if d <= degrees), default=1)
    half = T95[nearest] * statistics.stdev(ratios) / math.sqrt(len(ratios))
    print(f"{name}: {100 * (mean - 1):+.2f} % ± {100 * half:.2f} %")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--pictures", type=int, default=200)
    parser.add_argument("--model", default="resnet18")
    parser.add_argument("--photos", type=pathlib.Path,
                        default=DEPS_DIR / "photos")
    parser.add_argument("--scrape_every", type=int, default=200,
                        help="pictures between two scrapes; 0: no scrape")
    parser.add_argument("--control", action="store_true")
    parser.add_argument("flags", nargs="*", default=TELLING,
                        help="of the one that tells")
    args = parser.parse_args()
    flags = () if args.control else args.flags
    scrape_every = 0 if args.control else args.scrape_every
    photos = [path.read_bytes() for path in sorted(args.photos.rglob("*"))
              if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp")]
    pictures = [photos[i % len(photos)] for i in range(args.pictures)]
    pairs = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        repository = packages.repository_of(
            folder / "models", packages.find_package(args.model))
        for _ in range(args.pairs):
            pairs.append(measure_pair(folder, repository, pictures, flags,
                                      scrape_every))
            print(f"  CPU {pairs[-1][0]:.4f}  wall {pairs[-1][1]:.4f}  "
                  f"{1e3 * pairs[-1][2]:.2f} ms of CPU time per picture",
                  flush=True)
    print(f"{' '.join(flags) or 'nothing'}, scraped each {scrape_every} "
          f"pictures, {args.pairs} pairs, "
          f"{args.pictures} pictures each, {os.cpu_count()} CPUs, load "
          f"{os.getloadavg()[0]:.1f}")
    interval("CPU time per picture", [pair[0] for pair in pairs])
    interval("time per picture", [pair[1] for pair in pairs])


if __name__ == "__main__":
    main()
