#!/usr/bin/python3
"""Instructions for one decode, one resize, a thousand values through the ring
and one RPC, under valgrind's callgrind: a guard against regressions that other
work on the machine cannot disturb.

bounds.json holds what was counted last with each Debian's compiler and
libraries, and by how much a count may differ. To renew it after a change that is
meant: build the release preset's targets decode_instructions,
resize_instructions, ring_instructions, rpc_instructions and run this program
with --renew, on each release (scripts/in_debian.sh).

The libraries choose their code by the CPU that valgrind shows them: up to AVX2,
never AVX-512. So counts are the same on all CPUs that have AVX2.
"""

import argparse
import json
import pathlib
import platform
import re
import statistics
import subprocess
import tempfile

RELEASE = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
BOUNDS = pathlib.Path(__file__).with_name("bounds.json")


def count(program):
    """The median over the times that the program did its work."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["valgrind", "--tool=callgrind", "--instr-atstart=no", "-q",
             f"--callgrind-out-file={folder}/out", program],
            check=True, capture_output=True, timeout=120)
        totals = [re.search(r"^summary: (\d+)", file.read_text(), re.M)
                  for file in pathlib.Path(folder).glob("out.*")]
        return int(statistics.median(int(total[1]) for total in totals
                                     if total and total[1] != "0"))


def difference(counted, bound):
    """None where nobody has recorded a count on this release."""
    recorded = bound.get(RELEASE)
    return counted / recorded - 1 if recorded else None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, default="build/release/bin")
    parser.add_argument("--renew", action="store_true")
    arguments = parser.parse_args()
    bounds = json.loads(BOUNDS.read_text())
    for name, bound in bounds.items():
        counted = count(arguments.bin / f"{name}_instructions")
        change = difference(counted, bound)
        print(f"{name:8} {counted:12,}  "
              f"{'new' if change is None else format(change, '+.2%'):>8}  "
              f"(may differ by {bound['tolerance']:.0%})")
        bound[RELEASE] = counted
    if arguments.renew:
        BOUNDS.write_text(json.dumps(bounds, indent=2) + "\n")


if __name__ == "__main__":
    main()
