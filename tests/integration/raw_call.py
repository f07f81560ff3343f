"""One gRPC call over HTTP/2 frames of the test's own making, such as no gRPC
library sends."""

import re
import socket
import struct

from environment import PATIENCE

_DATA, _HEADERS, _RST_STREAM, _SETTINGS, _PING, _GOAWAY, _WINDOW_UPDATE = (
    0, 1, 3, 4, 6, 7, 8)
_ACK = _END_STREAM = 1
_END_HEADERS = 4
_INITIAL_WINDOW_SETTING = 4
_STREAM = 1
_DEFAULT_WINDOW = 65535
# Frames are joined up to this many bytes of payload per send.
_SEND_AT_ONCE = 16384


def _frame(kind, flags, stream, payload=b""):
    head = struct.pack(">I", len(payload))[1:] + bytes((kind, flags))
    return head + struct.pack(">I", stream) + payload


def _literal(text):
    """At most 126 bytes, so that the length is one byte."""
    assert len(text) < 127
    return bytes((len(text),)) + text.encode()


def _header_block(headers):
    """HPACK: literals that nobody indexes, no Huffman codes."""
    return b"".join(b"\0" + _literal(name) + _literal(value)
                    for name, value in headers)


class RawCall:
    """Sends the head at once; every gRPC message needs its five bytes."""

    def __init__(self, address, path, **metadata):
        host, port = address.rsplit(":", 1)
        self._socket = socket.create_connection((host, int(port)), PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self._connection_window = _DEFAULT_WINDOW
        self._stream_window = _DEFAULT_WINDOW
        self._headers = b""
        self._ended = False
        block = _header_block(
            [(":method", "POST"), (":scheme", "http"), (":path", path),
             (":authority", address), ("content-type", "application/grpc"),
             ("te", "trailers")] +
            [(name.replace("_", "-"), value)
             for name, value in metadata.items()])
        self._socket.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" +
                             _frame(_SETTINGS, 0, 0) +
                             _frame(_HEADERS, _END_HEADERS, _STREAM, block))

    def send(self, message, frame_size=16384):
        """As DATA frames of that size, as far as the server takes them."""
        data = struct.pack(">BI", 0, len(message)) + message
        at = 0
        while at < len(data) and not self._ended:
            room = min(self._connection_window, self._stream_window,
                       _SEND_AT_ONCE)
            if room <= 0:
                self._read_frame()
                continue
            end = min(at + room, len(data))
            self._socket.sendall(b"".join(
                _frame(_DATA, 0, _STREAM, data[i:min(i + frame_size, end)])
                for i in range(at, end, frame_size)))
            self._connection_window -= end - at
            self._stream_window -= end - at
            at = end

    def finish(self):
        """Half-closes; the number of the call's status."""
        if not self._ended:
            self._socket.sendall(_frame(_DATA, _END_STREAM, _STREAM))
        while not self._ended:
            self._read_frame()
        # gRPC writes it as plain text, since nothing was indexed before.
        found = re.search(rb"grpc-status[\x01\x02](\d+)", self._headers)
        return int(found.group(1)) if found else None

    def close(self):
        self._socket.close()

    def _read_exactly(self, size):
        while len(self._received) < size:
            more = self._socket.recv(65536)
            if not more:
                raise ConnectionError("the server hung up")
            self._received += more
        taken, self._received = self._received[:size], self._received[size:]
        return taken

    def _read_frame(self):
        head = self._read_exactly(9)
        payload = self._read_exactly(int.from_bytes(head[:3], "big"))
        kind, flags = head[3], head[4]
        stream = int.from_bytes(head[5:], "big")
        if kind == _HEADERS:
            self._headers += payload
        if kind in (_HEADERS, _DATA):
            self._ended = self._ended or bool(flags & _END_STREAM)
        elif kind in (_RST_STREAM, _GOAWAY):
            self._ended = True
        elif kind == _SETTINGS and not flags & _ACK:
            self._apply_settings(payload)
        elif kind == _PING and not flags & _ACK:
            self._socket.sendall(_frame(_PING, _ACK, 0, payload))
        elif kind == _WINDOW_UPDATE:
            increment = int.from_bytes(payload, "big")
            if stream == 0:
                self._connection_window += increment
            else:
                self._stream_window += increment

    def _apply_settings(self, payload):
        for i in range(0, len(payload), 6):
            name, value = struct.unpack(">HI", payload[i:i + 6])
            if name == _INITIAL_WINDOW_SETTING:
                self._stream_window += value - _DEFAULT_WINDOW
        self._socket.sendall(_frame(_SETTINGS, _ACK, 0))
