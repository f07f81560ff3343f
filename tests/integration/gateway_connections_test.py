"""Idle, slow and too many connections do not keep others from being served."""

import concurrent.futures
import contextlib
import resource
import selectors
import socket
import statistics
import threading
import time

import pytest

from environment import PATIENCE, SANITIZED
from http_calls import ask, begin, expect_error

OWN = "wanwu.gateway"
IDLE = 200 if SANITIZED else 1000
SLOW = 40 if SANITIZED else 200
ROUNDS = 60
# The machine may have other things to do; what we look for is a multiple.
SLOWER = 5
# Resident bytes that a connection may cost, buffers of the C library included.
BYTES_PER_CONNECTION = (512 if SANITIZED else 64) * 1024
HEADER_SECONDS = 4
HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Padding: " + \
    b"x" * 1000 + b"\r\n\r\n"


@pytest.fixture(scope="module", autouse=True)
def many_files():
    """As many open files as the system lets us have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < IDLE + SLOW + 100:
        pytest.skip(f"the hard limit of open files is only {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class SlowClients:
    """Each sends a byte of a request at a time, until it is cut off."""

    def __init__(self, port, count):
        self.answers = []
        self._selector = selectors.DefaultSelector()
        self._sent = 0
        self._open = count
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setblocking(False)
            self._selector.register(connection, selectors.EVENT_READ,
                                    bytearray())
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def join(self):
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "slow clients are not cut off"

    def _run(self):
        next_byte = time.monotonic()
        while self._open:
            wait = next_byte - time.monotonic()
            for key, _ in self._selector.select(max(wait, 0)):
                self._read(key)
            if time.monotonic() >= next_byte:
                self._send()
                next_byte += 0.25
        self._selector.close()

    def _send(self):
        byte = HEAD[self._sent:self._sent + 1]
        self._sent += 1
        for key in self._selector.get_map().values():
            with contextlib.suppress(OSError):
                key.fileobj.send(byte)

    def _read(self, key):
        try:
            piece = key.fileobj.recv(4096)
        except OSError:
            piece = b""
        key.data.extend(piece)
        if not piece:
            self.answers.append(bytes(key.data))
            self._selector.unregister(key.fileobj)
            key.fileobj.close()
            self._open -= 1


def latencies(gateway, picture):
    """Seconds that requests on connections of their own take, by kind."""
    taken = {"/healthz": [], "/v1/classify": []}
    for _ in range(ROUNDS):
        for path, times in taken.items():
            begin = time.perf_counter()
            answer = (gateway.get(path) if path == "/healthz"
                      else gateway.classify(picture))
            times.append(time.perf_counter() - begin)
            assert answer.status == 200
    return {path: statistics.median(times) for path, times in taken.items()}


def test_idle_and_slow_connections_leave_others_fast(server, start_gateway,
                                                     picture):
    gateway = start_gateway(server.address, "--threads=1",
                            f"--header_timeout={HEADER_SECONDS}s",
                            "--idle_timeout=10m", "--log_level=debug")
    gateway.wait_until_ready()
    latencies(gateway, picture)  # Whatever is only slow at first.
    before = latencies(gateway, picture)
    memory = gateway.memory()
    idle = [gateway.connect() for _ in range(IDLE)]
    for connection in idle:
        connection.connect()
    slow = SlowClients(gateway.port, SLOW)
    during = latencies(gateway, picture)
    grown = gateway.memory() - memory
    print(f"median seconds before {before}, during {during}; "
          f"{grown >> 10} KiB more for {IDLE + SLOW} connections")
    for path, seconds in during.items():
        # The least is grace for a busy machine.
        assert seconds < max(SLOWER * before[path], 0.05), (path, before,
                                                            during)
    assert grown < (IDLE + SLOW) * BYTES_PER_CONNECTION

    slow.join()
    assert len(slow.answers) == SLOW
    for answer in slow.answers:
        assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        assert b"REQUEST_TIMEOUT" in answer
        assert b"\r\nConnection: close\r\n" in answer
    for connection in idle:
        assert ask(connection, "GET", "/healthz").status == 200
        connection.close()
    gateway.stop()


def test_slow_body_is_cut_off(server, start_gateway):
    gateway = start_gateway(server.address, "--body_timeout=200ms")
    connection = gateway.connect()
    begin(connection, 100_000, b"\xff\xd8")
    response = connection.getresponse()
    assert response.status == 408
    assert b"REQUEST_TIMEOUT" in response.read()
    assert response.will_close
    connection.close()
    gateway.stop()


def test_body_at_the_least_rate_is_taken(server, start_gateway, picture):
    # The whole is allowed the timeout, and each byte its time at the rate.
    gateway = start_gateway(server.address, "--body_timeout=400ms",
                            "--min_body_rate=1KiB")
    connection = gateway.connect()
    half = len(picture) // 2
    begin(connection, len(picture), picture[:half])
    # Over the timeout, yet within the time that the half may take.
    assert 0.8 < half / 1024
    time.sleep(0.8)
    connection.sock.sendall(picture[half:])
    assert connection.getresponse().status == 200
    connection.close()
    gateway.stop()


def test_idle_connection_is_closed_without_a_word(server, start_gateway):
    gateway = start_gateway(server.address, "--idle_timeout=100ms")
    with socket.create_connection(("127.0.0.1", gateway.port),
                                  timeout=PATIENCE) as unused:
        assert unused.recv(100) == b""
    used = gateway.connect()
    assert ask(used, "GET", "/healthz").status == 200
    assert used.sock.recv(100) == b""
    used.close()
    gateway.stop()


def test_connections_beyond_the_limit_are_told_so(server, start_gateway):
    gateway = start_gateway(server.address, "--max_connections=8")
    gateway.wait_until_ready()
    kept = [busy(gateway) for _ in range(8)]
    for _ in range(3):
        answer = gateway.get("/healthz")
        expect_error(answer, 503, "UNAVAILABLE", "CONNECTIONS_FULL",
                     domain=OWN)
        assert answer.headers["Retry-After"] == "1"
        assert answer.headers["Connection"] == "close"
    kept.pop().close()
    gateway.wait_until(lambda: gateway.get("/healthz").status == 200)
    for connection in kept:
        connection.close()
    gateway.stop()


def test_connections_beyond_the_limit_cost_nothing(server, start_gateway):
    gateway = start_gateway(server.address, "--max_connections=8")
    gateway.wait_until_ready()
    kept = [busy(gateway) for _ in range(8)]
    refused(gateway, 10)  # Whatever only the first ones need.
    memory = gateway.memory()
    closed = refused(gateway, IDLE)
    grown = gateway.memory() - memory
    print(f"{grown >> 10} KiB more for {IDLE} refused connections")
    # Sanitizers keep what was freed.
    assert SANITIZED or grown < IDLE * BYTES_PER_CONNECTION / 10
    for connection in (*kept, *closed):
        connection.close()
    gateway.stop()


def refused(gateway, count):
    """Connections that send as much as they can, which nobody reads."""
    connections = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", gateway.port),
                                              timeout=PATIENCE)
        connection.setblocking(False)
        with contextlib.suppress(OSError):
            connection.send(b"x" * 200_000)
        connections.append(connection)
    for connection in connections:
        connection.settimeout(PATIENCE)
        with contextlib.suppress(ConnectionError):
            while connection.recv(4096):
                pass
    return connections


def busy(gateway):
    """A connection with a request under way."""
    connection = gateway.connect()
    begin(connection, 100_000, headers={"Expect": "100-continue"})
    # Which comes when the handler begins to read.
    assert connection.sock.recv(100).startswith(b"HTTP/1.1 100 ")
    return connection


def test_idle_connections_make_room_for_new_ones(server, start_gateway):
    gateway = start_gateway(server.address, "--max_connections=8")
    gateway.wait_until_ready()
    idle = [gateway.connect() for _ in range(8)]
    for connection in idle:
        assert ask(connection, "GET", "/healthz").status == 200
    new = [gateway.connect() for _ in range(3)]
    for connection in new:
        assert ask(connection, "GET", "/healthz").status == 200
    # Those that have been idle longest.
    for connection in idle[:3]:
        assert connection.sock.recv(100) == b""
    for connection in idle[3:]:
        assert ask(connection, "GET", "/healthz").status == 200
    for connection in (*idle, *new):
        connection.close()
    gateway.stop()


def test_idle_connections_make_room_where_descriptors_run_out(server,
                                                              start_gateway):
    gateway = start_gateway(server.address)
    gateway.wait_until_ready()
    resource.prlimit(gateway.process.pid, resource.RLIMIT_NOFILE, (64, 64))
    idle = [socket.create_connection(("127.0.0.1", gateway.port),
                                     timeout=PATIENCE) for _ in range(100)]
    assert gateway.get("/healthz").status == 200
    for connection in idle:
        connection.close()
    gateway.stop()


def test_many_at_once_are_all_answered(gateway, picture):
    def caller(_):
        connection = gateway.connect()
        statuses = [ask(connection, "POST", "/v1/classify", picture).status
                    for _ in range(5)]
        connection.close()
        return statuses

    callers = 10 if SANITIZED else 40
    with concurrent.futures.ThreadPoolExecutor(callers) as threads:
        for statuses in threads.map(caller, range(callers)):
            assert statuses == [200] * 5


def test_client_that_takes_no_answer_is_cut_off(server, start_gateway,
                                                picture):
    gateway = start_gateway(server.address, "--write_timeout=200ms",
                            "--log_level=debug")
    gateway.wait_until_ready()
    with socket.socket() as connection:
        # So little that the answer does not fit.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", gateway.port))
        request = (b"POST /v1/classify?top_k=1000 HTTP/1.1\r\nHost: [::1]\r\n"
                   b"Content-Length: %d\r\n\r\n" % len(picture)) + picture
        with contextlib.suppress(ConnectionError):
            connection.sendall(request * 60)
        gateway.wait_until(lambda: "wanwu_gateway_connections 1\n" in
                           gateway.get("/metrics").body.decode())
    gateway.stop()
