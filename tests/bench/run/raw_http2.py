"""A gRPC call frame by frame, so that it can break off or dribble."""

import socket
import struct
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, PING, WINDOW_UPDATE = 0, 1, 4, 6, 8
ACK, END_HEADERS = 1, 4
WINDOW = 65_535
STREAM = 1
MAX_FRAME = 16_384


def frame(kind, flags, stream, payload):
    return (struct.pack(">I", len(payload))[1:]
            + struct.pack(">BBI", kind, flags, stream) + payload)


def header(name, value):
    """HPACK: a literal that no table keeps. Both below 127 bytes."""
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


class RawCall:
    """One call of `path` on a connection of its own."""

    def __init__(self, address, path):
        host, port = address.rsplit(":", 1)
        self._socket = socket.create_connection((host, int(port)), timeout=10)
        self._unread = b""
        # What the server takes, on the connection and on the stream.
        self._windows = {0: WINDOW, STREAM: WINDOW}
        self._stream_window = WINDOW
        fields = [(b":method", b"POST"), (b":scheme", b"http"),
                  (b":path", path.encode()), (b":authority", b"hostile"),
                  (b"te", b"trailers"), (b"content-type", b"application/grpc")]
        self._socket.sendall(
            PREFACE + frame(SETTINGS, 0, 0, b"")
            + frame(HEADERS, END_HEADERS, STREAM,
                    b"".join(header(*field) for field in fields)))

    def send(self, data, limit, piece=MAX_FRAME):
        """In DATA frames of `piece` bytes, until time.monotonic() is `limit`.

        How many bytes went: fewer where the server did not take more.
        """
        sent = 0
        try:
            while sent < len(data) and time.monotonic() < limit:
                self._read(wait_until=limit if self._room() == 0 else None)
                part = data[sent:sent + self._room()]
                self._socket.settimeout(max(0.01, limit - time.monotonic()))
                self._socket.sendall(b"".join(
                    frame(DATA, 0, STREAM, part[i:i + piece])
                    for i in range(0, len(part), piece)))
                sent += len(part)
                for window in self._windows:
                    self._windows[window] -= len(part)
        except (OSError, EOFError):
            pass  # It was told off.
        return sent

    def close(self):
        self._socket.close()

    def _room(self):
        return max(0, min(self._windows.values()))

    def _read(self, wait_until):
        """What is there; with a time, until there is room."""
        while True:
            if wait_until is None:
                self._socket.settimeout(0)
            else:
                self._socket.settimeout(
                    max(0.001, wait_until - time.monotonic()))
            try:
                received = self._socket.recv(1 << 16)
            except (BlockingIOError, TimeoutError):
                return
            if not received:
                raise EOFError("closed by the server")
            self._unread += received
            self._take_frames()
            if wait_until is not None and self._room() > 0:
                return

    def _take_frames(self):
        while len(self._unread) >= 9:
            length = int.from_bytes(self._unread[:3], "big")
            if len(self._unread) < 9 + length:
                return
            kind, flags, stream = struct.unpack(">BBI", self._unread[3:9])
            payload = self._unread[9:9 + length]
            self._unread = self._unread[9 + length:]
            self._take(kind, flags, stream, payload)

    def _take(self, kind, flags, stream, payload):
        if kind == WINDOW_UPDATE:
            self._windows[stream] += int.from_bytes(payload, "big")
        elif kind == PING and not flags & ACK:
            self._answer(frame(PING, ACK, 0, payload))
        elif kind == SETTINGS and not flags & ACK:
            for i in range(0, len(payload), 6):
                name, value = struct.unpack(">HI", payload[i:i + 6])
                if name == 4:  # The initial window of streams.
                    self._windows[STREAM] += value - self._stream_window
                    self._stream_window = value
            self._answer(frame(SETTINGS, ACK, 0, b""))

    def _answer(self, data):
        self._socket.settimeout(5)
        self._socket.sendall(data)
