"""Writes PNGs of every kind; Pillow writes only some."""

import struct
import zlib

import numpy as np

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
DEPTHS = {GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8),
          GREY_ALPHA: (8, 16), RGBA: (8, 16)}
# Adam7: first row, first column, row step, column step.
PASSES = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4),
          (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))


def chunk(kind, content=b""):
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(
        ">I", checksum)


def _pack(samples, depth):
    """Rows of samples (height, width * channels) as rows of bytes."""
    if depth == 16:
        return samples.astype(">u2").view(np.uint8).reshape(len(samples), -1)
    if depth == 8:
        return samples.astype(np.uint8)
    bits = np.unpackbits(samples.astype(np.uint8)[..., None], axis=-1)
    return np.packbits(bits[..., 8 - depth:].reshape(len(samples), -1), axis=1)


def _paeth(left, above, corner):
    estimate = left + above - corner
    distances = [abs(estimate - value) for value in (left, above, corner)]
    return (left, above, corner)[distances.index(min(distances))]


def _predict(kind, left, above, corner):
    return (0, left, above, (left + above) // 2,
            _paeth(left, above, corner))[kind]


def _filtered(rows, step, first_filter):
    """Each row in turn with another of the five filters."""
    out = bytearray()
    above = [0] * (rows.shape[1] + step)
    for y, values in enumerate(rows.tolist()):
        kind = (first_filter + y) % 5
        row = [0] * step + values
        out.append(kind)
        out += bytes((row[i] - _predict(kind, row[i - step], above[i],
                                        above[i - step])) & 255
                     for i in range(step, len(row)))
        above = row
    return bytes(out)


def write(samples, depth, color, *, interlaced=False, before=b"", after=b""):
    """samples: (height, width, channels) of whole numbers. `before` and
    `after` are chunks around the picture data."""
    height, width, channels = samples.shape
    assert channels == CHANNELS[color]
    step = max(1, channels * depth // 8)
    data = b""
    for y, x, down, across in (PASSES if interlaced else ((0, 0, 1, 1),)):
        part = samples[y::down, x::across]
        if part.size:
            rows = _pack(part.reshape(len(part), -1), depth)
            data += _filtered(rows, step, first_filter=y + x)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0,
                         int(interlaced))
    packed = zlib.compress(data)
    half = len(packed) // 2  # Two chunks, as long files have.
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before +
            chunk(b"IDAT", packed[:half]) + chunk(b"IDAT", packed[half:]) +
            after + chunk(b"IEND"))
