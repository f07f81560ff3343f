"""Crops of photographs, which 8 bits are calibrated with for want of better."""

import random

import pytest
import torch
from PIL import Image

from export.crops import CROPS, load_crops, random_crop
from export.errors import ExportError
from export.architectures.resnet18 import INPUT_SPEC as SPEC
from export.progress import Progress


def gradient(width, height):
    """Red rises to the right, green downwards."""
    image = Image.new("RGB", (width, height))
    image.putdata([(255 * x // width, 255 * y // height, 0)
                   for y in range(height) for x in range(width)])
    return image


def crops_of(photograph, count=100):
    source = random.Random(1)
    return [random_crop(photograph, source) for _ in range(count)]


def test_crops_are_parts_of_at_most_500_pixels():
    sizes = {crop.size for crop in crops_of(gradient(900, 600))}
    assert len(sizes) > 50
    assert all(max(size) <= 500 for size in sizes)


def test_crops_hold_a_quarter_of_the_area_at_least():
    for crop in crops_of(gradient(400, 300)):
        width, height = crop.size
        # Rounded to whole pixels, and cut where it would be wider.
        assert width * height >= 0.24 * 400 * 300 or 400 in crop.size \
            or 300 in crop.size


def test_half_of_the_crops_are_mirrored():
    mirrored = sum(crop.getpixel((0, 0))[0]
                   > crop.getpixel((crop.size[0] - 1, 0))[0]
                   for crop in crops_of(gradient(200, 150)))
    assert 30 < mirrored < 70


def test_a_folder_gives_the_same_crops_each_time(tmp_path):
    gradient(300, 200).save(tmp_path / "a.png")
    gradient(200, 300).convert("L").save(tmp_path / "b.jpg")
    (tmp_path / "c.txt").write_text("no photograph")
    first = load_crops(tmp_path, SPEC, Progress())
    assert first.pixels.shape == (2 * CROPS, 3, 224, 224)
    assert first.description == f"{2 * CROPS} crops of 2 photographs"
    assert first.classes is None
    assert torch.equal(load_crops(tmp_path, SPEC, Progress()).pixels, first.pixels)


def test_a_folder_without_photographs_is_an_error(tmp_path):
    with pytest.raises(ExportError, match="no photographs"):
        load_crops(tmp_path, SPEC, Progress())
