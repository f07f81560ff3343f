"""Damaged pictures, made from any sound JPEG or PNG.

jpeg_damages() and png_damages() are recipes by name: functions that take a
sound file and return a damaged one, or None where it lacks what they damage.
mutated() damages a file at random.
"""

import functools
import struct
import zlib

import png_writer

SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
STANDALONE = {0x01, SOI, EOI, *range(0xD0, 0xD8)}


def segments(jpeg):
    """(marker, begin, end) of each up to the first scan's data; of SOS the
    head only."""
    at = 2
    while True:
        marker = jpeg[at + 1]
        end = at + 2 + struct.unpack_from(">H", jpeg, at + 2)[0]
        yield marker, at, end
        if marker == SOS:
            return
        at = end


def scan_heads(jpeg):
    """Where the bytes of each SOS segment begin and end."""
    at = next(begin for marker, begin, _ in segments(jpeg) if marker == SOS)
    while at >= 0:
        yield at, at + 2 + struct.unpack_from(">H", jpeg, at + 2)[0]
        at = jpeg.find(bytes((0xFF, SOS)), at + 4)


def find_segment(jpeg, wanted):
    return next((where for where in segments(jpeg) if where[0] == wanted), None)


def insert(data, at, extra):
    return data[:at] + extra + data[at:]


def replace(data, at, new):
    return data[:at] + new + data[at + len(new):]


def without_end(jpeg):
    assert jpeg[-2:] == bytes((0xFF, EOI))
    return jpeg[:-2]


def segment(marker, content, length=None):
    length = len(content) + 2 if length is None else length
    return bytes((0xFF, marker)) + struct.pack(">H", length) + content


ADOBE = b"Adobe\0\x64\0\0\0\0\1"


def between_segments(extra):
    def damage(jpeg):
        for _, begin, _ in reversed(list(segments(jpeg))[1:]):
            jpeg = insert(jpeg, begin, extra)
        return jpeg
    return damage


def before_restarts(extra):
    def damage(jpeg):
        _, data = next(scan_heads(jpeg))
        out, found = bytearray(jpeg[:data]), False
        for at in range(data, len(jpeg)):
            if jpeg[at] == 0xFF and 0xD0 <= jpeg[at + 1] <= 0xD7:
                out += extra
                found = True
            out.append(jpeg[at])
        return bytes(out) if found else None
    return damage


def restarts_swapped(jpeg):
    _, data = next(scan_heads(jpeg))
    first = jpeg.find(b"\xff\xd0", data)
    second = jpeg.find(b"\xff\xd1", data)
    if min(first, second) < 0:
        return None
    return replace(replace(jpeg, first, b"\xff\xd1"), second, b"\xff\xd0")


def scan_parameter(offset_from_end, value):
    """Of the last scan whose parameter is another one."""
    def damage(jpeg):
        for _, end in reversed(list(scan_heads(jpeg))):
            if jpeg[end - offset_from_end] != value:
                return replace(jpeg, end - offset_from_end, bytes((value,)))
        return None
    return damage


def inserted_segment(*args):
    def damage(jpeg):
        _, _, end = next(segments(jpeg))
        return insert(jpeg, end, segment(*args))
    return damage


def middle_of_the_data(change):
    """`change` takes and returns a stretch of entropy-coded bytes."""
    def damage(jpeg):
        _, data = next(scan_heads(jpeg))
        at = (data + len(jpeg)) // 2
        return jpeg[:at] + change(jpeg[at:at + 40]) + jpeg[at + 40:]
    return damage


def exif_length(by):
    def damage(jpeg):
        found = find_segment(jpeg, 0xE1)
        if found is None:
            return None
        _, begin, end = found
        return replace(jpeg, begin + 2, struct.pack(">H", end - begin - 2 + by))
    return damage


def jfif_version(jpeg):
    found = find_segment(jpeg, 0xE0)
    return replace(jpeg, found[1] + 9, b"\2") if found else None


def tables_before(jpeg):
    tables = b"".join(jpeg[begin:end] for marker, begin, end in segments(jpeg)
                      if marker == 0xDB)
    return b"\xff\xd8" + tables + b"\xff\xd9" + jpeg


# Without 0xFF: no marker of any kind.
TRAILER = bytes(range(200)) * 3


def jpeg_damages():
    return {
        "stray_zeros_before_end": lambda jpeg: without_end(jpeg) + bytes(8) +
            b"\xff\xd9",
        "stray_bytes_before_end": lambda jpeg: without_end(jpeg) + TRAILER +
            b"\xff\xd9",
        "stray_zeros_before_restarts": before_restarts(bytes(3)),
        "stray_byte_before_restarts": before_restarts(b"\x12"),
        "restarts_swapped": restarts_swapped,
        "byte_after_first_segment": lambda jpeg: insert(
            jpeg, next(segments(jpeg))[2], b"\0"),
        "junk_between_segments": between_segments(b"junk\0\1\2"),
        "long_junk_between_segments": between_segments(bytes(5000)),
        "stuffed_ff_between_segments": between_segments(b"\xff\0"),
        "fill_and_stuffed_ff_between_segments":
            between_segments(b"\xff\xff\0\xff\xff"),
        "adobe_too_short": inserted_segment(0xEE, b"Adobe\0\x64"),
        "adobe_length_none": inserted_segment(0xEE, ADOBE, 0),
        "adobe_length_short": inserted_segment(0xEE, ADOBE, 9),
        "adobe_length_long": inserted_segment(0xEE, ADOBE, 16),
        "adobe_unknown_transform": inserted_segment(0xEE, ADOBE[:-1] + b"\7"),
        "comment_length_none": inserted_segment(0xFE, b"", 0),
        "comment_length_one": inserted_segment(0xFE, b"", 1),
        "exif_length_none": inserted_segment(0xE1, b"", 0),
        "exif_length_short": exif_length(-5),
        "exif_length_long": exif_length(+3),
        "no_end": without_end,
        "no_end_but_trailer": lambda jpeg: without_end(jpeg) + TRAILER,
        "no_end_but_second_picture": lambda jpeg: without_end(jpeg) + jpeg,
        "broken_segment_before_end": lambda jpeg: without_end(jpeg) +
            b"\xff\xc4\0\3\0\xff\xd9",
        "spectral_end_changed": scan_parameter(2, 11),
        "spectral_start_changed": scan_parameter(3, 2),
        "approximation_changed": scan_parameter(1, 0x11),
        "approximation_out_of_order": scan_parameter(1, 0x30),
        "jfif_version_2": jfif_version,
        "tables_before": tables_before,
        "data_missing": middle_of_the_data(lambda data: b""),
        "data_zeroed": middle_of_the_data(lambda data: bytes(len(data))),
        "data_corrupt": middle_of_the_data(
            lambda data: bytes(byte ^ 0x55 for byte in data)),
        "restart_out_of_nowhere": middle_of_the_data(
            lambda data: data[:20] + b"\xff\xd3" + data[20:]),
        "end_in_the_data": middle_of_the_data(
            lambda data: data[:20] + b"\xff\xd9" + data[20:]),
        "truncated": lambda jpeg: jpeg[:len(jpeg) * 2 // 3],
        "truncated_but_ended": lambda jpeg: jpeg[:len(jpeg) * 2 // 3] +
            b"\xff\xd9",
    }


def chunks(png):
    """(kind, begin, end) of each, with length and checksum."""
    at = 8
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        yield kind, at, at + length + 12
        at += length + 12


def chunk_at(png, kind, index=0):
    return [where for where in chunks(png) if where[0] == kind][index]


def bad_checksum(kind, index=0):
    def damage(png):
        _, _, end = chunk_at(png, kind, index)
        return replace(png, end - 1, bytes((png[end - 1] ^ 1,)))
    return damage


def before_chunk(kind, extra):
    return lambda png: insert(png, chunk_at(png, kind)[1], extra)


def wrong(chunk):
    return chunk[:-1] + bytes((chunk[-1] ^ 1,))


TEXT = png_writer.chunk(b"tEXt", b"Comment\0hello")
EXIF_ORIENTED = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x112, 3, 1, 6, 0, 0)


def recompressed(png, change):
    """`change` takes and returns the zlib stream."""
    stream = b"".join(png[begin + 8:end - 4] for kind, begin, end in chunks(png)
                      if kind == b"IDAT")
    first = chunk_at(png, b"IDAT")[1]
    last = chunk_at(png, b"IDAT", -1)[2]
    return (png[:first] + png_writer.chunk(b"IDAT", change(stream)) +
            png[last:])


def wrong_sum(stream):
    return replace(stream, len(stream) - 4, b"\1\2\3\4")


def smallest_window(stream):
    head = stream[0] & 0x0F  # 256 bytes.
    return bytes((head, 31 - head * 256 % 31)) + stream[2:]


@functools.cache
def text_bomb():
    return png_writer.chunk(
        b"zTXt", b"Comment\0\0" + zlib.compress(bytes(2**26)))


def png_damages():
    end = png_writer.chunk(b"IEND")
    damages = {
        "text_behind_data_with_bad_checksum":
            before_chunk(b"IEND", wrong(TEXT)),
        "text_before_data_with_bad_checksum":
            before_chunk(b"IDAT", wrong(TEXT)),
        "orientation_behind_data_with_bad_checksum": before_chunk(
            b"IEND", wrong(png_writer.chunk(b"eXIf", EXIF_ORIENTED))),
        "header_with_bad_checksum": bad_checksum(b"IHDR"),
        "first_data_with_bad_checksum": bad_checksum(b"IDAT"),
        "last_data_with_bad_checksum": bad_checksum(b"IDAT", -1),
        "end_with_bad_checksum": bad_checksum(b"IEND"),
        "no_end": lambda png: png[:-len(end)],
        "no_checksum_of_data": lambda png: png[:-len(end) - 4],
        "bytes_after_end": lambda png: png + b"trailing" * 9,
        "bytes_before_end": lambda png: png[:-len(end)] + bytes(40) + end,
        "text_before_end_cut": lambda png: png[:-len(end)] + TEXT[:-7],
        "unknown_critical_chunk_behind_data":
            before_chunk(b"IEND", png_writer.chunk(b"ABCD", b"?")),
        "more_data_than_rows": before_chunk(
            b"IEND", png_writer.chunk(b"IDAT", b"more")),
        "empty_data_chunks": before_chunk(
            b"IDAT", png_writer.chunk(b"IDAT") * 3),
        "data_chunks_apart": lambda png: insert(
            png, chunk_at(png, b"IDAT", -1)[1], TEXT),
        "wrong_sum_of_the_stream": lambda png: recompressed(png, wrong_sum),
        "no_sum_of_the_stream":
            lambda png: recompressed(png, lambda stream: stream[:-4]),
        "smallest_window": lambda png: recompressed(png, smallest_window),
        "truncated": lambda png: png[:len(png) * 2 // 3],
        "data_corrupt": lambda png: recompressed(png, lambda stream: replace(
            stream, len(stream) // 2, bytes(20))),
        "text_bomb": lambda png: before_chunk(b"IDAT", text_bomb())(png),
        "text_bomb_behind_data":
            lambda png: before_chunk(b"IEND", text_bomb())(png),
        "animated_without_its_frame": before_chunk(b"IDAT", png_writer.chunk(
            b"acTL", struct.pack(">II", 2, 0))),
    }
    for left in range(1, len(end)):
        damages[f"end_cut_to_{left}"] = (
            lambda png, left=left: png[:left - len(end)])
    return damages


def _random_bytes(random, most):
    return random.integers(0, 256, random.integers(1, most + 1)).astype(
        "uint8").tobytes()


def _change(random, data):
    at = int(random.integers(2, len(data)))
    if random.random() < 0.5:  # In the header.
        at = int(random.integers(2, min(len(data), 700)))
    kind = random.integers(7)
    if kind == 0:
        return replace(data, at, _random_bytes(random, 1))
    if kind == 1:
        return insert(data, at, _random_bytes(random, 12))
    if kind == 2:
        return data[:at] + data[at + int(random.integers(1, 40)):]
    if kind == 3:
        return insert(data, at, data[at:at + int(random.integers(1, 80))])
    if kind == 4:
        return insert(data, at, b"\xff" + _random_bytes(random, 1))
    if kind == 5:
        return replace(data, at, bytes((data[at] ^ 1 << random.integers(8),)))
    return data[:at] if random.random() < 0.3 else insert(data, at, bytes(9))


def _with_right_checksums(png):
    """As far as its chunks can be followed."""
    out, at = png[:8], 8
    while at + 12 <= len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        if at + 12 + length > len(png):
            break
        out += png_writer.chunk(kind, png[at + 8:at + 8 + length])
        at += length + 12
    return out + png[at:]


def mutated(data, random):
    """With one to three changes, of a PNG perhaps with right checksums."""
    is_png = data[:4] == b"\x89PNG"
    for _ in range(random.integers(1, 4)):
        if len(data) > 16:
            data = _change(random, data)
    return (_with_right_checksums(data) if is_png and random.random() < 0.5
            else data)
