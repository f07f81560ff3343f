"""Damaged pictures: what Pillow accepts is accepted, with its pixels and a
warning; what it refuses is refused, but for what is listed here."""

import re
import subprocess

import numpy as np
import pytest

import damaged_pictures
import picture_variants
import png_writer
import reference

# The picture is whole; Pillow refuses what stands behind or beside it.
ONLY_OURS = {
    "no_end_but_second_picture", "broken_segment_before_end",
    "text_before_end_cut", "text_bomb", "text_bomb_behind_data"}
# What the libraries notice in every file. Corrupt data need not be: wrong codes
# may read as right ones.
NOTICED = {
    "stray_zeros_before_end", "stray_bytes_before_end",
    "byte_after_first_segment", "junk_between_segments",
    "stuffed_ff_between_segments", "no_end_but_trailer", "tables_before",
    "first_data_with_bad_checksum", "last_data_with_bad_checksum", "no_end"}


def jpeg_bases(bin_dir, folder):
    subprocess.run([bin_dir / "image_jpeg_variants", folder], check=True)
    written = {name: (folder / f"{name}.jpg").read_bytes() for name in (
        "baseline_restarts", "progressive_restarts", "separate_scans",
        "arithmetic", "sampling_2x2", "ycck_adobe")}
    picture, encode = picture_variants.picture, picture_variants.encode
    turned = b"Exif\0\0" + picture_variants.exif(6)
    return written | {
        "turned": encode(picture(330, 270), "JPEG", exif=turned),
        "progressive": encode(picture(300, 400), "JPEG", progressive=True),
        "grey": encode(picture(290, 280, "L"), "JPEG"),
        "large": encode(picture(1500, 1100), "JPEG")}


def png_bases():
    png = picture_variants.png
    return {"rgb": png(8, png_writer.RGB), "grey": png(1, png_writer.GREY),
            "interlaced": png(8, png_writer.RGBA, interlaced=True),
            "palette": png(4, png_writer.PALETTE)}


class Outcomes:
    """Of damaged files, by name: what the program said and wrote."""

    def __init__(self, bin_dir, folder, files, *options):
        for name, encoded in files.items():
            (folder / name).write_bytes(encoded)
        self._out = folder / "out"
        self._said = subprocess.run(
            [bin_dir / "wanwu-preprocess", "--output_dir", self._out, *options,
             *(folder / name for name in files)],
            capture_output=True, text=True, check=False).stderr.splitlines()

    def warnings(self, name):
        mark = f"/{name}: warning: "
        return [line.split(mark)[1] for line in self._said if mark in line]

    def tensor(self, name):
        file = self._out / f"{name}.npy"
        return np.load(file) if file.exists() else None


@pytest.fixture(scope="session")
def damaged(bin_dir, tmp_path_factory):
    files = {}
    for bases, damages in (
            (jpeg_bases(bin_dir, tmp_path_factory.mktemp("variants")),
             damaged_pictures.jpeg_damages()),
            (png_bases(), damaged_pictures.png_damages())):
        for damage, make in damages.items():
            for base, sound in bases.items():
                encoded = make(sound)
                if encoded is not None:
                    files[f"{damage}.{base}"] = encoded
    return files


@pytest.fixture(scope="session")
def outcomes(bin_dir, damaged, tmp_path_factory):
    return Outcomes(bin_dir, tmp_path_factory.mktemp("damaged"), damaged)


@pytest.mark.parametrize("damage", (*damaged_pictures.jpeg_damages(),
                                    *damaged_pictures.png_damages()))
def test_damage_is_taken_as_the_reference_takes_it(damage, damaged, outcomes):
    names = [name for name in damaged if name.split(".")[0] == damage]
    assert names
    for name in names:
        expected = reference.tensor_or_none(damaged[name])
        actual = outcomes.tensor(name)
        if actual is not None and expected is None:
            assert damage in ONLY_OURS, f"{name} is refused by the reference"
            continue
        assert (actual is None) == (expected is None), f"{name} is refused"
        assert np.array_equal(actual, expected), name


def test_an_answer_in_spite_of_damage_says_so(damaged, outcomes):
    silent = {name for name in damaged if outcomes.tensor(name) is not None
              and not outcomes.warnings(name)}
    assert not [name for name in silent if name.split(".")[0] in NOTICED]
    # Of those before the end the library counts none that it has read ahead.
    warning, = outcomes.warnings("stray_zeros_before_end.turned")
    assert re.fullmatch("[1-8] stray bytes? skipped", warning)
    assert outcomes.warnings("no_end.rgb") == ["the end of the file is missing"]
    assert outcomes.warnings("first_data_with_bad_checksum.rgb") == [
        "1 wrong checksum ignored"]


def test_strict_images_refuses_whatever_has_a_warning(bin_dir, damaged,
                                                      outcomes, tmp_path):
    strict = Outcomes(bin_dir, tmp_path, damaged, "--strict_images")
    for name in damaged:
        refused = strict.tensor(name) is None
        assert refused == (outcomes.tensor(name) is None or
                           bool(outcomes.warnings(name))), name
