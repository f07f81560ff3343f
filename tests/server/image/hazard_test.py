"""Hostile pictures cost bounded time and memory, and most are refused.

Each runs in a wanwu-preprocess of its own, whose address space and processor
time the kernel limits.
"""

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


def gif_claiming(width, height):
    return (b"GIF89a" + struct.pack("<HHBBB", 4, 4, 0x80, 0, 0) + bytes(6) +
            b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) +
            b"\2\2\x4c\1\0;")


def bmp_claiming(width, height, bits=24, compression=0):
    return (b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) +
            struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression,
                        0, 0, 0, 0, 0))


def tiff_with(entries, rest=b"", claim_count=None):
    """Little-endian, its directory first."""
    return (b"II*\0" + struct.pack("<I", 8) +
            struct.pack("<H", claim_count or len(entries)) +
            b"".join(struct.pack("<HHII", *entry) for entry in entries) +
            bytes(4) + rest)


def tiff_claiming(width, height, compression=1, **tags):
    entries = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8),
               (259, 3, 1, compression), (262, 3, 1, 1), (273, 4, 1, 8),
               (277, 3, 1, 1), (278, 4, 1, tags.get("rows", 2**32 - 1)),
               (279, 4, 1, 100)]
    if "tile" in tags:
        entries = [entry for entry in entries if entry[0] not in (273, 278, 279)]
        entries += [(322, 4, 1, tags["tile"]), (323, 4, 1, tags["tile"]),
                    (324, 4, 1, 8), (325, 4, 1, 100)]
    return tiff_with(entries, bytes(200))


def tiff_whose_entries_share_values():
    """Each of 4000 unknown tags has the same 8 MiB, which libtiff would copy."""
    shared = [(40000 + i, 1, 8 * MIB, 64) for i in range(4000)]
    base = [(256, 4, 1, 9), (257, 4, 1, 9), (258, 3, 1, 8), (259, 3, 1, 1),
            (262, 3, 1, 1), (273, 4, 1, 8), (277, 3, 1, 1), (279, 4, 1, 81)]
    return tiff_with(base + shared, bytes(8 * MIB + 64))


def iso_box(name, *content):
    body = b"".join(content)
    return struct.pack(">I", 8 + len(body)) + name + body


def full_box(name, *content, version=0):
    return iso_box(name, struct.pack(">I", version << 24), *content)


def heif(codec, width, height, data, *, config=b"", copies=1, claim=None):
    """One item, or a grid of so many that share their data."""
    item_type = b"hvc1" if codec == "heic" else b"av01"
    config_box = iso_box(b"hvcC" if codec == "heic" else b"av1C", config)
    properties = [full_box(b"ispe", struct.pack(">II", width, height)),
                  config_box]
    ids = list(range(1, copies + 1))
    grid = copies > 1
    primary = copies + 1 if grid else 1
    infos = [full_box(b"infe", struct.pack(">HH", i, 0), item_type, b"\0",
                      version=2) for i in ids]
    associations = b"".join(struct.pack(">HBBB", i, 2, 1, 2) for i in ids)
    references = []
    if grid:
        infos.append(full_box(b"infe", struct.pack(">HH", primary, 0), b"grid",
                              b"\0", version=2))
        properties.append(full_box(b"ispe", struct.pack(">II", *claim)))
        associations += struct.pack(">HBB", primary, 1, 3)
        references = [full_box(b"iref", iso_box(
            b"dimg", struct.pack(">HH", primary, copies),
            b"".join(struct.pack(">H", i) for i in ids)))]
    grid_data = struct.pack(">BBBBHH", 0, 0, copies - 1 & 255, 0,
                            *(claim or (1, 1)))
    brand = b"heic" if codec == "heic" else b"avif"
    start = iso_box(b"ftyp", brand, bytes(4), b"mif1", brand)

    def meta(data_at):
        places = [struct.pack(">HHHII", i, 0, 1, data_at, len(data))
                  for i in ids]
        if grid:
            places.append(struct.pack(">HHHII", primary, 0, 1,
                                      data_at + len(data), len(grid_data)))
        return full_box(
            b"meta",
            full_box(b"hdlr", bytes(4), b"pict", bytes(13)),
            full_box(b"pitm", struct.pack(">H", primary)),
            full_box(b"iinf", struct.pack(">H", len(infos)), *infos),
            full_box(b"iloc", struct.pack(">BBH", 0x44, 0, len(places)),
                     *places),
            *references,
            iso_box(b"iprp", iso_box(b"ipco", *properties),
                    full_box(b"ipma", struct.pack(">I", len(ids) + grid),
                             associations)))

    data_at = len(start) + len(meta(0)) + 8
    return start + meta(data_at) + iso_box(b"mdat", data, grid_data)


def golomb(value):
    bits = bin(value + 1)[2:]
    return "0" * (len(bits) - 1) + bits


def to_bytes(bits):
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def hevc_sequence_set(width, height):
    """As much of it as says how large pictures are; no byte needs an escape."""
    bits = ("0" * 4 + "000" + "1" + "1" * 96 + golomb(0) + golomb(1) +
            golomb(width) + golomb(height) + "1" * 64)
    return b"\x42\x01" + to_bytes(bits)


def hevc_config(width, height):
    unit = hevc_sequence_set(width, height)
    return (bytes([1]) + bytes([1] * 20) + b"\xff\1" + b"\x21" +
            struct.pack(">HH", 1, len(unit)) + unit)


def hevc_unit(kind, content=b"\x80" * 20):
    unit = bytes([kind << 1, 1]) + content
    return struct.pack(">I", len(unit)) + unit


def av1_sequence(width, height):
    bits = ("000" + "1" + "1" + "0" * 5 + f"{15:04b}" + f"{15:04b}" +
            f"{width - 1:016b}" + f"{height - 1:016b}" + "0" * 16)
    return obu(1, to_bytes(bits))


def obu(kind, content):
    return bytes([kind << 3 | 2, len(content)]) + content


AV1_CONFIG = b"\x81\0\0\0"


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
    "gif_claims_65535x65535":
        ("IMAGE_TOO_LARGE", lambda: gif_claiming(65535, 65535)),
    "gif_claims_what_it_lacks":
        ("IMAGE_DECODE_FAILED", lambda: gif_claiming(7000, 7000)),
    "gif_truncated": ("IMAGE_DECODE_FAILED", lambda: photo("GIF")[:-900]),
    "bmp_claims_2_31":
        ("IMAGE_TOO_LARGE", lambda: bmp_claiming(2**31 - 1, 2**31 - 1)),
    "bmp_claims_what_it_lacks":
        ("IMAGE_DECODE_FAILED", lambda: bmp_claiming(7000, 7000)),
    "bmp_runs_claim_what_they_lack":
        ("IMAGE_DECODE_FAILED", lambda: bmp_claiming(7000, 7000, 8, 1)),
    "bmp_truncated": ("IMAGE_DECODE_FAILED", lambda: photo("BMP")[:-900]),
    "tiff_claims_2_31":
        ("IMAGE_TOO_LARGE", lambda: tiff_claiming(2**31 - 1, 2**31 - 1)),
    "tiff_claims_what_it_lacks":
        ("IMAGE_DECODE_FAILED", lambda: tiff_claiming(7000, 7000)),
    "tiff_lzw_claims_what_it_lacks":
        ("IMAGE_DECODE_FAILED", lambda: tiff_claiming(7000, 7000, 5)),
    "tiff_tiles_of_4_billion_pixels":
        ("IMAGE_TOO_LARGE", lambda: tiff_claiming(99, 99, tile=65536)),
    "tiff_tiles_of_2_31":
        ("IMAGE_UNSUPPORTED", lambda: tiff_claiming(99, 99, tile=2**31 - 16)),
    "tiff_lzma": ("IMAGE_UNSUPPORTED: the image is a TIFF with LZMA",
                  lambda: tiff_claiming(99, 99, 34925)),
    "tiff_zstd": ("IMAGE_UNSUPPORTED: the image is a TIFF with ZSTD",
                  lambda: tiff_claiming(99, 99, 50000)),
    "tiff_many_entries":
        ("IMAGE_DECODE_FAILED",
         lambda: tiff_with([(256, 4, 1, 9)] * 9, bytes(900000), 65535)),
    "tiff_entries_share_values":
        ("IMAGE_DECODE_FAILED", tiff_whose_entries_share_values),
    "tiff_truncated": ("IMAGE_DECODE_FAILED", lambda: photo("TIFF")[:-900]),
    "heic_claims_2_31":
        ("IMAGE_TOO_LARGE", lambda: heif("heic", 2**31 - 1, 2**31 - 1, b"x")),
    "heic_data_larger_than_claimed":
        ("IMAGE_TOO_LARGE", lambda: heif(
            "heic", 64, 64, hevc_unit(19), config=hevc_config(30000, 30000))),
    "heic_of_many_pictures":
        ("IMAGE_DECODE_FAILED", lambda: heif(
            "heic", 1600, 1600, hevc_unit(19) * 1000,
            config=hevc_config(1600, 1600))),
    "heic_with_a_sequence_set_in_its_data":
        ("IMAGE_DECODE_FAILED", lambda: heif(
            "heic", 64, 64, hevc_unit(33) + hevc_unit(19),
            config=hevc_config(64, 64))),
    "heic_grid_that_shares_a_large_tile":
        ("IMAGE_TOO_LARGE", lambda: heif(
            "heic", 6400, 6400, hevc_unit(19), config=hevc_config(6400, 6400),
            copies=200, claim=(6400, 64))),
    "avif_claims_2_31":
        ("IMAGE_TOO_LARGE", lambda: heif("avif", 2**31 - 1, 2**31 - 1, b"x")),
    "avif_data_larger_than_claimed":
        ("IMAGE_TOO_LARGE", lambda: heif(
            "avif", 64, 64, av1_sequence(30000, 30000) + obu(6, b"x"),
            config=AV1_CONFIG)),
    "avif_of_many_frames":
        ("IMAGE_DECODE_FAILED", lambda: heif(
            "avif", 1600, 1600, av1_sequence(1600, 1600) + obu(6, b"x") * 1000,
            config=AV1_CONFIG)),
    "avif_grid_that_shares_a_large_tile":
        ("IMAGE_TOO_LARGE", lambda: heif(
            "avif", 6400, 6400, av1_sequence(6400, 6400) + obu(6, b"x"),
            config=AV1_CONFIG, copies=200, claim=(6400, 64))),
    "html": ("IMAGE_UNSUPPORTED: the image is an HTML page, not a picture",
             lambda: b"<html></html>"),
    "pdf": ("IMAGE_UNSUPPORTED: the image is a PDF document, not a picture; "
            "supported are JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF and HEIC",
            lambda: b"%PDF-1.7\n"),
    "git_lfs": ("IMAGE_UNSUPPORTED: the image is a Git LFS pointer",
                lambda: b"version https://git-lfs.github.com/spec/v1\n"),
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
    "gif_comments": lambda: (lambda plain: plain[:13 + 3 * 256] +
                             b"!\xfe\1x\0" * (2 * MIB) +
                             plain[13 + 3 * 256:])(photo("GIF")),
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
