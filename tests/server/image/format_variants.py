"""Generated GIFs, BMPs and TIFFs, as picture_variants.py has the other kinds."""

import functools
import io
import struct

import numpy as np
from PIL import Image

from picture_variants import ORIENTATIONS, encode, picture, pixels

SIDES = ((1, 1), (3, 5), (31, 33), (255, 257), (500, 375))


# GIF, written block by block: Pillow makes a few kinds only.

def lzw(numbers, bits):
    """Of codes one bit longer than numbers are: the table is cleared before it
    grows, so that no code ever is."""
    clear, end = 1 << bits, (1 << bits) + 1
    codes = []
    for at, number in enumerate(numbers):
        if at % ((1 << bits) - 2) == 0:
            codes.append(clear)
        codes.append(number)
    codes.append(end)
    value = used = 0
    out = bytearray()
    for code in codes:
        value |= code << used
        used += bits + 1
        while used >= 8:
            out.append(value & 255)
            value >>= 8
            used -= 8
    if used:
        out.append(value & 255)
    return bytes(out)


def in_blocks(data):
    return b"".join(bytes([len(data[at:at + 255])]) + data[at:at + 255]
                    for at in range(0, len(data), 255)) + b"\0"


def gif_palette(entries, seed=3):
    return np.random.default_rng(seed).integers(
        0, 256, entries * 3).astype(np.uint8).tobytes()


def control(transparent):
    return b"!\xf9\4" + struct.pack("<BHB", 1, 0, transparent) + b"\0"


INTERLACED = ((0, 8), (4, 8), (2, 4), (1, 2))


def gif_frame(numbers, left, top, bits, *, interlaced=False, local=b""):
    height, width = numbers.shape
    if interlaced:
        numbers = numbers[[y for first, step in INTERLACED
                           for y in range(first, height, step)]]
    flags = (0x40 if interlaced else 0) | (
        0x80 | bits - 1 if local else 0)
    code_bits = max(bits, 2)
    return (b"," + struct.pack("<HHHHB", left, top, width, height, flags) +
            local + bytes([code_bits]) +
            in_blocks(lzw(numbers.ravel().tolist(), code_bits)))


def gif(width=67, height=59, bits=4, *, at=(0, 0), screen=None, before=b"",
        palette=True, local=False, entries=None, end=b";", **frame):
    """With `entries`, some pixels lie beyond the palette."""
    numbers = pixels(width, height, 1)[..., 0].astype(int) >> (8 - bits)
    colors = gif_palette(entries or 2**bits)
    table = int(np.log2(entries or 2**bits)) - 1
    flags = (0x80 | table) if palette else 0
    head = b"GIF89a" + struct.pack("<HHBBB", *(screen or (width, height)),
                                   flags, 0, 0)
    return (head + (colors if palette else b"") + before +
            gif_frame(numbers, *at, bits,
                      local=gif_palette(2**bits, 9) if local else b"",
                      **frame) + end)


def gifs():
    for width, height in SIDES:
        for interlaced in (False, True):
            yield (f"gif_{width}x{height}_interlaced{interlaced}",
                   lambda w=width, h=height, i=interlaced: encode(
                       picture(w, h).quantize(200), "GIF", interlace=i))
    yield "gif_grey", lambda: encode(picture(90, 70, "L"), "GIF")
    yield "gif_animated", lambda: encode(
        picture(90, 70), "GIF", save_all=True,
        append_images=[picture(90, 70, seed=2)])
    for bits in range(1, 9):
        for interlaced in (False, True):
            yield (f"gif_bits{bits}_interlaced{interlaced}", functools.partial(
                gif, bits=bits, interlaced=interlaced))
    kinds = {
        "no_palette": {"palette": False, "bits": 8},
        "local_palette": {"local": True},
        "both_palettes": {"local": True, "palette": False},
        "frame_within": {"screen": (100, 90), "at": (11, 20)},
        "frame_within_interlaced": {"screen": (100, 90), "at": (11, 20),
                                    "interlaced": True},
        "frame_beyond": {"screen": (50, 40), "at": (9, 13)},
        "transparent_around": {"screen": (100, 90), "at": (11, 20),
                               "before": control(5)},
        "transparent": {"before": control(7)},
        "comment": {"before": b"!\xfe" + in_blocks(b"hello " * 99)},
        "no_trailer": {"end": b""},
        "trailing_bytes": {"end": b";" + b"x" * 99},
        "odd_height_interlaced": {"height": 3, "interlaced": True},
    }
    for name, options in kinds.items():
        yield f"gif_{name}", functools.partial(gif, **options)


# BMP

def bmp_head(width, height, bits, compression, data, *, head=40, palette=b"",
             masks=b"", colors=0, top_down=False, extra=b""):
    at = 14 + head + len(masks if head == 40 else b"") + len(palette)
    if head == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack("<IiiHHIIiiII", head, width,
                           -height if top_down else height, 1, bits,
                           compression, len(data), 2835, 2835, colors, 0)
        info += (masks + bytes(200))[:head - 40] if head > 40 else masks
    return (b"BM" + struct.pack("<IHHI", at + len(data), 0, 0, at) + info +
            palette + data + extra)


def bmp_rows(values, bits, top_down=False):
    """Rows of numbers, padded to four bytes."""
    height, width = values.shape
    out = []
    for row in values if top_down else values[::-1]:
        if bits < 8:
            per_byte = 8 // bits
            row = np.pad(row, (0, -width % per_byte)).reshape(-1, per_byte)
            shifts = np.arange(8 - bits, -1, -bits)
            data = (row << shifts).sum(axis=1).astype(np.uint8).tobytes()
        else:
            data = row.astype(f"<u{max(bits // 8, 1)}").tobytes()
        out.append(data + bytes(-len(data) % 4))
    return b"".join(out)


def bmp_palette(entries, entry_bytes=4):
    colors = np.random.default_rng(4).integers(0, 256, (entries, entry_bytes))
    return colors.astype(np.uint8).tobytes()


def bmp_numbers(bits, *, width=67, height=59, head=40, entries=None, **options):
    values = pixels(width, height, 1)[..., 0].astype(int) >> (8 - bits)
    if entries:
        values %= entries
    palette = bmp_palette(entries or 2**bits, 3 if head == 12 else 4)
    return bmp_head(width, height, bits, 0,
                    bmp_rows(values, bits, options.get("top_down", False)),
                    head=head, palette=palette, colors=entries or 0, **options)


def bmp_words(bits, *, masks=(), width=67, height=59, head=40, **options):
    values = np.random.default_rng(5).integers(0, 2**bits, (height, width))
    packed = b"".join(struct.pack("<I", mask) for mask in masks)
    return bmp_head(width, height, bits, 3 if masks else 0,
                    bmp_rows(values, bits, options.get("top_down", False)),
                    head=head, masks=packed, **options)


def rle(bits, *, width=61, height=40):
    """Runs, single pixels, rows that end early, and an end."""
    random = np.random.default_rng(6)
    out = bytearray()
    for _ in range(height):
        left = width - int(random.integers(0, 9))
        while left:
            count = min(left, int(random.integers(1, 20)))
            if count > 4 and count % 2 == 0 and random.integers(0, 2):
                data = random.integers(0, 256, count if bits == 8 else
                                       count // 2).astype(np.uint8).tobytes()
                out += bytes([0, count]) + data + bytes(len(data) % 2)
            else:
                out += bytes([count, int(random.integers(0, 256))])
            left -= count
        out += b"\0\0"
    out += b"\0\1"
    return bmp_head(width, height, bits, 1 if bits == 8 else 2, bytes(out),
                    palette=bmp_palette(2**bits))


def bmps():
    for width, height in SIDES:
        for mode in ("1", "L", "RGB", "RGBA"):
            yield (f"bmp_{mode}_{width}x{height}",
                   lambda w=width, h=height, m=mode: encode(
                       picture(w, h).convert(m), "BMP"))
        yield (f"bmp_P_{width}x{height}",
               lambda w=width, h=height: encode(
                   picture(w, h).quantize(77), "BMP"))
    for bits in (1, 4, 8):
        yield f"bmp_bits{bits}", functools.partial(bmp_numbers, bits)
        yield f"bmp_bits{bits}_top_down", functools.partial(
            bmp_numbers, bits, top_down=True)
        yield f"bmp_bits{bits}_os2", functools.partial(
            bmp_numbers, bits, head=12)
        yield f"bmp_bits{bits}_os2_second", functools.partial(
            bmp_numbers, bits, head=64)
    for head in (108, 124):
        yield f"bmp_bits8_head{head}", functools.partial(
            bmp_numbers, 8, head=head)
    yield "bmp_short_palette", functools.partial(bmp_numbers, 8, entries=9)
    yield "bmp_trailing_bytes", functools.partial(bmp_numbers, 8,
                                                  extra=b"x" * 99)
    yield "bmp_bits16", functools.partial(bmp_words, 16)
    yield "bmp_bits32", functools.partial(bmp_words, 32)
    yield "bmp_bits32_top_down", functools.partial(bmp_words, 32, top_down=True)
    masks = {
        "565": (16, (0xF800, 0x7E0, 0x1F)),
        "555": (16, (0x7C00, 0x3E0, 0x1F)),
        "bgrx": (32, (0xFF0000, 0xFF00, 0xFF)),
        "xbgr": (32, (0xFF000000, 0xFF0000, 0xFF00)),
    }
    for name, (bits, parts) in masks.items():
        yield f"bmp_masks_{name}", functools.partial(bmp_words, bits,
                                                     masks=parts)
    with_alpha = {"bgra": (0xFF0000, 0xFF00, 0xFF, 0xFF000000),
                  "abgr": (0xFF000000, 0xFF0000, 0xFF00, 0xFF),
                  "rgba": (0xFF, 0xFF00, 0xFF0000, 0xFF000000),
                  "none": (0, 0, 0, 0)}
    for name, parts in with_alpha.items():
        yield f"bmp_masks_{name}", functools.partial(
            bmp_words, 32, masks=parts, head=124)
    for bits in (4, 8):
        yield f"bmp_runs{bits}", functools.partial(rle, bits)


# TIFF

def tiff(image, **options):
    return encode(image, "TIFF", **options)


def tiff_by_hand(samples, bits, color, *, order="<", planar=False, tile=None,
                 rows_per_strip=None, extra=(), colormap=None, fill_order=1,
                 big=False, orientation=None):
    """Not packed. Samples are whole numbers, height x width x kinds."""
    height, width, kinds = samples.shape
    planes = [samples[..., i:i + 1] for i in range(kinds)] if planar else [
        samples]
    blocks = []
    block_h = tile or rows_per_strip or height
    block_w = tile or width
    for plane in planes:
        for y in range(0, height, block_h):
            for x in range(0, width, block_w):
                block = plane[y:y + block_h, x:x + block_w]
                if tile:
                    block = np.pad(block, ((0, tile - block.shape[0]),
                                           (0, tile - block.shape[1]), (0, 0)))
                blocks.append(packed(block, bits, order, fill_order))
    tags = {256: (4, [width]), 257: (4, [height]), 258: (3, [bits] * kinds),
            259: (3, [1]), 262: (3, [color]), 266: (3, [fill_order]),
            277: (3, [kinds]), 284: (3, [2 if planar else 1])}
    if extra:
        tags[338] = (3, list(extra))
    if colormap is not None:
        tags[320] = (3, list(colormap))
    if orientation is not None:
        tags[274] = (3, [orientation])
    if tile:
        tags |= {322: (4, [tile]), 323: (4, [tile])}
    else:
        tags[278] = (4, [block_h])
    places = (324, 325) if tile else (273, 279)
    tags |= {places[0]: (4, [0] * len(blocks)),
             places[1]: (4, [len(block) for block in blocks])}
    return tiff_file(tags, places[0], blocks, order, big)


def packed(block, bits, order, fill_order):
    if bits >= 8:
        return block.astype(f"{order}u{bits // 8}").tobytes()
    height, width, _ = block.shape
    rows = block.reshape(height, width)
    per_byte = 8 // bits
    rows = np.pad(rows, ((0, 0), (0, -width % per_byte)))
    rows = rows.reshape(height, -1, per_byte)
    data = (rows << np.arange(8 - bits, -1, -bits)).sum(axis=2).astype(np.uint8)
    if fill_order == 2:
        data = np.packbits(np.unpackbits(data[..., None], axis=2)[..., ::-1],
                           axis=2)[..., 0]
    return data.tobytes()


def tiff_file(tags, places, blocks, order, big):
    word, head = ("Q", 16) if big else ("I", 8)
    kinds = {3: "H", 4: "I"}
    entry = 20 if big else 12
    directory = head + sum(map(len, blocks))
    directory += directory % 2
    after = directory + (8 if big else 2) + entry * len(tags) + (
        8 if big else 4)
    at, offsets = head, []
    for block in blocks:
        offsets.append(at)
        at += len(block)
    tags[places] = (4, offsets)
    entries, values = b"", b""
    for tag, (kind, numbers) in sorted(tags.items()):
        data = struct.pack(f"{order}{len(numbers)}{kinds[kind]}", *numbers)
        entries += struct.pack(f"{order}HH{word}", tag, kind, len(numbers))
        if len(data) <= (8 if big else 4):
            entries += data.ljust(8 if big else 4, b"\0")
        else:
            entries += struct.pack(order + word, after + len(values))
            values += data + bytes(len(data) % 2)
    magic = b"II" if order == "<" else b"MM"
    start = (struct.pack(order + "HHHQ", 43, 8, 0, directory) if big
             else struct.pack(order + "HI", 42, directory))
    body = magic + start + b"".join(blocks)
    return (body.ljust(directory, b"\0") +
            struct.pack(order + ("Q" if big else "H"), len(tags)) + entries +
            bytes(8 if big else 4) + values)


def tiff_samples(bits, color, kinds, *, width=67, height=59, **options):
    samples = pixels(width, height, kinds).astype(int)
    samples = samples >> (8 - bits) if bits < 8 else samples << (bits - 8)
    if bits == 16:
        samples += np.roll(samples >> 8, 1, axis=0)
    if color == 3:
        options["colormap"] = np.random.default_rng(7).integers(
            0, 65536, 3 * 2**bits).tolist()
    encoded = tiff_by_hand(samples, bits, color, **options)
    if bits == 16 and kinds == 1:
        # The documented exception: the reference gets the high byte.
        return encoded, tiff_by_hand(samples >> 8, 8, color, **options)
    return encoded


COMPRESSIONS = ("raw", "tiff_lzw", "tiff_deflate", "tiff_adobe_deflate",
                "packbits")


def tiffs():
    for compression in COMPRESSIONS:
        for mode in ("1", "L", "P", "RGB", "RGBA", "RGBX", "CMYK"):
            yield (f"tiff_{compression}_{mode}",
                   lambda c=compression, m=mode: tiff(
                       picture(101, 77).convert(m), compression=c))
    for width, height in SIDES:
        yield (f"tiff_{width}x{height}",
               lambda w=width, h=height: tiff(picture(w, h)))
        yield (f"tiff_lzw_{width}x{height}",
               lambda w=width, h=height: tiff(picture(w, h),
                                              compression="tiff_lzw"))
    for compression in ("tiff_ccitt", "group3", "group4"):
        yield (f"tiff_{compression}",
               lambda c=compression: tiff(
                   picture(101, 77).convert("1"), compression=c))
    for mode in ("L", "RGB", "CMYK"):
        yield (f"tiff_jpeg_{mode}",
               lambda m=mode: tiff(picture(101, 77).convert(m),
                                   compression="jpeg"))
    yield "tiff_jpeg_ycc", lambda: tiff(
        picture(101, 77).convert("YCbCr"), compression="jpeg")
    for compression in ("tiff_lzw", "tiff_adobe_deflate"):
        yield (f"tiff_{compression}_predictor",
               lambda c=compression: tiff(picture(101, 77), compression=c,
                                          tiffinfo={317: 2}))
    yield "tiff_pages", lambda: tiff(
        picture(90, 70), save_all=True,
        append_images=[picture(80, 60, seed=2)])
    for order in "<>":
        name = "little" if order == "<" else "big"
        for bits in (1, 2, 4, 8, 16):
            for color in (0, 1):
                if bits == 16 and color == 0:
                    continue  # The reference does not invert it.
                yield (f"tiff_{name}_grey{bits}_color{color}",
                       functools.partial(tiff_samples, bits, color, 1,
                                         order=order))
        for bits in (1, 2, 4, 8):
            yield (f"tiff_{name}_palette{bits}", functools.partial(
                tiff_samples, bits, 3, 1, order=order))
        for bits in (8, 16):
            yield (f"tiff_{name}_rgb{bits}", functools.partial(
                tiff_samples, bits, 2, 3, order=order))
            for extra in (0, 1, 2):
                yield (f"tiff_{name}_rgb{bits}_extra{extra}",
                       functools.partial(tiff_samples, bits, 2, 4, order=order,
                                         extra=(extra,)))
        yield f"tiff_{name}_grey_alpha", functools.partial(
            tiff_samples, 8, 1, 2, order=order, extra=(2,))
        yield f"tiff_{name}_rgb_extra_many", functools.partial(
            tiff_samples, 8, 2, 6, order=order, extra=(1, 0, 0))
        yield f"tiff_{name}_cmyk", functools.partial(
            tiff_samples, 8, 5, 4, order=order)
    yield "tiff_big", functools.partial(tiff_samples, 8, 2, 3, big=True)
    kinds = {
        "tiles": {"tile": 16}, "tiles_large": {"tile": 128},
        "planes": {"planar": True},
        "planes_tiles": {"planar": True, "tile": 32},
        "planes_strips": {"planar": True, "rows_per_strip": 7},
        "strips": {"rows_per_strip": 7},
    }
    for name, options in kinds.items():
        yield f"tiff_{name}", functools.partial(tiff_samples, 8, 2, 3,
                                                **options)
    yield "tiff_fill_order", functools.partial(tiff_samples, 1, 1, 1,
                                               fill_order=2)
    for value in (*ORIENTATIONS, 0, 9):
        for width, height in ((45, 30), (300, 500)):
            yield (f"tiff_orientation{value}_{width}x{height}",
                   functools.partial(oriented_tiff, value, width, height))


def oriented_tiff(value, width, height):
    """Pillow 9.4 turns such a file twice (exif_transpose and its own reader);
    the reference gets what is shown once turned."""
    samples = pixels(width, height, 3).astype(int)
    method = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
              4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
              6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
              8: Image.Transpose.ROTATE_90}.get(value)
    shown = Image.fromarray(samples.astype(np.uint8))
    if method is not None:
        shown = shown.transpose(method)
    return (tiff_by_hand(samples, 8, 2, orientation=value), tiff(shown))


def all_variants():
    return dict((*gifs(), *bmps(), *tiffs()))
