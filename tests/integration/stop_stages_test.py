"""SIGTERM at every stage of start and stop ends both programs at once."""

import os
import signal
import subprocess
import threading
import time

import pytest

import tiny_packages
from environment import BIN_DIR, SANITIZED, own_environment
from gateway_process import GatewayProcess
from program_process import ProgramProcess, free_port
from server_process import ServerProcess

# Between the signal and the end of a process that has nothing to finish, in
# seconds. Far more than it takes; an operator would begin to wonder.
PROMPT = 60 if SANITIZED else 10
BY_SIGTERM = -signal.SIGTERM
LONG_DELAY = "--drain_delay=10m"


@pytest.fixture
def start(tiny_repository, tmp_path):
    """start(flags…): a server that keeps nothing from another start."""
    servers = []

    def start_one(*flags, **options):
        servers.append(ServerProcess(f"--model_repository={tiny_repository}",
                                     f"--state_dir={tmp_path / 'state'}",
                                     *flags, **options))
        return servers[-1]

    yield start_one
    for server in servers:
        server.close()


def expect_end(program, code):
    """That SIGTERM ends it at once."""
    before = time.monotonic()
    program.terminate()
    assert program.wait() == code, program.log.text()
    assert time.monotonic() - before < PROMPT


def expect_told(program):
    """That one line says what happened, and the last that it is over."""
    told, = program.log.events("signal_received")
    assert told["signal"] == signal.SIGTERM
    assert program.log.events()[-1]["event"].endswith("_stopped")


@pytest.mark.parametrize("name", ("wanwu-server", "wanwu-gateway"))
def test_while_it_waits_for_its_configuration(tmp_path, name):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    program = ProgramProcess(name, f"--config={pipe}")
    # Opens once the program does.
    with open(pipe, "wb"):
        expect_end(program, BY_SIGTERM)
    assert program.log.lines == []


# Each event as soon as it is there: what follows it is under way.
@pytest.mark.parametrize("event", ("operators_listening", "model_ready",
                                   "server_listening", "server_serving"))
def test_while_a_server_starts(start, event):
    server = start()
    server.log.wait_for(event)
    expect_end(server, 0)
    expect_told(server)


def test_while_it_loads_it_waits_for_nobody_to_notice(start):
    server = start(LONG_DELAY)
    server.log.wait_for("operators_listening")
    expect_end(server, 0)
    assert not server.log.events("server_listening")
    expect_told(server)


def test_at_any_moment_of_a_start(start):
    """Wherever it is met, it ends as it should."""
    codes = set()
    for moment in range(12):
        server = start()
        threading.Event().wait(0.03 * moment)
        before = time.monotonic()
        server.terminate()
        codes.add(server.wait())
        assert time.monotonic() - before < PROMPT
        # Before it handles signals, or in order.
        if server.process.returncode == 0:
            expect_told(server)
        else:
            assert server.log.lines == []
    assert codes <= {0, BY_SIGTERM}


def test_while_models_are_reloaded(start, tiny_repository, tmp_path):
    own = tmp_path / "models"
    tiny_packages.write(own, 1)
    server = start(f"--model_repository={own}", "--repository_poll=0")
    server.log.wait_for("server_serving")
    tiny_packages.write(own, 2)
    server.process.send_signal(signal.SIGHUP)
    server.log.wait_for("reload_started")
    expect_end(server, 0)
    expect_told(server)


@pytest.mark.parametrize("number", (signal.SIGTERM, signal.SIGINT))
def test_second_signal_while_a_server_drains(start, number):
    server = start(LONG_DELAY)
    server.log.wait_for("server_serving")
    server.terminate()
    server.log.wait_for("drain_started")
    server.process.send_signal(number)
    assert server.wait() == 128 + number
    assert not server.log.events("server_stopped")


@pytest.fixture
def start_gateway():
    gateways = []

    def start_one(*flags):
        # There is no server, which is no reason to stay.
        gateways.append(GatewayProcess("127.0.0.1:1", *flags))
        return gateways[-1]

    yield start_one
    for gateway in gateways:
        gateway.close()


def test_while_a_gateway_has_no_server(start_gateway):
    gateway = start_gateway()
    gateway.log.wait_for("gateway_listening")
    expect_end(gateway, 0)
    expect_told(gateway)


def test_second_signal_while_a_gateway_drains(start_gateway):
    gateway = start_gateway(LONG_DELAY)
    gateway.log.wait_for("gateway_listening")
    gateway.terminate()
    gateway.log.wait_for("drain_started")
    gateway.terminate()
    assert gateway.wait() == 128 + signal.SIGTERM


def last_words(name, *flags):
    """Exit code and standard error of a program that cannot start."""
    done = subprocess.run([BIN_DIR / name, *flags], check=False,
                          env=own_environment(), capture_output=True,
                          text=True, timeout=PROMPT)
    return done.returncode, done.stderr.splitlines()


def test_second_server_on_a_port_says_what_to_do(start, tiny_repository):
    port = free_port()
    first = start(address=f"127.0.0.1:{port}").wait_until_serving()
    code, lines = last_words(
        "wanwu-server", f"--listen_address=127.0.0.1:{port}",
        f"--model_repository={tiny_repository}", "--metrics_address=")
    assert (code, len(lines)) == (1, 1), lines
    for text in (f"127.0.0.1:{port}", "already in use", "--listen_address"):
        assert text in lines[0]
    first.stop()


def test_second_gateway_on_a_port_says_what_to_do(start_gateway):
    first = start_gateway()
    code, lines = last_words("wanwu-gateway",
                             f"--listen_address=127.0.0.1:{first.port}")
    assert (code, len(lines)) == (1, 1), lines
    for text in (f"127.0.0.1:{first.port}", "already in use",
                 "--listen_address"):
        assert text in lines[0]
    first.stop()
