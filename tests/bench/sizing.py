#!/usr/bin/python3
"""What a server takes: CPU time per picture for each model and precision, and
memory per lane, model and connection. For docs/operations.md, Sizing.

usage: tests/bench/sizing.py [--seconds 8] [--clients 8] [--photos DIR]

Of CPU time the whole process's counts, under a closed loop; unlike pictures per
second it hardly changes when others use the machine, too.
"""

import argparse
import contextlib
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile
import time

REPO = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPO / "tests/integration"), str(REPO / "tests/support")]

# pylint: disable=wrong-import-position
import packages  # noqa: E402
from environment import BIN_DIR, DEPS_DIR, PATIENCE  # noqa: E402
from raw_http2 import RawConnection, message_head  # noqa: E402
from server_process import ServerProcess  # noqa: E402

# bf16 is made from fp32.
PRECISIONS = {"fp32": "fp32", "bf16": "fp32", "int8": "int8"}
LANES = (1, 2, 4, 8)
CONNECTIONS = 1000
HEALTH_CHECK = "/grpc.health.v1.Health/Check"


def cpu_s(process):
    """All threads of it: the clock that clock_getcpuclockid(3) names."""
    return time.clock_gettime((~process.pid << 3) | 2)


class Bench:
    def __init__(self, args, folder):
        self._args = args
        self._folder = folder
        self._numbers = itertools.count()

    def repository(self, names):
        return packages.repository_of(
            self._folder / f"models-{next(self._numbers)}",
            *(packages.find_package(name) for name in names))

    @contextlib.contextmanager
    def server(self, names, *flags):
        server = ServerProcess(f"--model_repository={self.repository(names)}",
                               f"--state_dir={self._folder / 'state'}", *flags)
        try:
            server.wait_until_serving()
            yield server
            server.stop()
        finally:
            server.close()

    def load(self, server):
        """Pictures per second of CPU time, and MB at most."""
        report = self._folder / "report.json"
        before = cpu_s(server.process)
        subprocess.run(
            [BIN_DIR / "wanwu", "bench", "--address", server.address,
             "--clients", str(self._args.clients), "--warm_up", "0",
             "--duration", f"{self._args.seconds}s", "--json", report,
             self._args.photos], check=True, stdout=subprocess.DEVNULL)
        run, = json.loads(report.read_text())["runs"]
        return (run["answered"] / (cpu_s(server.process) - before),
                server.peak_memory() / 1e6)


def by_precision(bench, names):
    for name in names:
        for precision, made_from in PRECISIONS.items():
            if made_from not in packages.find_package(name).precisions:
                continue
            with bench.server([name], f"--precision={precision}") as server:
                ready = server.log.wait_for("model_ready")
                rate, most = bench.load(server)
                print(f"{name} {precision} (served as {ready['precision']}): "
                      f"{rate:.0f} pictures per CPU second, {most:.0f} MB at "
                      "most", flush=True)


def by_lanes(bench, names):
    for name in names:
        for lanes in LANES:
            with bench.server([name], f"--lanes={lanes}") as server:
                idle = server.memory() / 1e6
                _, most = bench.load(server)
                print(f"{name} {lanes} lanes: {idle:.0f} MB idle, {most:.0f} "
                      "MB at most", flush=True)


def by_connections(bench, name):
    with bench.server([name]) as server:
        before = server.memory()
        with contextlib.ExitStack() as stack:
            for _ in range(CONNECTIONS):
                connection = RawConnection(server.address, PATIENCE)
                stack.callback(connection.close)
                connection.call(HEALTH_CHECK)
                connection.send(message_head(0))
                assert connection.finish() == 0
            each = (server.memory() - before) / CONNECTIONS
        print(f"{CONNECTIONS} idle connections: {each / 1000:.0f} kB each",
              flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--photos", type=pathlib.Path,
                        default=DEPS_DIR / "photos")
    names = [name for name in packages.MODELS if packages.find_package(name)]
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(parser.parse_args(), pathlib.Path(folder))
        by_connections(bench, names[0])
        by_precision(bench, names)
        by_lanes(bench, names)
        with bench.server(names) as server:
            print(f"{' and '.join(names)}: {server.memory() / 1e6:.0f} MB idle")


if __name__ == "__main__":
    main()
