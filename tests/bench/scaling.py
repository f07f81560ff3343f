#!/usr/bin/python3
"""How the lanes scale: t(b) by precision, and two lanes against one.

usage: tests/bench/scaling.py [MODEL]

Prints Markdown tables. Build wanwu-engine-ceiling first. A lane's time for a
batch is taken with as many lanes as there are CPUs, as under load.
"""

import json
import os
import pathlib
import subprocess
import sys

REPO = pathlib.Path(__file__).resolve().parents[2]
BINARY = REPO / "build/release/bin/wanwu-engine-ceiling"
BATCHES = (1, 2, 4, 8, 16, 32)
PRECISIONS = ("fp32", "bf16", "int8")
CPUS = len(os.sched_getaffinity(0))


def rates(model, precision, lanes):
    """Pictures per second by batch size; None where it cannot run."""
    command = [BINARY, "--model_repository", REPO / "models", "--model", model,
               "--precision", precision, "--lanes", lanes, "--own_only",
               "--batch", ",".join(map(str, BATCHES)), "--seconds", 1,
               "--rounds", 3]
    done = subprocess.run([str(word) for word in command], text=True,
                          capture_output=True, check=False)
    if done.returncode:
        print(f"{precision}: {done.stderr.strip()}", file=sys.stderr)
        return None
    return json.loads(done.stdout)["lanes_only"]


def row(cells):
    print("| " + " | ".join(map(str, cells)) + " |")


def main():
    model = sys.argv[1] if len(sys.argv) > 1 else "resnet18"
    row(["precision", *(f"t({b}) ms" for b in BATCHES),
         f"1 lane, pictures/s at 1, 8", f"{CPUS} lanes", "times"])
    row(["---"] * (len(BATCHES) + 4))
    for precision in PRECISIONS:
        alone = rates(model, precision, 1)
        together = rates(model, precision, CPUS)
        if alone is None or together is None:
            continue
        times = [f"{1e3 * b * CPUS / together[str(b)]:.1f}" for b in BATCHES]
        row([precision, *times,
             ", ".join(f"{alone[b]:.0f}" for b in "18"),
             ", ".join(f"{together[b]:.0f}" for b in "18"),
             ", ".join(f"{together[b] / alone[b]:.2f}" for b in "18")])


if __name__ == "__main__":
    main()
