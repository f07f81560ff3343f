"""The model packages that the tests serve."""

import csv
import dataclasses
import functools
import json
import pathlib

from environment import MODELS_DIR

MODELS = ("resnet18", "efficientnet_lite0")


@dataclasses.dataclass(frozen=True)
class Package:
    """The newest version of a model."""

    directory: pathlib.Path

    @property
    def name(self):
        return self.directory.parent.name

    @property
    def version(self):
        return self.directory.name

    @functools.cached_property
    def manifest(self):
        return json.loads((self.directory / "manifest.json").read_text())

    @property
    def precisions(self):
        return self.manifest["precisions"]

    @functools.cached_property
    def labels(self):
        """Rows of labels.tsv by index."""
        path = self.directory / self.manifest["labels"]["file"]
        with path.open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines, delimiter="\t",
                                  quoting=csv.QUOTE_NONE)
            return {int(row["index"]): row for row in rows}


def find_package(name):
    """None if there is no such model."""
    versions = [manifest.parent
                for manifest in MODELS_DIR.glob(f"{name}/*/manifest.json")
                if manifest.parent.name.isdecimal()]
    if not versions:
        return None
    return Package(max(versions, key=lambda folder: int(folder.name)))


def repository_of(folder, *packages):
    """Makes `folder` a model repository of just these."""
    for package in packages:
        versions = folder / package.name
        versions.mkdir(parents=True, exist_ok=True)
        (versions / package.version).symlink_to(package.directory)
    return folder
