"""A gRPC caller on a bare socket, which may do what no library lets it."""

import re
import socket
import struct
import time

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = (
    0, 1, 3, 4, 6, 7, 8)
CONTINUATION = 9
END_STREAM, ACK, END_HEADERS = 1, 1, 4
INITIAL_WINDOW_SIZE = 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
FRAME_HEADER = 9
LARGEST_FRAME = 16384
FIRST_WINDOW = 65535


def frame(kind, flags=0, stream=0, payload=b""):
    return (struct.pack(">I", len(payload))[1:]
            + struct.pack(">BBI", kind, flags, stream) + payload)


def header(name, value):
    """HPACK: a literal that no table keeps. Both below 127 bytes."""
    return b"\0" + b"".join(
        bytes([len(text)]) + text.encode() for text in (name, value))


def call_headers(method, **metadata):
    """The block of headers with which a call begins."""
    headers = {":method": "POST", ":scheme": "http", ":path": method,
               ":authority": "localhost",
               "content-type": "application/grpc", "te": "trailers"}
    for name, value in metadata.items():
        headers[name.replace("_", "-")] = value
    return b"".join(header(*field) for field in headers.items())


def message_head(size):
    """What stands before a gRPC message of that many bytes."""
    return struct.pack(">BI", 0, size)


class RawConnection:
    """HTTP/2 without a library: sends frames, keeps account of windows."""

    def __init__(self, address, timeout, answer_window=FIRST_WINDOW):
        """`answer_window`: bytes of a call's answer that may be sent to us."""
        self._timeout = timeout
        if address.startswith("unix:"):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(timeout)
            self.socket.connect(address.removeprefix("unix:"))
        else:
            host, port = address.rsplit(":", 1)
            self.socket = socket.create_connection((host, int(port)), timeout)
        self._unread = b""
        self._first_window = FIRST_WINDOW
        self._windows = {0: FIRST_WINDOW}
        self._closed = False
        # Frames that came, without SETTINGS, PING and WINDOW_UPDATE.
        self.frames = []
        # Answers to our pings.
        self.pongs = 0
        self.socket.sendall(PREFACE + frame(
            SETTINGS,
            payload=struct.pack(">HI", INITIAL_WINDOW_SIZE, answer_window)))

    def close(self):
        self.socket.close()

    def call(self, method, stream=1, **metadata):
        self._windows[stream] = self._first_window
        self.socket.sendall(frame(HEADERS, END_HEADERS, stream,
                                  call_headers(method, **metadata)))

    def send(self, content, stream=1, piece=LARGEST_FRAME, flags=0,
             until=None):
        """As DATA frames of at most `piece` bytes, as the windows allow, but
        not after time.monotonic() is `until`.

        How many bytes went: fewer if the server ended the call meanwhile.
        """
        sent = 0
        try:
            while sent < len(content) and not self.ended:
                if until is not None:
                    self.socket.settimeout(
                        max(0.001, until - time.monotonic()))
                room = min(self._windows[0], self._windows[stream])
                if room <= 0:
                    self.read()
                    continue
                end = min(len(content), sent + min(room, 64 * LARGEST_FRAME))
                self.socket.sendall(b"".join(
                    frame(DATA, 0 if stop < len(content) else flags, stream,
                          content[start:stop])
                    for start in range(sent, end, piece)
                    for stop in [min(end, start + piece)]))
                self._windows[0] -= end - sent
                self._windows[stream] -= end - sent
                sent = end
        except ConnectionError:
            self._closed = True
        except TimeoutError:
            if until is None:
                raise
        self.socket.settimeout(self._timeout)
        return sent

    def ping(self):
        self.socket.sendall(frame(PING, payload=bytes(8)))

    def half_close(self, stream=1):
        self.socket.sendall(frame(DATA, END_STREAM, stream))

    def finish(self, stream=1):
        """Half-closes. The number of the call's status, if it has one."""
        if not self.ended:
            self.half_close(stream)
            self.read_to_end()
        # gRPC writes it as plain text, since nothing was indexed before.
        headers = b"".join(payload for kind, _, _, payload in self.frames
                           if kind == HEADERS)
        found = re.search(rb"grpc-status[\x01\x02](\d+)", headers)
        return int(found.group(1)) if found else None

    @property
    def reset(self):
        """The server broke the call off."""
        return any(kind == RST_STREAM for kind, *_ in self.frames)

    @property
    def ended(self):
        """The server ended a call, or the connection."""
        return self._closed or any(
            kind in (RST_STREAM, GOAWAY)
            or kind in (DATA, HEADERS) and flags & END_STREAM
            for kind, flags, _, _ in self.frames)

    def read(self):
        """Takes what has come. False after the end."""
        received = self.socket.recv(1 << 16)
        self._closed = not received
        self._unread += received
        while len(self._unread) >= FRAME_HEADER:
            size = int.from_bytes(self._unread[:3], "big")
            if len(self._unread) < FRAME_HEADER + size:
                break
            kind, flags, stream = struct.unpack(">BBI", self._unread[3:9])
            payload = self._unread[9:9 + size]
            self._unread = self._unread[9 + size:]
            self._take(kind, flags, stream, payload)
        return not self.ended

    def read_to_end(self):
        """Until the call or the connection ends; whether one did in time."""
        try:
            while self.read():
                pass
        except TimeoutError:
            return False
        except ConnectionError:
            self._closed = True
        return True

    def _take(self, kind, flags, stream, payload):
        if kind == SETTINGS and not flags & ACK:
            for place in range(0, len(payload), 6):
                name, value = struct.unpack(">HI", payload[place:place + 6])
                if name == INITIAL_WINDOW_SIZE:
                    change = value - self._first_window
                    self._first_window = value
                    for each in self._windows:
                        self._windows[each] += change if each else 0
            self.socket.sendall(frame(SETTINGS, ACK))
        elif kind == PING and not flags & ACK:
            self.socket.sendall(frame(PING, ACK, 0, payload))
        elif kind == WINDOW_UPDATE:
            self._windows[stream] = (self._windows.get(stream, 0)
                                     + int.from_bytes(payload, "big"))
        elif kind == PING:
            self.pongs += 1
        elif kind != SETTINGS:
            self.frames.append((kind, flags, stream, payload))
