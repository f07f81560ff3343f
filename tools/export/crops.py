"""Pictures to calibrate with where there are none: crops of photographs."""

import io
import math
import random

import torch
from PIL import Image

from export.errors import ExportError
from export.pictures import PictureSet, SUFFIXES, to_input

# Of each photograph. From 14 of python3-skimage this makes 280 crops, which
# ResNet-18 in 8 bits did as well with as with 500 pictures of ImageNet.
CROPS = 20

_SUFFIXES = SUFFIXES | {".png"}
_SEED = 0
_SMALLEST_AREA = 0.25
_WIDEST = 4 / 3
_LONGEST_SIDE = 500
_JPEG_QUALITY = 92


def random_crop(photograph, random_source):
    """A part of it, perhaps mirrored, as a JPEG of the Web would be."""
    width, height = photograph.size
    area = random_source.uniform(_SMALLEST_AREA, 1) * width * height
    aspect = math.exp(random_source.uniform(-1, 1) * math.log(_WIDEST))
    size = (min(width, round(math.sqrt(area * aspect))),
            min(height, round(math.sqrt(area / aspect))))
    left = random_source.randint(0, width - size[0])
    top = random_source.randint(0, height - size[1])
    crop = photograph.crop((left, top, left + size[0], top + size[1]))
    if random_source.random() < 0.5:
        crop = crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    crop.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    return _as_jpeg(crop)


def _as_jpeg(image):
    content = io.BytesIO()
    image.save(content, "JPEG", quality=_JPEG_QUALITY)
    return Image.open(content)


def load_crops(directory, input_spec, progress):
    """CROPS of each photograph in a folder, the same ones each time."""
    files = sorted(path for path in directory.iterdir()
                   if path.suffix.lower() in _SUFFIXES)
    if not files:
        raise ExportError(f"{directory}: no photographs to make crops of")
    random_source = random.Random(_SEED)
    pixels = []
    for done, path in enumerate(files):
        progress.update(done, len(files))
        with Image.open(path) as image:
            photograph = image.convert("RGB")
        pixels += [to_input(random_crop(photograph, random_source),
                            input_spec)
                   for _ in range(CROPS)]
    return PictureSet(f"{len(pixels)} crops of {len(files)} photographs",
                      torch.stack(pixels), None)
