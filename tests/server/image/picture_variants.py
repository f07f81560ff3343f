"""Generated pictures of every kind the service accepts, by name.

Each entry of all_variants() and limit_variants() is a function without arguments that returns the
encoded bytes (or the bytes and what the reference shall decode instead).
Contents are seeded.
"""

import functools
import io
import struct
import zlib

import numpy as np
from PIL import Image

import png_writer

ORIENTATIONS = range(1, 9)
SIZES = ((1, 1), (1, 2), (2, 1), (3, 5), (7, 700), (700, 7), (17, 16), (31, 33),
         (223, 225), (224, 224), (255, 257), (256, 256), (257, 255), (256, 384),
         (500, 375), (641, 479))


def pixels(width, height, channels=3, seed=1, noise=40):
    """A gradient, a hard edge and noise."""
    random = np.random.default_rng([seed, width, height, channels])
    y, x, c = np.mgrid[:height, :width, :channels]
    value = (x * (c + 1) * 255 // max(width, 2) + y * 255 // max(height, 2))
    value = value + 90 * (x > width // 3) + random.integers(0, noise, value.shape)
    return (value % 256).astype(np.uint8)


def picture(width, height, mode="RGB", seed=1):
    channels = len(Image.new(mode, (1, 1)).getbands())
    array = pixels(width, height, channels, seed)
    return Image.fromarray(array[..., 0] if channels == 1 else array, mode)


def encode(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif(orientation, order=">", kind=3):
    value = struct.pack(order + ("H2x" if kind == 3 else "I"), orientation)
    magic = b"MM\0*" if order == ">" else b"II*\0"
    return (magic + struct.pack(order + "IHHHI", 8, 1, 0x0112, kind, 1) + value +
            bytes(4))


def jpegs():
    for width, height in SIZES:
        for sampling in (0, 1, 2):
            yield (f"jpeg_{width}x{height}_sampling{sampling}",
                   lambda w=width, h=height, s=sampling: encode(
                       picture(w, h), "JPEG", subsampling=s))
        yield (f"jpeg_{width}x{height}_progressive",
               lambda w=width, h=height: encode(
                   picture(w, h), "JPEG", progressive=True, quality=60))
    for mode in ("L", "CMYK"):
        for progressive in (False, True):
            yield (f"jpeg_{mode}_progressive{progressive}",
                   lambda m=mode, p=progressive: encode(
                       picture(301, 333, m), "JPEG", progressive=p))
    for quality in (1, 10, 50, 100):
        yield (f"jpeg_quality{quality}",
               lambda q=quality: encode(picture(320, 240), "JPEG", quality=q))
    yield "jpeg_mpo", lambda: encode(
        picture(300, 280), "MPO", save_all=True,
        append_images=[picture(300, 280, seed=2)])
    yield "jpeg_trailing_bytes", lambda: encode(
        picture(90, 60), "JPEG") + b"\xff\xd8trailing" * 99
    yield "jpeg_icc_profile", lambda: encode(
        picture(90, 60), "JPEG", icc_profile=bytes(range(256)) * 700)
    yield "jpeg_long_comment", lambda: encode(
        picture(90, 60), "JPEG", comment=b"x" * 65000)


def png(depth, color, *, width=67, height=59, interlaced=False, extra=b"",
        palette_entries=None, beyond=b""):
    """With palette_entries, some pixels lie beyond the palette, which `beyond`
    makes longer."""
    samples = pixels(width, height, png_writer.CHANNELS[color]).astype(int)
    before = extra
    if depth == 16:
        samples = samples * 256 + np.roll(samples, 1, axis=0)
    elif depth < 8:
        samples >>= 8 - depth
    if color == png_writer.PALETTE:
        entries = palette_entries or 2**depth
        palette = np.random.default_rng(3).integers(0, 256, entries * 3)
        before = png_writer.chunk(
            b"PLTE", palette.astype(np.uint8).tobytes() + beyond) + before
    encoded = png_writer.write(samples, depth, color, interlaced=interlaced,
                               before=before)
    if depth == 16 and color == png_writer.GREY:
        # The documented exception: the reference gets the high byte.
        high = png_writer.write(samples >> 8, 8, color)
        return encoded, high
    return encoded


def short_palette(depth, colours_beyond=None):
    """Of one entry; the others are colours_beyond, if given: "black", "grey"."""
    entries = range(1, 2**depth)
    beyond = {None: b"", "black": bytes(3 * len(entries)),
              "grey": bytes(entry for entry in entries for _ in range(3))}
    return png(depth, png_writer.PALETTE, palette_entries=1,
               beyond=beyond[colours_beyond])


def pngs():
    names = {0: "grey", 2: "rgb", 3: "palette", 4: "grey_alpha", 6: "rgba"}
    for color, depths in png_writer.DEPTHS.items():
        for depth in depths:
            for interlaced in (False, True):
                kind = f"{names[color]}{depth}_interlaced{interlaced}"
                yield f"png_{kind}", functools.partial(
                    png, depth, color, interlaced=interlaced)
    for side in range(1, 10):
        yield (f"png_interlaced_small{side}",
               functools.partial(png, 8, png_writer.RGB, width=side,
                                 height=10 - side, interlaced=True))
        yield (f"png_interlaced_bits_small{side}",
               functools.partial(png, 1, png_writer.GREY, width=10 - side,
                                 height=side, interlaced=True))
    transparencies = {
        "palette_one": (8, png_writer.PALETTE, b"\xff\xff\0"),
        "palette_many": (8, png_writer.PALETTE, bytes(range(200))),
        "palette_four_bit": (4, png_writer.PALETTE, b"\x80\0\x40"),
        "grey": (8, png_writer.GREY, b"\0\x20"),
        "grey_one_bit": (1, png_writer.GREY, b"\0\x01"),
        "rgb": (8, png_writer.RGB, b"\0\x20\0\x21\0\x22"),
        "rgb16": (16, png_writer.RGB, b"\x01\x20\x01\x21\x01\x22"),
    }
    for name, (depth, color, content) in transparencies.items():
        yield f"png_transparent_{name}", functools.partial(
            png, depth, color, extra=png_writer.chunk(b"tRNS", content))
    yield "png_gamma", functools.partial(
        png, 8, png_writer.RGB,
        extra=png_writer.chunk(b"gAMA", struct.pack(">I", 100000)))
    yield "png_text_bomb_within_the_reference", functools.partial(
        png, 8, png_writer.RGB, extra=png_writer.chunk(
            b"zTXt", b"Comment\0\0" + zlib.compress(bytes(2**20 - 1))))
    for width, height in SIZES:
        yield (f"png_{width}x{height}",
               lambda w=width, h=height: encode(picture(w, h), "PNG"))
    yield "png_animated", lambda: encode(
        picture(90, 70), "PNG", save_all=True,
        append_images=[picture(90, 70, seed=2)])


def riff(*chunks):
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def riff_chunk(kind, content):
    return (kind + struct.pack("<I", len(content)) + content +
            bytes(len(content) % 2))


def u24(value):
    return struct.pack("<I", value)[:3]


def webp_with_offset_frame(lossless):
    """An animation whose first frame covers part of its canvas."""
    still = encode(picture(60, 40, "RGBA"), "WEBP", lossless=lossless)
    if still[12:16] == b"VP8X":
        still = still[:12] + still[30:]
    frame = (u24(10 // 2) + u24(20 // 2) + u24(60 - 1) + u24(40 - 1) + u24(99) +
             b"\0" + still[12:])
    flags = 0x10 | 0x02  # Alpha, animation.
    return riff(
        riff_chunk(b"VP8X", struct.pack("<I", flags) + u24(99) + u24(89)),
        riff_chunk(b"ANIM", b"\x20\x40\x60\xff\0\0"),
        riff_chunk(b"ANMF", frame))


def webps():
    for width, height in SIZES:
        for lossless in (False, True):
            yield (f"webp_{width}x{height}_lossless{lossless}",
                   lambda w=width, h=height, l=lossless: encode(
                       picture(w, h), "WEBP", lossless=l))
    for lossless in (False, True):
        for exact in (False, True):
            yield (f"webp_alpha_lossless{lossless}_exact{exact}",
                   lambda l=lossless, e=exact: encode(
                       picture(123, 95, "RGBA"), "WEBP", lossless=l, exact=e))
        yield (f"webp_animated_lossless{lossless}",
               lambda l=lossless: encode(
                   picture(120, 90, "RGBA"), "WEBP", save_all=True, lossless=l,
                   append_images=[picture(120, 90, "RGBA", seed=2)]))
        yield (f"webp_offset_frame_lossless{lossless}",
               functools.partial(webp_with_offset_frame, lossless))
    yield "webp_few_colours", lambda: encode(
        picture(200, 150).quantize(7).convert("RGB"), "WEBP", lossless=True)
    for quality in (0, 40, 100):
        yield (f"webp_quality{quality}",
               lambda q=quality: encode(picture(320, 240), "WEBP", quality=q))


def raw_profile(orientation):
    block = b"Exif\0\0" + exif(orientation)
    return f"\nexif\n{len(block):8}\n{block.hex()}\n".encode()


def oriented_png(extra_before=b"", extra_after=b""):
    return png_writer.write(pixels(75, 50).astype(int), 8, png_writer.RGB,
                            before=extra_before, after=extra_after)


def oriented():
    for value in (*ORIENTATIONS, 0, 9):
        for width, height in ((330, 270), (300, 500), (45, 30), (3, 100)):
            for kind in ("JPEG", "PNG", "WEBP"):
                yield (f"exif{value}_{kind}_{width}x{height}",
                       lambda v=value, w=width, h=height, k=kind: encode(
                           picture(w, h), k, exif=b"Exif\0\0" + exif(v)))
        chunk = png_writer.chunk
        xmp = f'<x tiff:Orientation="{value}"/>'.encode()
        text = {
            "raw_text": chunk(b"tEXt", b"Raw profile type exif\0" +
                              raw_profile(value)),
            "raw_packed": chunk(b"zTXt", b"Raw profile type exif\0\0" +
                                zlib.compress(raw_profile(value))),
            "xmp": chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp),
            "xmp_packed": chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" +
                                zlib.compress(xmp)),
            "exif_over_xmp": chunk(b"eXIf", exif(6)) + chunk(
                b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp),
        }
        for name, extra in text.items():
            yield (f"exif{value}_png_{name}",
                   functools.partial(oriented_png, extra_before=extra))
        yield (f"exif{value}_png_after_data",
               functools.partial(oriented_png,
                                 extra_after=chunk(b"eXIf", exif(value))))
        for name, block in {"little": exif(value, "<"),
                            "long": exif(value, kind=4)}.items():
            yield (f"exif{value}_{name}_endian_or_type",
                   lambda b=block: encode(picture(80, 50), "JPEG",
                                          exif=b"Exif\0\0" + b))
    yield "exif_grey_turned", lambda: encode(
        picture(80, 50, "L"), "JPEG", exif=b"Exif\0\0" + exif(6))
    yield "exif_cmyk_turned", lambda: encode(
        picture(80, 50, "CMYK"), "JPEG", exif=b"Exif\0\0" + exif(7))


def large(width, height, kind, **options):
    """Without noise, so that the file stays within 16 MiB."""
    array = np.empty((height, width, 3), np.uint8)
    array[...] = pixels(width, 1, noise=1)
    array += (np.arange(height) * 255 // height).astype(np.uint8)[:, None, None]
    return encode(Image.fromarray(array), kind, **options)


def at_the_limits():
    """220 megapixels, or 64.5 where the whole picture is held; sides 100 to 1."""
    cases = {
        "jpeg_square": (14832, 14832, "JPEG", {}),
        "jpeg_wide": (65500, 655, "JPEG", {}),
        "jpeg_tall": (655, 65500, "JPEG", {}),
        "jpeg_turned": (65500, 655, "JPEG", {"exif": b"Exif\0\0" + exif(6)}),
        "jpeg_progressive": (8031, 8031, "JPEG",
                             {"progressive": True, "subsampling": 0}),
        "png_wide": (80300, 803, "PNG", {"compress_level": 1}),
        "png_tall": (803, 80300, "PNG", {"compress_level": 1}),
        "webp": (16383, 3936, "WEBP", {"method": 0, "quality": 30}),
        "webp_lossless": (3936, 16383, "WEBP",
                          {"method": 0, "quality": 0, "lossless": True}),
        "ratio_wide": (100, 1, "PNG", {}),
        "ratio_tall": (4, 400, "JPEG", {}),
    }
    for name, (width, height, kind, options) in cases.items():
        yield f"limit_{name}", functools.partial(large, width, height, kind,
                                                 **options)


def all_variants():
    return dict((*jpegs(), *pngs(), *webps(), *oriented()))


def limit_variants():
    return dict(at_the_limits())
