#!/usr/bin/python3
"""How replicas of one lane each add up: one CPU and one caller's load for each.

usage: tests/bench/replicas.py [--seconds 5] [--rounds 3] [--photos DIR]

Prints a Markdown table. Answers per second are of use on a quiet machine only;
answers per second of CPU time say the same, whoever else uses it.
"""

import argparse
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

REPO = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tests/integration"))

# pylint: disable=wrong-import-position
import packages  # noqa: E402
from environment import BIN_DIR, DEPS_DIR  # noqa: E402
from server_process import ServerProcess  # noqa: E402

CPUS = sorted(os.sched_getaffinity(0))
REPLICAS = (1, 2, 3)
CLIENTS = 8


def cpu_s(process):
    """All threads of it: the clock that clock_getcpuclockid(3) names."""
    return time.clock_gettime((~process.pid << 3) | 2)


def start(stack, folder, number):
    """As a pod with one CPU."""
    server = ServerProcess(
        f"--model_repository={folder / 'models'}",
        f"--state_dir={folder / f'state-{number}'}", "--lanes=1",
        "--decode_threads=1", "--pin_lanes=off",
        within=("taskset", "-c", str(CPUS[number % len(CPUS)])))
    stack.callback(server.close)
    return server.wait_until_serving()


def measure(servers, args, folder):
    """Answers per second, and per second of the servers' CPU time."""
    before = [cpu_s(server.process) for server in servers]
    reports = [folder / f"report-{i}.json" for i in range(len(servers))]
    benches = [subprocess.Popen(
        [BIN_DIR / "wanwu", "bench", "--address", server.address,
         "--clients", str(CLIENTS), "--warm_up", "0", "--duration",
         f"{args.seconds}s", "--json", report, args.photos],
        stdout=subprocess.DEVNULL)
               for server, report in zip(servers, reports)]
    for bench in benches:
        assert bench.wait() == 0
    used = sum(cpu_s(server.process) for server in servers) - sum(before)
    runs = [json.loads(report.read_text())["runs"][0] for report in reports]
    answered = sum(run["answered"] for run in runs)
    return answered / args.seconds, answered / used


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--photos", type=pathlib.Path,
                        default=DEPS_DIR / "photos")
    args = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(
            tempfile.TemporaryDirectory()))
        name = next(name for name in packages.MODELS
                    if packages.find_package(name))
        packages.repository_of(folder / "models", packages.find_package(name))
        servers = [start(stack, folder, i) for i in range(max(REPLICAS))]
        rounds = [[measure(servers[:count], args, folder)
                   for count in REPLICAS] for _ in range(args.rounds)]
        print("| replicas | answers/s | times one | per second of CPU time | "
              "of one |\n| --- | --- | --- | --- | --- |")
        for i, count in enumerate(REPLICAS):
            cells = [statistics.median(value) for value in (
                [each[i][0] for each in rounds],
                [each[i][0] / each[0][0] for each in rounds],
                [each[i][1] for each in rounds],
                [each[i][1] / each[0][1] for each in rounds])]
            print(f"| {count} | {cells[0]:.0f} | {cells[1]:.2f} | "
                  f"{cells[2]:.0f} | {cells[3]:.3f} |", flush=True)


if __name__ == "__main__":
    main()
