"""What services read of a model package."""

import json
import pathlib


def read_labels(package):
    """The English label of each class, in order."""
    lines = pathlib.Path(package, "labels.tsv").read_text().splitlines()
    return [line.split("\t")[2] for line in lines[1:]]


def read_normalisation(package):
    """Mean and standard deviation per channel, in units of a pixel's value."""
    constants = json.loads(
        pathlib.Path(package, "manifest.json").read_text())["input"]
    return tuple([constants["divisor"] * value for value in constants[name]]
                 for name in ("mean", "std"))
