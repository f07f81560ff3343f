"""Frames on a connection, and when there may be more of them."""

import socket
import struct
import threading
import time

from run.attacks import varint
import raw_http2
from raw_http2 import RawConnection, frame, header

UPDATE = b"".join(
    frame(raw_http2.WINDOW_UPDATE, 0, stream, struct.pack(">I", 1000))
    for stream in (0, 1))


def test_frames_and_header_fields_as_the_rfcs_have_them():
    assert frame(raw_http2.DATA, 1, 3, b"ab") == (
        b"\0\0\x02\0\x01\0\0\0\x03ab")
    assert header("te", "trailers") == b"\0\x02te\x08trailers"
    assert varint(300) == b"\xac\x02"


def serve(answer):
    """The address of a server that sends `answer` to whoever connects."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run():
        connection, _ = listener.accept()
        with connection, listener:
            connection.sendall(answer)
            while connection.recv(1 << 16):
                pass

    threading.Thread(target=run, daemon=True).start()
    return f"127.0.0.1:{listener.getsockname()[1]}"


def send(answer, patience_s):
    connection = RawConnection(serve(answer), patience_s)
    try:
        connection.call("/p")
        return connection.send(bytes(70_000),
                               until=time.monotonic() + patience_s)
    finally:
        connection.close()


def test_no_more_is_sent_than_the_windows_allow():
    assert send(b"", 0.2) == raw_http2.FIRST_WINDOW


def test_windows_grow_when_the_server_says_so():
    assert send(UPDATE * 5, 30) == 70_000
