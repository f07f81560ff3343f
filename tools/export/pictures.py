"""The pictures an export calibrates and measures with."""

import csv
import dataclasses
import pathlib
import random

import torch
from PIL import Image, ImageOps
from torchvision import transforms

from export.errors import ExportError

SUFFIXES = {".jpg", ".jpeg"}

# More pictures than this make an export longer, not noticeably better.
MAX_PICTURES = 1000


@dataclasses.dataclass(frozen=True)
class PictureSet:
    """pixels uint8 [N,3,side,side]; classes int64 [N], or None if unlabelled.

    description: which pictures these are, for people.
    """

    description: str
    pixels: torch.Tensor
    classes: torch.Tensor | None

    def __len__(self):
        return len(self.pixels)


def to_input(image, input_spec):
    """The uint8 [3,side,side] tensor of an upright picture."""
    geometry = transforms.Compose([
        transforms.Resize(input_spec.resize),
        transforms.CenterCrop(input_spec.side),
        transforms.PILToTensor(),
    ])
    return geometry(image.convert("RGB"))


def load_picture(path, input_spec):
    """The uint8 [3,side,side] tensor of one picture: the parity reference."""
    with Image.open(path) as image:
        return to_input(ImageOps.exif_transpose(image), input_spec)


def read_labels(directory):
    """File name to class index from labels.tsv; None where there is none."""
    path = directory / "labels.tsv"
    if not path.is_file():
        return None
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t")
        try:
            return {row["file"]: int(row["class_index"]) for row in rows}
        except (KeyError, TypeError, ValueError) as error:
            raise ExportError(
                f"{path}: expected the columns file, class_index, wordnet_id "
                f"({error})") from error


def choose_files(directory, labels, limit=MAX_PICTURES):
    """Sorted pictures, an even choice of them where there are too many."""
    files = sorted(
        path for path in directory.iterdir()
        if path.suffix.lower() in SUFFIXES
        and (labels is None or path.name in labels))
    if not files:
        raise ExportError(f"{directory}: no JPEG pictures to calibrate with")
    if len(files) > limit:
        files = sorted(random.Random(0).sample(files, limit))
    return files


def load_pictures(directory, input_spec, progress):
    """Reads a calibration folder; an unreadable picture ends the export."""
    if not directory.is_dir():
        raise ExportError(f"--calibration {directory}: not a folder")
    labels = read_labels(directory)
    files = choose_files(directory, labels)
    pixels = []
    for done, path in enumerate(files):
        try:
            pixels.append(load_picture(path, input_spec))
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            raise ExportError(f"cannot read {path}: {error}") from error
        progress.update(done, len(files))
    classes = None
    if labels is not None:
        classes = torch.tensor([labels[path.name] for path in files])
    return PictureSet(_describe(directory, len(files), labels is not None),
                      torch.stack(pixels), classes)


def _describe(directory, count, labelled):
    folder = "/".join(directory.resolve().parts[-2:])
    kind = "labelled pictures" if labelled else "pictures"
    return f"{count} {kind} from {folder}"
