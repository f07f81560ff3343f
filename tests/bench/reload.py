"""Replaces a model again and again under load: what do callers notice?

usage: reload.py [--clients 8] [--reloads 3] [--quiet 10] [--photos DIR]

Starts a server with version 1 of resnet18 (or of --model), puts it under a
closed loop of `wanwu bench`, and after each --quiet seconds adds the same
package as the next version and has it loaded. Prints requests, errors and
latencies of the one-second windows without and with a load in them.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

REPO = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(REPO / "tests" / "integration"))

# pylint: disable=wrong-import-position
import packages  # noqa: E402
from environment import BIN_DIR, DEPS_DIR  # noqa: E402
from server_process import ServerProcess  # noqa: E402
from stubs import admin_pb2  # noqa: E402


def add_version(repository, package, version):
    draft = repository / package.name / f"{version}.tmp"
    shutil.copytree(package.directory, draft)
    manifest = draft / "manifest.json"
    stated = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**stated, "version": str(version)}))
    draft.rename(draft.with_name(str(version)))


class Reloads:
    """Loads one version after the other, on a thread of its own."""

    def __init__(self, server, repository, package, args):
        self.spans = []  # (begin, end) in seconds of time.monotonic
        self._thread = threading.Thread(
            target=self._run, args=[server, repository, package, args])

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._thread.join()

    def _run(self, server, repository, package, args):
        for version in range(2, 2 + args.reloads):
            time.sleep(args.quiet)
            add_version(repository, package, version)
            begin = time.monotonic()
            server.admin.LoadModel(admin_pb2.LoadModelRequest(
                model=package.name))
            server.log.wait_for("model_freed", version=version - 1)
            self.spans.append((begin, time.monotonic()))


def overlaps(window, begin, spans):
    start = begin + window["from_s"]
    return any(start < last and first < start + window["seconds"]
               for first, last in spans)


def row(name, windows):
    worst = max(window["p99_ms"] for window in windows)
    middle = sorted(window["p99_ms"] for window in windows)[len(windows) // 2]
    answered = sum(window["answered"] for window in windows)
    seconds = sum(window["seconds"] for window in windows)
    failed = sum(window["failed"] for window in windows)
    print(f"{name:9} {seconds:6.0f} s {answered / seconds:7.1f} answers/s "
          f"{failed:3} failed  p99 {middle:6.1f} ms (worst second "
          f"{worst:.1f} ms)")


def measure(args, folder):
    package = packages.find_package(args.model)
    repository = folder / "models"
    add_version(repository, package, 1)
    server = ServerProcess(f"--model_repository={repository}",
                           f"--state_dir={folder / 'state'}",
                           "--repository_poll=0",
                           "--admin_address=127.0.0.1:0")
    try:
        server.wait_until_serving()
        seconds = (args.reloads + 1) * args.quiet + args.reloads * args.loading
        command = [BIN_DIR / "wanwu", "bench", "--address", server.address,
                   "--clients", str(args.clients), "--warm_up", "2s",
                   "--duration", f"{seconds}s", "--window", "1s", "--json",
                   folder / "report.json", args.photos]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as bench:
            begin = time.monotonic() + 2
            with Reloads(server, repository, package, args) as reloads:
                pass
            bench.wait()
        server.stop()
    finally:
        server.close()
    run, = json.loads((folder / "report.json").read_text())["runs"]
    loading = [w for w in run["windows"] if overlaps(w, begin, reloads.spans)]
    quiet = [w for w in run["windows"] if w not in loading]
    for first, last in reloads.spans:
        print(f"loaded and the old one freed within {last - first:.1f} s")
    row("quiet", quiet)
    row("reloading", loading)
    after = [w for w in quiet if w["from_s"] > reloads.spans[-1][1] - begin]
    row("after all", after)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="resnet18")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--reloads", type=int, default=3)
    parser.add_argument("--quiet", type=int, default=10)
    parser.add_argument("--loading", type=int, default=10)
    parser.add_argument("--photos", default=DEPS_DIR / "photos")
    with tempfile.TemporaryDirectory() as folder:
        measure(parser.parse_args(), pathlib.Path(folder))


if __name__ == "__main__":
    main()
