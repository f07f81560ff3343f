"""Hostile pictures cost bounded time and memory, and most are refused.

Each runs in a wanwu-preprocess of its own, whose address space and processor
time the kernel limits.
"""

import io
import os
import resource
import struct
import subprocess
import zlib

import numpy as np
import pytest
from PIL import Image

import picture_variants
import png_writer

SANITIZED = bool(os.environ.get("WANWU_SANITIZE"))
MIB = 2**20
# Libraries and all; a refusal in proportion to what was claimed would not fit.
ADDRESS_SPACE = 128 * MIB
CPU_SECONDS = 20 if SANITIZED else 4


def run_limited(bin_dir, encoded, folder):
    """Standard error and exit status."""
    file = folder / "hazard"
    file.write_bytes(encoded)

    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        if not SANITIZED:  # A sanitizer maps terabytes it does not use.
            resource.setrlimit(resource.RLIMIT_AS,
                               (ADDRESS_SPACE, ADDRESS_SPACE))

    result = subprocess.run(
        [bin_dir / "wanwu-preprocess", file, "--output_dir", folder / "out"],
        stderr=subprocess.PIPE, text=True, check=False, preexec_fn=limit)
    return result.stderr, result.returncode


def jpeg_claiming(width, height):
    encoded = bytearray(picture_variants.encode(
        picture_variants.picture(8, 8), "JPEG"))
    at = encoded.index(b"\xff\xc0") + 5
    encoded[at:at + 4] = struct.pack(">HH", height, width)
    return bytes(encoded)


def png_claiming(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + png_writer.chunk(b"IHDR", header) +
            png_writer.chunk(b"IDAT", zlib.compress(bytes(1000))) +
            png_writer.chunk(b"IEND"))


def webp_claiming(width, height):
    still = picture_variants.encode(picture_variants.picture(8, 8), "WEBP",
                                    lossless=True)
    extended = (struct.pack("<I", 2) + picture_variants.u24(width - 1) +
                picture_variants.u24(height - 1))
    frame = (bytes(6) + picture_variants.u24(7) * 2 + bytes(4) + still[12:])
    return picture_variants.riff(
        picture_variants.riff_chunk(b"VP8X", extended),
        picture_variants.riff_chunk(b"ANIM", bytes(6)),
        picture_variants.riff_chunk(b"ANMF", frame))


def png_with(extra):
    return png_writer.write(np.zeros((9, 9, 3), int), 8, png_writer.RGB,
                            before=extra)


def damaged(encoded):
    middle = len(encoded) // 2
    return encoded[:middle] + b"\xff\xd0" * 20 + encoded[middle + 40:]


def photo(kind, **options):
    return picture_variants.encode(picture_variants.picture(400, 300), kind,
                                   **options)


def gif():
    out = io.BytesIO()
    Image.new("P", (4, 4)).save(out, "GIF")
    return out.getvalue()


HAZARDS = {
    "empty": ("IMAGE_EMPTY", lambda: b""),
    "jpeg_claims_65500x65500":
        ("IMAGE_TOO_LARGE", lambda: jpeg_claiming(65500, 65500)),
    "jpeg_claims_1x65500":
        ("IMAGE_TOO_LARGE", lambda: jpeg_claiming(1, 65500)),
    "jpeg_claims_65500x1":
        ("IMAGE_TOO_LARGE", lambda: jpeg_claiming(65500, 1)),
    "jpeg_claims_no_lines":
        ("IMAGE_DECODE_FAILED", lambda: jpeg_claiming(100, 0)),
    "jpeg_claims_what_it_lacks":
        ("IMAGE_DECODE_FAILED", lambda: jpeg_claiming(7000, 7000)[:-2]),
    "jpeg_truncated":
        ("IMAGE_DECODE_FAILED", lambda: photo("JPEG")[:-2000]),
    "jpeg_without_end":
        ("IMAGE_DECODE_FAILED", lambda: photo("JPEG")[:-2]),
    "jpeg_progressive_truncated":
        ("IMAGE_DECODE_FAILED", lambda: photo("JPEG", progressive=True)[:-900]),
    "png_claims_2_31": ("IMAGE_TOO_LARGE",
                        lambda: png_claiming(2**31 - 1, 2**31 - 1)),
    "png_claims_1x65500": ("IMAGE_TOO_LARGE", lambda: png_claiming(1, 65500)),
    "png_claims_what_it_lacks":
        ("IMAGE_DECODE_FAILED", lambda: png_claiming(7000, 7000)),
    "png_claims_nothing": ("IMAGE_DECODE_FAILED", lambda: png_claiming(0, 5)),
    "png_truncated": ("IMAGE_DECODE_FAILED", lambda: photo("PNG")[:-2000]),
    "png_damaged": ("IMAGE_DECODE_FAILED", lambda: damaged(photo("PNG"))),
    "webp_claims_16383x16383":
        ("IMAGE_TOO_LARGE", lambda: webp_claiming(16383, 16383)),
    "webp_claims_2_24":
        ("IMAGE_", lambda: webp_claiming(2**24 - 1, 2**24 - 1)),
    "webp_truncated": ("IMAGE_DECODE_FAILED", lambda: photo("WEBP")[:-200]),
    "gif": ("IMAGE_UNSUPPORTED: the image is GIF", gif),
    "html": ("IMAGE_UNSUPPORTED: the image is HTML", lambda: b"<html></html>"),
    "encoded_17_mib":
        ("IMAGE_TOO_LARGE", lambda: photo("JPEG") + bytes(17 * MIB)),
}


@pytest.mark.parametrize("name", HAZARDS)
def test_hazard_is_refused_within_bounds(name, bin_dir, tmp_path):
    reason, make = HAZARDS[name]
    errors, status = run_limited(bin_dir, make(), tmp_path)
    assert status == 1, errors
    assert f"hazard: {reason}" in errors
    assert os.listdir(tmp_path / "out") == []


BOMBS = {
    "profile": lambda zeros: png_writer.chunk(b"iCCP", b"icc\0\0" + zeros),
    "text": lambda zeros: png_writer.chunk(b"zTXt", b"Comment\0\0" + zeros) * 50,
    "international_text": lambda zeros: png_writer.chunk(
        b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zeros) * 50,
    "raw_profile": lambda zeros: png_writer.chunk(
        b"zTXt", b"Raw profile type exif\0\0" + zeros) * 50,
}


@pytest.mark.parametrize("name", BOMBS)
def test_compressed_png_chunk_is_not_unpacked(name, bin_dir, tmp_path):
    zeros = zlib.compress(bytes(100 * MIB))
    errors, status = run_limited(bin_dir, png_with(BOMBS[name](zeros)), tmp_path)
    assert (status, errors) == (0, "")


def test_a_jpeg_that_lacks_nearly_all_of_its_data_costs_no_more_than_a_whole_one(
        bin_dir, tmp_path):
    """As Pillow, it makes the rest grey; 144 MB if it were held whole."""
    errors, status = run_limited(bin_dir, jpeg_claiming(8000, 6000), tmp_path)
    assert status == 0
    assert "hazard: warning: a part of the picture's data is missing" in errors


def flooded_jpeg(marker):
    encoded = photo("JPEG")
    return encoded[:2] + marker * (14 * MIB // len(marker)) + encoded[2:]


FLOODS = {
    "jpeg_app1": lambda: flooded_jpeg(b"\xff\xe1\0\x08Exif\0\0"),
    "jpeg_comments": lambda: flooded_jpeg(b"\xff\xfe\0\2"),
    "jpeg_fill_bytes": lambda: flooded_jpeg(b"\xff"),
    "jpeg_stray_bytes": lambda: flooded_jpeg(b"\xff\xe0\0\2" + bytes(60)),
    "jpeg_empty_pictures": lambda: flooded_jpeg(b"\xff\xd9\xff\xd8"),
    "png_unknown": lambda: png_with(png_writer.chunk(b"abCd") * (MIB)),
    "png_text": lambda: png_with(
        png_writer.chunk(b"tEXt", b"XML:com.adobe.xmp\0x") * (MIB // 4)),
}


@pytest.mark.parametrize("name", FLOODS)
def test_time_grows_no_faster_than_the_number_of_markers(name, bin_dir,
                                                         tmp_path):
    errors, status = run_limited(bin_dir, FLOODS[name](), tmp_path)
    assert status == 0, errors
    assert all(": warning: " in line for line in errors.splitlines())


def test_ordinary_jpeg_is_never_held_whole(bin_dir, tmp_path):
    """48 megapixels would be 144 MB of RGB."""
    encoded = picture_variants.encode(Image.new("RGB", (8000, 6000), "teal"),
                                      "JPEG")
    errors, status = run_limited(bin_dir, encoded, tmp_path)
    assert (status, errors) == (0, "")


@pytest.mark.skipif(SANITIZED, reason="the address space is not limited")
def test_want_of_memory_is_not_the_pictures_fault(bin_dir, tmp_path):
    """A plain picture of 50 megapixels, which takes 350 MB to decode."""
    encoded = picture_variants.encode(Image.new("RGB", (7071, 7071), "teal"),
                                      "WEBP", lossless=True, method=0)
    errors, status = run_limited(bin_dir, encoded, tmp_path)
    assert status == 1, errors
    assert "hazard: OUT_OF_MEMORY" in errors
