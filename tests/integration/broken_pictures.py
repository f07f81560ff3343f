"""Pictures that must be refused, each with the reason."""

import dataclasses
import random
import struct
import zlib

from PIL import Image

from pictures import encode

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclasses.dataclass(frozen=True)
class BrokenPicture:
    name: str
    encoded: bytes
    reason: str


def _scene():
    red, green = Image.linear_gradient("L"), Image.radial_gradient("L")
    return Image.merge("RGB", (red, green, red.rotate(90)))


def jpeg_claiming(width, height):
    """A JPEG whose header states a size that its data do not have."""
    encoded = bytearray(encode(_scene(), "JPEG"))
    at = encoded.index(b"\xff\xc0") + 5
    encoded[at:at + 4] = struct.pack(">HH", height, width)
    return bytes(encoded)


def _png_with_wrong_checksum():
    """Of its header; from its data on it would only be a warning."""
    encoded = bytearray(encode(_scene(), "PNG"))
    at = encoded.index(b"IHDR")
    size = struct.unpack(">I", encoded[at - 4:at])[0]
    encoded[at + 4 + size] ^= 0xFF
    return bytes(encoded)


def _png_with_wrong_data():
    header = struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)
    return PNG_SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + kind + body +
        struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in ((b"IHDR", header), (b"IDAT", b"not deflate"),
                           (b"IEND", b"")))


def _without_tables(jpeg):
    """Its quantisation tables become segments that nobody reads."""
    return jpeg.replace(b"\xff\xdb", b"\xff\xef")


def broken_pictures():
    """Ten of them."""
    jpeg = encode(_scene(), "JPEG")
    noise = random.Random(1).randbytes(20_000)
    return [
        BrokenPicture("nothing", b"", "IMAGE_EMPTY"),
        BrokenPicture("noise", noise, "IMAGE_UNSUPPORTED"),
        BrokenPicture("PDF", encode(_scene(), "PDF"), "IMAGE_UNSUPPORTED"),
        BrokenPicture("truncated JPEG", jpeg[:len(jpeg) // 2],
                      "IMAGE_DECODE_FAILED"),
        BrokenPicture("JPEG without tables", _without_tables(jpeg),
                      "IMAGE_DECODE_FAILED"),
        BrokenPicture("JPEG of 65500 x 65500", jpeg_claiming(65500, 65500),
                      "IMAGE_TOO_LARGE"),
        BrokenPicture("JPEG of 65500 x 1", jpeg_claiming(65500, 1),
                      "IMAGE_TOO_LARGE"),
        BrokenPicture("PNG with a wrong checksum", _png_with_wrong_checksum(),
                      "IMAGE_DECODE_FAILED"),
        BrokenPicture("PNG with wrong data", _png_with_wrong_data(),
                      "IMAGE_DECODE_FAILED"),
        BrokenPicture("truncated WebP", encode(_scene(), "WEBP")[:-200],
                      "IMAGE_DECODE_FAILED"),
    ]
