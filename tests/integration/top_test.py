"""wanwu top against real servers, in lines and on a terminal."""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

import pytest

import calls
from cli_calls import wanwu
from environment import BIN_DIR, PATIENCE, own_environment
from server_process import ServerProcess


@pytest.fixture
def serve(tiny_repository, shared_state):
    """serve(flags…): a server of the test's own."""
    servers = []

    def start(*flags, **options):
        servers.append(ServerProcess(
            f"--model_repository={tiny_repository}",
            f"--state_dir={shared_state}", *flags, **options))
        return servers[-1].wait_until_serving()

    yield start
    for server in servers:
        server.close()


def test_a_line_of_json_for_each_server_and_look(serve, picture, tmp_path):
    server = serve()
    nobody = f"unix:{tmp_path}/nobody"
    with subprocess.Popen(
            [BIN_DIR / "wanwu", "top", server.address, nobody, "--json",
             "--interval=300ms"],
            env=own_environment(), stdout=subprocess.PIPE, text=True) as top:
        looks = (json.loads(line) for line in top.stdout)
        first = next(looks)
        while not first["up"]:
            first = next(looks)
        down = next(looks)
        calls.classify(server.classifier, picture, top_k=1)
        refused, = calls.classify_concurrently(server.classifier, [b"broken"])
        # Within the five seconds that figures cover.
        second = next(look for look in looks if look["up"]
                      and look["errors_per_second_by_reason"]
                      and "mean_decode_ms" in look and "p50_ms" in look)
        top.send_signal(signal.SIGTERM)
        addresses = [look["address"] for look in looks]
        assert top.wait(PATIENCE) == 0
    assert addresses[-1:] in ([], [nobody])
    assert (first["address"], first["state"]) == (server.address, "serving")
    assert down == {"address": nobody, "up": False,
                    "down": "nothing answers there"}
    assert first["models"] == [{"name": "tiny", "version": "1",
                                "state": "ready", "default": True,
                                "queue_depth": 0}]
    assert "p50_ms" not in first
    assert second["errors_per_second_by_reason"].keys() == {refused.reason}
    assert second["p50_ms"] > 0
    assert second["mean_inference_ms"] > 0
    assert second["mean_batch"] == 1
    assert second["memory_budget"] > 0
    assert 0 <= second["decoder_utilisation"] <= 1


def test_without_a_terminal_a_look_is_a_line(serve):
    server = serve()
    done = wanwu("top", server.address, "--interval=200ms", "--count=3")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    for line in lines:
        assert line.startswith(f"{server.address}  serving  ")
        assert "tiny 1 ready (default)" in line
        assert "\x1b" not in line


def test_exit_3_if_no_server_answers(tmp_path):
    done = wanwu("top", f"unix:{tmp_path}/nobody", "--interval=100ms",
                 "--count=1")
    assert done.returncode == 3
    assert done.stdout == f"unix:{tmp_path}/nobody  down: nothing answers " \
        "there\n"


@pytest.mark.parametrize("arguments, named", (
    (("nonsense",), "nonsense"), (("--interval=1ms",), "1ms"),
    (("--interval=2m",), "at most 1m"), (("--count=-1",), "-1")))
def test_wrong_usage_is_one_line_and_exit_2(arguments, named):
    done = wanwu("top", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    line, = done.stderr.splitlines()
    assert named in line


def test_a_server_that_goes_is_down_and_comes_back(serve, tmp_path):
    address = f"unix:{tmp_path}/socket"
    server = serve(address=address)
    with subprocess.Popen(
            [BIN_DIR / "wanwu", "top", address, "--json",
             "--interval=100ms"], env=own_environment(),
            stdout=subprocess.PIPE, text=True) as top:

        def until(up):
            deadline = time.monotonic() + PATIENCE
            for line in top.stdout:
                look = json.loads(line)
                if look["up"] == up:
                    return look
                assert time.monotonic() < deadline
            raise AssertionError("it ended")

        until(True)
        server.stop()
        assert until(False)["down"]
        serve(address=address)
        assert until(True)["uptime_seconds"] < PATIENCE
        top.send_signal(signal.SIGINT)
        for _ in top.stdout:
            pass
        assert top.wait(PATIENCE) == 0


class Terminal:
    """wanwu top on a terminal of its own."""

    def __init__(self, *arguments, columns=100, rows=30):
        self.master, slave = pty.openpty()
        self._slave = slave
        self.resize(columns, rows)
        self.before = termios.tcgetattr(slave)
        # Not by preexec_fn: gRPC's threads may hang what forks.
        self.process = subprocess.Popen(
            ["setsid", "--ctty", BIN_DIR / "wanwu", "top", *arguments],
            stdin=slave, stdout=slave, stderr=slave,
            env={**own_environment(), "TERM": "xterm"})
        self.text = ""

    def resize(self, columns, rows):
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, columns, 0, 0))

    def read_until(self, wanted):
        """Reads on until `wanted` was shown; forgets what came before."""
        deadline = time.monotonic() + PATIENCE
        while wanted not in self.text:
            left = deadline - time.monotonic()
            assert left > 0, self.text
            if select.select([self.master], [], [], left)[0]:
                self.text += os.read(self.master, 65536).decode()
        shown, self.text = self.text.split(wanted, 1)
        return shown

    def type(self, keys):
        os.write(self.master, keys.encode())

    def settings(self):
        return termios.tcgetattr(self._slave)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self._slave)


@pytest.fixture
def terminal():
    terminals = []

    def start(*arguments, **size):
        terminals.append(Terminal(*arguments, **size))
        return terminals[-1]

    yield start
    for each in terminals:
        each.close()


ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"


@pytest.mark.parametrize("keys", ("q", "\x03"))
def test_a_terminal_is_drawn_on_and_left_as_it_was(serve, terminal, keys):
    server = serve()
    top = terminal(server.address, "--interval=100ms")
    top.read_until(ENTER)
    top.read_until(f"{server.address}  serving")
    top.read_until("tiny 1 ready (default)")
    # In place: the next one begins at the top.
    top.read_until("\x1b[Hwanwu top  1 of 1 up")
    assert top.settings()[3] != top.before[3]
    top.type(keys)
    top.read_until(LEAVE)
    assert top.process.wait(PATIENCE) == 0
    assert top.settings() == top.before


def test_another_size_is_drawn_for_at_once(serve, terminal, tmp_path):
    server = serve()
    # So long that no second look comes by itself.
    top = terminal(server.address, f"unix:{tmp_path}/nobody",
                   "--interval=1m", columns=100, rows=30)
    top.read_until("q or Ctrl-C ends")
    top.resize(14, 30)
    top.read_until("\x1b[Hwanwu top")
    rest = top.read_until("\x1b[K")
    assert len("wanwu top" + rest) <= 14
    top.type("q")
    # 3: the server has not answered yet.
    assert top.process.wait(PATIENCE) in (0, 3)


def test_several_servers_share_the_screen(serve, terminal, tmp_path):
    first, second = serve(), serve()
    nobody = f"unix:{tmp_path}/nobody"
    top = terminal(first.address, second.address, nobody, "--interval=100ms",
                   rows=8, columns=160)
    top.read_until("2 of 3 up")
    top.read_until("SERVER")
    for address in (first.address, second.address):
        top.read_until(address)
    top.read_until("nothing answers there")
    top.type("q")
    assert top.process.wait(PATIENCE) == 0
