"""wanwu-preprocess against Pillow and torchvision, bit for bit."""

import os
import subprocess

import numpy as np
import pytest

import format_variants
import picture_variants
import png_writer
import reference

VARIANTS = picture_variants.all_variants() | format_variants.all_variants()
LIMIT_VARIANTS = picture_variants.limit_variants()
SHORT_PALETTES = png_writer.DEPTHS[png_writer.PALETTE]


def preprocess(bin_dir, files, output_dir):
    return subprocess.run(
        [bin_dir / "wanwu-preprocess", *files, "--output_dir", output_dir],
        capture_output=True, text=True, check=False)


def assert_same(actual, expected, name):
    assert actual.dtype == np.uint8 and actual.shape == (224, 224, 3), name
    if not np.array_equal(actual, expected):
        differs = np.abs(actual.astype(int) - expected)
        pytest.fail(f"{name}: {np.count_nonzero(differs)} values differ, by up "
                    f"to {differs.max()}")


def assert_folder_matches(bin_dir, files, output_dir):
    result = preprocess(bin_dir, files, output_dir)
    assert result.stderr == "" and result.returncode == 0
    for file in files:
        assert_same(np.load(output_dir / (file.name + ".npy")),
                    reference.tensor(file.read_bytes()), file.name)


@pytest.fixture(scope="session")
def generated(bin_dir, tmp_path_factory):
    """What the reference shall decode, by name, and the folder of tensors."""
    folder = tmp_path_factory.mktemp("generated")
    for_reference = {}
    files = []
    for name, make in VARIANTS.items():
        encoded = make()
        encoded, for_reference[name] = (encoded if isinstance(encoded, tuple)
                                        else (encoded, encoded))
        files.append(folder / name)
        files[-1].write_bytes(encoded)
    result = preprocess(bin_dir, files, folder)
    return for_reference, folder, result.stderr


@pytest.mark.parametrize("name", VARIANTS)
def test_generated_picture_becomes_the_references_tensor(name, generated):
    for_reference, folder, errors = generated
    assert f"/{name}: " not in errors
    assert_same(np.load(folder / (name + ".npy")),
                reference.tensor(for_reference[name]), name)


@pytest.mark.parametrize("name", LIMIT_VARIANTS)
def test_picture_at_a_limit_becomes_the_references_tensor(name, bin_dir,
                                                          tmp_path):
    file = tmp_path / name
    file.write_bytes(LIMIT_VARIANTS[name]())
    assert_folder_matches(bin_dir, [file], tmp_path)


@pytest.mark.parametrize("depth", SHORT_PALETTES)
def test_pixels_beyond_a_palette_are_black(depth, bin_dir, tmp_path):
    file = tmp_path / "short_palette.png"
    file.write_bytes(picture_variants.short_palette(depth))
    preprocess(bin_dir, [file], tmp_path)
    assert_same(np.load(tmp_path / "short_palette.png.npy"), reference.tensor(
        picture_variants.short_palette(depth, "black")), file.name)


@pytest.mark.parametrize("depth", SHORT_PALETTES)
def test_only_the_older_pillow_makes_pixels_beyond_a_palette_grey(depth):
    colours = {reference.OLDER: "grey", reference.NEWER: "black"}
    assert_same(
        reference.tensor(picture_variants.short_palette(depth)),
        reference.tensor(picture_variants.short_palette(
            depth, colours[reference.PILLOW])), f"depth {depth}")


def test_jpegs_pillow_cannot_write_become_the_references_tensors(
        bin_dir, tmp_path):
    subprocess.run([bin_dir / "image_jpeg_variants", tmp_path], check=True)
    files = sorted(tmp_path.glob("*.jpg"))
    assert len(files) > 30
    assert_folder_matches(bin_dir, files, tmp_path / "out")


def test_shared_pictures_become_the_references_tensors(
        bin_dir, shared_images, tmp_path):
    assert_folder_matches(bin_dir, shared_images, tmp_path)


def test_photographs_become_the_references_tensors(bin_dir, photographs,
                                                   tmp_path):
    assert_folder_matches(bin_dir, photographs, tmp_path)


def test_orientation_is_left_alone_if_asked(bin_dir, tmp_path):
    image = picture_variants.picture(80, 50)
    upright = picture_variants.encode(image, "JPEG")
    turned = picture_variants.encode(
        image, "JPEG", exif=b"Exif\0\0" + picture_variants.exif(6))
    file = tmp_path / "turned.jpg"
    file.write_bytes(turned)
    subprocess.run([bin_dir / "wanwu-preprocess", file, "--output_dir",
                    tmp_path, "--apply_exif_orientation=false"], check=True)
    assert_same(np.load(tmp_path / "turned.jpg.npy"), reference.tensor(upright),
                "turned.jpg")


@pytest.mark.parametrize("width, height, orientation, sampling", [
    (1440, 1120, 1, 2), (1100, 2300, 6, 1), (2700, 2111, 3, 0),
    (5003, 4201, 8, 2)])
def test_fast_decoding_of_a_large_jpeg_comes_near_the_reference(
        width, height, orientation, sampling, bin_dir, tmp_path):
    image = picture_variants.picture(90, 70).resize((width, height))
    large = picture_variants.encode(
        image, "JPEG", subsampling=sampling,
        exif=b"Exif\0\0" + picture_variants.exif(orientation))
    file = tmp_path / "large.jpg"
    file.write_bytes(large)
    subprocess.run([bin_dir / "wanwu-preprocess", file, "--output_dir",
                    tmp_path, "--jpeg_decode=fast"], check=True)
    differs = np.abs(np.load(tmp_path / "large.jpg.npy").astype(int) -
                     reference.tensor(large))
    assert 0 < differs.mean() < 3


def test_refused_files_are_named_and_the_rest_written(bin_dir, tmp_path):
    good, bad = tmp_path / "good.png", tmp_path / "bad.jpg"
    good.write_bytes(picture_variants.encode(picture_variants.picture(9, 9),
                                             "PNG"))
    bad.write_bytes(b"<html>")
    result = preprocess(bin_dir, [bad, good], tmp_path / "out")
    assert result.returncode == 1
    assert result.stderr.startswith(f"{bad}: IMAGE_UNSUPPORTED: ")
    assert os.listdir(tmp_path / "out") == ["good.png.npy"]


@pytest.mark.parametrize("arguments, status", [
    (["--help"], 0), (["--version"], 0), ([], 2), (["x.jpg"], 2),
    (["a/x.jpg", "b/x.jpg", "--output_dir", "."], 2),
    (["x.jpg", "--output_dir", ".", "--jpeg_decode=quick"], 2)])
def test_usage(bin_dir, arguments, status):
    result = subprocess.run([bin_dir / "wanwu-preprocess", *arguments],
                            capture_output=True, text=True, check=False)
    assert result.returncode == status
    assert result.stdout if status == 0 else result.stderr
