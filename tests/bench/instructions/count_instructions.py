#!/usr/bin/python3
"""Instructions for one decode, one resize, a thousand values through the ring
and one RPC, under valgrind's callgrind: a guard against regressions that other
work on the machine cannot disturb.

bounds_RELEASE.json holds what was counted last with that Debian's compiler and
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
BOUNDS = pathlib.Path(__file__).with_name(f"bounds_{RELEASE}.json")


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


def difference(counted, recorded):
    return counted / recorded["instructions"] - 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, default="build/release/bin")
    parser.add_argument("--renew", action="store_true")
    arguments = parser.parse_args()
    bounds = json.loads(BOUNDS.read_text())
    for name, recorded in bounds.items():
        counted = count(arguments.bin / f"{name}_instructions")
        print(f"{name:8} {counted:12,}  "
              f"{difference(counted, recorded):+8.2%}  "
              f"(may differ by {recorded['tolerance']:.0%})")
        recorded["instructions"] = counted
    if arguments.renew:
        BOUNDS.write_text(json.dumps(bounds, indent=2) + "\n")


if __name__ == "__main__":
    main()
