"""A gRPC caller on a bare socket, which may do what no library lets it."""

import socket
import struct

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = (
    0, 1, 3, 4, 6, 7, 8)
END_STREAM, ACK, END_HEADERS = 1, 1, 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
FRAME_HEADER = 9
LARGEST_FRAME = 16384
FIRST_WINDOW = 65535


def frame(kind, flags=0, stream=0, payload=b""):
    return (struct.pack(">I", len(payload))[1:]
            + struct.pack(">BBI", kind, flags, stream) + payload)


def _literal(name, value):
    """A header that is neither compressed nor indexed."""
    return b"\x00" + b"".join(
        bytes([len(text)]) + text.encode() for text in (name, value))


def message_head(size):
    """What stands before a gRPC message of that many bytes."""
    return struct.pack(">BI", 0, size)


class RawConnection:
    """HTTP/2 without a library: sends frames, keeps account of windows."""

    def __init__(self, address, timeout):
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
        # Frames that came, without SETTINGS, PING and WINDOW_UPDATE.
        self.frames = []
        self.socket.sendall(PREFACE + frame(SETTINGS))

    def close(self):
        self.socket.close()

    def call(self, method, stream=1):
        headers = [(":method", "POST"), (":scheme", "http"),
                   (":path", method), (":authority", "localhost"),
                   ("content-type", "application/grpc"), ("te", "trailers")]
        block = b"".join(_literal(*header) for header in headers)
        self._windows[stream] = self._first_window
        self.socket.sendall(frame(HEADERS, END_HEADERS, stream, block))

    def send(self, content, stream=1, piece=LARGEST_FRAME, flags=0):
        """As DATA frames of at most `piece` bytes, as the windows allow.

        False if the server ended the call meanwhile.
        """
        place = 0
        while place < len(content):
            room = min(self._windows[0], self._windows[stream])
            if room <= 0:
                if not self.read():
                    return False
                continue
            batch = bytearray()
            end = min(len(content), place + min(room, 64 * LARGEST_FRAME))
            start = place
            while place < end:
                part = content[place:min(end, place + piece)]
                place += len(part)
                last = flags if place == len(content) else 0
                batch += frame(DATA, last, stream, part)
            self._windows[0] -= place - start
            self._windows[stream] -= place - start
            self.socket.sendall(batch)
        return True

    def read(self):
        """Takes what has come. False after the end of the call or connection.

        """
        received = self.socket.recv(1 << 16)
        self._unread += received
        while len(self._unread) >= FRAME_HEADER:
            size = int.from_bytes(self._unread[:3], "big")
            if len(self._unread) < FRAME_HEADER + size:
                break
            kind, flags, stream = struct.unpack(">BBI", self._unread[3:9])
            payload = self._unread[9:9 + size]
            self._unread = self._unread[9 + size:]
            self._take(kind, flags, stream, payload)
        return bool(received) and not any(
            kind in (RST_STREAM, GOAWAY) or flags & END_STREAM
            for kind, flags, _, _ in self.frames)

    def read_to_end(self):
        """Until the call or the connection ends; whether one did in time."""
        try:
            while self.read():
                pass
        except TimeoutError:
            return False
        except ConnectionError:
            pass
        return True

    def _take(self, kind, flags, stream, payload):
        if kind == SETTINGS and not flags & ACK:
            for place in range(0, len(payload), 6):
                name, value = struct.unpack(">HI", payload[place:place + 6])
                if name == 4:  # SETTINGS_INITIAL_WINDOW_SIZE
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
        elif kind not in (SETTINGS, PING):
            self.frames.append((kind, flags, stream, payload))
