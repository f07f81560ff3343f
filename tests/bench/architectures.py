#!/usr/bin/python3
"""Any classifier: what of it our own layers run, how fast, and how exactly.

usage: tests/bench/architectures.py [NAME ...] [--seconds 3] [--rounds 3]

Exports torchvision's classifiers with random weights, serves each in fp32 and
prints a Markdown table. Needs what the end-to-end tests need, and
`scripts/build.sh release wanwu-engine-ceiling`, which has our layers and
libtorch's take turns.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

REPO = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tests/integration"))

# pylint: disable=wrong-import-position
import architectures  # noqa: E402
import pictures  # noqa: E402
from environment import BIN_DIR, DEPS_DIR  # noqa: E402

CLIENTS = 16
BATCH = 8


def answers_per_s(server, seconds, report):
    """Of a closed loop, decoding and all."""
    subprocess.run(
        [BIN_DIR / "wanwu", "bench", "--address", server.address, "--clients",
         str(CLIENTS), "--duration", f"{seconds}s", "--json", report,
         DEPS_DIR / "photos"], stdout=subprocess.DEVNULL, check=True)
    return json.loads(report.read_text())["runs"][0]["achieved_rate"]


def pictures_per_s(exported, args):
    """Of the CPUs with tensors that are there: our layers', libtorch's."""
    package = exported.package
    done = subprocess.run(
        [BIN_DIR / "wanwu-engine-ceiling", "--model_repository",
         package.directory.parent.parent, "--model", package.name,
         "--precision", "fp32", "--own_only", "--libtorch", "--batch",
         str(BATCH), "--seconds", str(args.seconds), "--rounds",
         str(args.rounds)], stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout)
    return [found[who][str(BATCH)] for who in ("lanes_only", "libtorch")]


def row(name, args, encoded, folder):
    exported = architectures.export(name, folder, encoded)
    with architectures.serving(exported, folder) as server:
        agreed = architectures.agreement(exported, server, encoded)
        answered = answers_per_s(server, args.seconds * args.rounds,
                                 folder / "report.json")
    own, libtorch = pictures_per_s(exported, args)
    share = agreed.own_operators / agreed.operators
    return [f"`{name}`", f"{share:.0%} of {agreed.operators}",
            f"{answered:.1f}", f"{own:.1f}", f"{libtorch:.1f}",
            f"{own / libtorch:.2f}", f"{agreed.largest_difference:.1g}",
            f"{agreed.same_class} of {agreed.pictures}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=architectures.ALL)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    encoded = [picture.encoded for picture in pictures.photographs()]
    header = ["network", "operators on own layers", "served, answers/s",
              "own layers, pictures/s", "libtorch, pictures/s", "times",
              "largest difference", "same class"]
    print("|".join(["", *header, ""]) + "\n|" + " --- |" * len(header))
    for name in args.names:
        with tempfile.TemporaryDirectory() as folder:
            cells = row(name, args, encoded, pathlib.Path(folder))
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
