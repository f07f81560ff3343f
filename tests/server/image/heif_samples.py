"""Run by a Python with pillow-heif (heif_requirements.txt): writes AVIFs and
HEICs into a folder, and beside each, as PNG, what these make of it once turned
as its boxes say."""

import io
import pathlib
import struct
import sys

import pillow_heif
from PIL import Image, ImageOps

SIZES = ((64, 64), (101, 77), (257, 255), (500, 375))


def gradient(width, height, mode="RGB"):
    base = Image.linear_gradient("L").resize((width, height))
    bands = [base, base.transpose(Image.Transpose.ROTATE_180),
             Image.radial_gradient("L").resize((width, height)),
             base.point(lambda value: 255 - value // 2)]
    bands[0].paste(200, (width // 3, height // 4, width // 2, height // 2))
    return Image.merge(mode, bands[:len(mode)]) if mode != "L" else bands[0]


def encode(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def samples():
    for width, height in SIZES:
        for kind in ("AVIF", "HEIF"):
            for quality in (40, 90):
                yield (f"{kind}_{width}x{height}_quality{quality}",
                       encode(gradient(width, height), kind, quality=quality))
    for chroma in ("4:2:0", "4:2:2", "4:4:4", "4:0:0"):
        yield (f"AVIF_{chroma.replace(':', '')}",
               encode(gradient(131, 99), "AVIF", subsampling=chroma))
    for chroma in ("420", "422", "444"):
        yield (f"HEIF_{chroma}",
               encode(gradient(130, 98), "HEIF", chroma=int(chroma)))
    for kind in ("AVIF", "HEIF"):
        # Even sides: libheif 1.15 does not crop colours and alpha alike.
        yield f"{kind}_alpha", encode(gradient(130, 98, "RGBA"), kind)
        yield f"{kind}_grey", encode(gradient(131, 99, "L"), kind)
    yield "AVIF_full_range", encode(gradient(131, 99), "AVIF", range="full")
    yield "AVIF_limited_range", encode(gradient(131, 99), "AVIF",
                                       range="limited")
    yield "AVIF_animated", encode(
        gradient(90, 70), "AVIF", save_all=True,
        append_images=[gradient(90, 70).rotate(180)])
    yield from turned()


def exif(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def turned():
    """By boxes: Pillow writes them for an AVIF's EXIF orientation, libheif as
    it is asked."""
    for value in range(1, 9):
        yield (f"AVIF_turned{value}",
               encode(gradient(131, 99), "AVIF", exif=exif(value)))
        yield (f"HEIF_turned{value}",
               with_boxes(encode(gradient(128, 96), "HEIF"), value))


# irot, then imir, for each EXIF orientation.
BOXES = {1: (0, None), 2: (0, 1), 3: (2, None), 4: (0, 0), 5: (1, 0),
         6: (3, None), 7: (3, 0), 8: (1, None)}


def box(name, content):
    return struct.pack(">I", 8 + len(content)) + name + content


def boxes_of(data):
    at = 0
    while at < len(data):
        size, = struct.unpack_from(">I", data, at)
        yield data[at + 4:at + 8], data[at + 8:at + size]
        at += size


def with_boxes(encoded, orientation):
    """irot and imir as further properties of the only item, the places of whose
    data move on."""
    turn, mirror = BOXES[orientation]
    added = [box(b"irot", bytes([turn]))] if turn else []
    if mirror is not None:
        added.append(box(b"imir", bytes([mirror])))
    properties = dict(boxes_of(dict(boxes_of(
        dict(boxes_of(encoded))[b"meta"][4:]))[b"iprp"]))
    known = len(list(boxes_of(properties[b"ipco"])))
    ipma = bytearray(properties[b"ipma"])
    assert ipma[4:8] == b"\0\0\0\1", "one item"
    ipma[10] += len(added)
    ipma += bytes(0x80 | known + 1 + i for i in range(len(added)))
    iprp = (box(b"ipco", properties[b"ipco"] + b"".join(added)) +
            box(b"ipma", bytes(ipma)))
    grown = sum(map(len, added)) + len(added)
    out = b""
    for name, content in boxes_of(encoded):
        if name == b"meta":
            content = content[:4] + b"".join(
                box(inner, iprp if inner == b"iprp" else
                    moved(part, grown) if inner == b"iloc" else part)
                for inner, part in boxes_of(content[4:]))
        out += box(name, content)
    return out


def moved(iloc, by):
    """The one extent of the one item, with offsets of four bytes."""
    version, sizes = iloc[0], iloc[4]
    at = 8 + 2 + (2 if version else 0) + 2
    base_bytes = iloc[5] >> 4
    assert sizes >> 4 == 4 and iloc[6:8] == b"\0\1"
    at += base_bytes + 2
    offset, = struct.unpack_from(">I", iloc, at)
    return iloc[:at] + struct.pack(">I", offset + by) + iloc[at + 4:]


def main(folder):
    pillow_heif.register_heif_opener()
    folder = pathlib.Path(folder)
    for name, encoded in samples():
        (folder / name).write_bytes(encoded)
        shown = ImageOps.exif_transpose(Image.open(io.BytesIO(encoded)))
        shown.convert("RGB").save(folder / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1])
