#!/usr/bin/python3
"""Pillow and wanwu-preprocess on randomly damaged pictures.

Counts which of both accept, and whether with the same tensor. Exits with 1 if
a tensor differs or only Pillow accepts; such files are kept with --keep.
"""

import argparse
import collections
import os
import pathlib
import tempfile

import numpy as np

import damaged_pictures_test
import damaged_pictures
import reference

AT_ONCE = 500
SAME, DIFFERENT = "both accept, same tensor", "both accept, OTHER TENSOR"
NEITHER, OURS, THEIRS = "both refuse", "only Wanwu accepts", "only Pillow accepts"


def outcome(actual, expected):
    if actual is None:
        return NEITHER if expected is None else THEIRS
    if expected is None:
        return OURS
    return SAME if np.array_equal(actual, expected) else DIFFERENT


def bases_of(bin_dir, folder):
    bases = damaged_pictures_test.jpeg_bases(bin_dir, folder)
    bases |= damaged_pictures_test.png_bases()
    return {name: encoded for name, encoded in bases.items() if name != "large"}


def one_round(bin_dir, bases, random, keep):
    names = list(bases)
    files = {}
    for index in range(AT_ONCE):
        base = names[random.integers(len(names))]
        files[f"{index}.{base}"] = damaged_pictures.mutated(bases[base], random)
    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        ours = damaged_pictures_test.Outcomes(bin_dir, pathlib.Path(folder), files)
        for name, encoded in files.items():
            what = outcome(ours.tensor(name), reference.tensor_or_none(encoded))
            counts[what] += 1
            if keep and what in (DIFFERENT, THEIRS, OURS):
                kept = f"{what.replace(' ', '_')}.{random.integers(2**31)}.{name}"
                (keep / kept).write_bytes(encoded)
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path)
    flags = parser.parse_args()
    bin_dir = pathlib.Path(os.environ["WANWU_BIN_DIR"])
    random = np.random.default_rng(flags.seed)
    with tempfile.TemporaryDirectory() as folder:
        bases = bases_of(bin_dir, pathlib.Path(folder))
    counts = collections.Counter()
    for _ in range(-(-flags.files // AT_ONCE)):
        counts += one_round(bin_dir, bases, random, flags.keep)
    print(f"seed {flags.seed}, {counts.total()} files, Pillow {reference.PILLOW}")
    for what in (SAME, NEITHER, OURS, THEIRS, DIFFERENT):
        print(f"{counts[what]:8} {what}")
    return 1 if counts[THEIRS] or counts[DIFFERENT] else 0


if __name__ == "__main__":
    raise SystemExit(main())
