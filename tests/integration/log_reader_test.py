"""Who reads a program's log may be slow, stand still or be gone."""

import fcntl
import json
import os
import select
import signal
import subprocess

import grpc
import pytest

import http_calls
from calls import classify
from environment import BIN_DIR, PATIENCE, own_environment
from stubs import health_pb2, health_pb2_grpc, pb, pb_grpc

# More, with a line each, than a program keeps for its reader.
MANY = 3000
# What is told of one text at most, in bytes.
LONG = 1000


class PipedProgram:
    """A program whose standard error is a pipe that we need not read."""

    def __init__(self, name, *flags):
        self.reader, writer = os.pipe()
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
        self.process = subprocess.Popen(
            [BIN_DIR / name, "--log_format=json", "--log_level=debug",
             "--log_errors_per_second=10000", *map(str, flags)],
            stdin=subprocess.DEVNULL, stderr=writer, env=own_environment())
        os.close(writer)
        self._unread = b""

    def read_until(self, event):
        """The next event of that name, or None at the end of the log."""
        while True:
            line, newline, rest = self._unread.partition(b"\n")
            if newline:
                self._unread = rest
                if line.startswith(b"{"):
                    found = json.loads(line)
                    if found["event"] == event:
                        return found
            else:
                ready, _, _ = select.select([self.reader], [], [], PATIENCE)
                assert ready, f"no {event!r}, and no other line either"
                piece = os.read(self.reader, 1 << 16)
                if not piece:
                    return None
                self._unread += piece

    def close_reader(self):
        if self.reader is not None:
            os.close(self.reader)
            self.reader = None

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def close(self):
        self.close_reader()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def start_piped():
    programs = []

    def start(*arguments):
        programs.append(PipedProgram(*arguments))
        return programs[-1]

    yield start
    for program in programs:
        program.close()


class PipedServer:
    """wanwu-server, which has been read until it serves."""

    def __init__(self, program):
        self.program = program
        port = program.read_until("server_listening")["port"]
        assert program.read_until("server_serving")
        self.address = f"127.0.0.1:{port}"
        self._channel = grpc.insecure_channel(self.address)
        self.classifier = pb_grpc.ImageClassifierStub(self._channel)
        self._health = health_pb2_grpc.HealthStub(self._channel)

    def is_serving(self):
        answer = self._health.Check(health_pb2.HealthCheckRequest(),
                                    timeout=PATIENCE)
        return answer.status == health_pb2.HealthCheckResponse.SERVING

    def log_much(self, picture):
        """Makes it write more than is kept for who reads the log."""
        request = pb.ClassifyRequest(image=picture, model="m" * LONG)
        for _ in range(MANY):
            with pytest.raises(grpc.RpcError):
                self.classifier.Classify(request, timeout=PATIENCE)


@pytest.fixture
def piped_server(start_piped, repository, measured_state):
    return PipedServer(start_piped(
        "wanwu-server", "--listen_address=127.0.0.1:0", "--metrics_address=",
        f"--model_repository={repository}", f"--state_dir={measured_state}"))


@pytest.fixture
def piped_gateway(start_piped):
    """wanwu-gateway without a server, which logs each request."""
    return start_piped("wanwu-gateway", "--listen_address=127.0.0.1:0",
                       "--server_address=unix:/nobody-listens-here")


def ask_gateway(port, path):
    return http_calls.ask_once(http_calls.connect(port), "GET", path)


def test_server_answers_and_stops_while_nobody_reads_its_log(piped_server,
                                                             picture):
    piped_server.log_much(picture)

    assert piped_server.is_serving()
    assert classify(piped_server.classifier, picture).classifications
    assert piped_server.program.terminate() == 0


def test_server_tells_how_many_lines_were_lost(piped_server, picture):
    piped_server.log_much(picture)

    lost = piped_server.program.read_until("log_lines_lost")

    assert lost["level"] == "warning"
    assert 0 < lost["count"] < 3 * MANY


def test_server_answers_and_stops_when_the_reader_is_gone(piped_server,
                                                          picture):
    piped_server.program.close_reader()

    with pytest.raises(grpc.RpcError):
        classify(piped_server.classifier, b"", model="none such")
    assert piped_server.is_serving()
    assert classify(piped_server.classifier, picture).classifications
    assert piped_server.program.terminate() == 0


def test_last_lines_come_out_at_the_end(piped_server):
    assert piped_server.program.terminate() == 0

    assert piped_server.program.read_until("server_stopped")


def test_gateway_answers_and_stops_while_nobody_reads_its_log(piped_gateway):
    port = piped_gateway.read_until("gateway_listening")["port"]
    connection = http_calls.connect(port)
    for _ in range(MANY):
        http_calls.ask(connection, "GET", f"/{'p' * LONG}")
    connection.close()

    assert ask_gateway(port, "/").status == 200
    assert piped_gateway.terminate() == 0


def test_gateway_answers_and_stops_when_the_reader_is_gone(piped_gateway):
    port = piped_gateway.read_until("gateway_listening")["port"]
    piped_gateway.close_reader()

    assert ask_gateway(port, "/no-such-path").status == 404
    assert ask_gateway(port, "/").status == 200
    assert piped_gateway.terminate() == 0
