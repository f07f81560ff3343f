"""A service under load: ours, or one that it is compared with."""

import abc
import contextlib
import dataclasses
import json
import os
import socket
import subprocess
import time
import urllib.request

from . import places
from .process_group import ProcessGroup
from .unavailable import Unavailable

START_LIMIT_S = 120


@dataclasses.dataclass(frozen=True)
class ServiceName:
    """What a service is called in results (`key`) and in tables."""

    key: str
    title: str
    precision: str


def clean_environment(**more):
    """Ours, without Wanwu's variables; `more` is added."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("WANWU_")}
    return {**kept, **more}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Service(abc.ABC):
    """Runs from construction on."""

    def __init__(self, name, group):
        self.name = name
        self.group = group

    @abc.abstractmethod
    def best_class(self, picture):
        """The index that it answers for a file."""

    @abc.abstractmethod
    def load_command(self, load):
        """The load generator's command line; both print the same JSON."""

    def last_words(self):
        """Why it ended, most likely."""
        return self.group.last_words()

    def wait_for(self, ready):
        """Until `ready()` is true; Unavailable if it ends before, or hangs."""
        limit = time.monotonic() + START_LIMIT_S
        while not ready():
            if self.group.ended:
                raise Unavailable(self.last_words())
            if time.monotonic() > limit:
                raise Unavailable(f"not ready after {START_LIMIT_S} s")
            time.sleep(0.005)


class GrpcService(Service):
    """A program that logs JSON with wanwu-server's events."""

    def __init__(self, name, command):
        self._began = time.monotonic()
        super().__init__(name, ProcessGroup(
            command, places.OUT / f"logs/{name.key}.log",
            clean_environment()))
        self.address = None
        self.start_s = None

    def wait_until_ready(self):
        self.wait_for(lambda: self._event("server_serving"))
        self.start_s = time.monotonic() - self._began
        port = self._event("server_listening")["port"]
        self.address = f"127.0.0.1:{port}"

    def best_class(self, picture):
        answer = json.loads(_output([
            places.BIN / "wanwu", "classify", "--address", self.address,
            "--output", "json", picture]))
        # A default value is not written.
        return answer["classifications"][0].get("index", 0)

    def load_command(self, load):
        return [places.BIN / "wanwu", "bench", "--address", self.address,
                "--output", "json", *load.shape_flags(),
                "--warm_up", f"{int(1e3 * load.warm_up_s)}ms",
                "--duration", f"{int(1e3 * load.seconds)}ms", load.pictures]

    def last_words(self):
        # Mistakes in its configuration are counted in the last line.
        for line in self.group.log.read_text().splitlines():
            if line.startswith("wanwu-server: "):
                return line.removeprefix("wanwu-server: ")
        return super().last_words()

    def _event(self, name):
        for line in self.group.log.read_text().splitlines():
            with contextlib.suppress(ValueError):
                event = json.loads(line)
                if event.get("event") == name:
                    return event
        return None


class WanwuService(GrpcService):
    """wanwu-server with one model; batch times are kept in `state`."""

    def __init__(self, name, repository, state, flags=()):
        super().__init__(name, [
            places.BIN / "wanwu-server", "--listen_address=127.0.0.1:0",
            "--metrics_address=",
            f"--model_repository={repository}", f"--state_dir={state}",
            f"--precision={name.precision}", "--log_format=json", *flags])


class NullService(GrpcService):
    """Refuses every call at once, which is the cost of the transport."""

    def __init__(self):
        super().__init__(ServiceName("null", "null service", "–"),
                         [places.BIN / "wanwu-null-server"])


@dataclasses.dataclass(frozen=True)
class Program:
    """How an HTTP service is started and asked.

    The words {port} and {another_port} of `command` become free ports.
    """

    command: list
    path: str = "/classify"
    headers: dict = dataclasses.field(default_factory=dict)


class HttpService(Service):
    """A picture is POSTed; the answer is, or ends with, a list of classes."""

    def __init__(self, name, program, environment):
        self._port = str(free_port())
        self._program = program
        super().__init__(name, ProcessGroup(
            [_with_port(word, self._port) for word in program.command],
            places.OUT / f"logs/{name.key}.log",
            clean_environment(**environment), places.BASELINE))
        self._url = f"http://127.0.0.1:{self._port}{program.path}"

    def wait_until_ready(self, picture):
        self.wait_for(lambda: self._answers(picture))

    def _answers(self, picture):
        try:
            self.best_class(picture)
        except OSError:  # HTTP errors, too: Triton listens before it loads.
            return False
        return True

    def best_class(self, picture):
        request = urllib.request.Request(
            self._url, picture.read_bytes(),
            {"Content-Type": "image/jpeg", **self._program.headers})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return first_index(answer.read())

    def load_command(self, load):
        headers = [word for name, value in self._program.headers.items()
                   for word in ("--header", f"{name}: {value}")]
        return [places.BIN / "wanwu-http-bench", "--port", self._port,
                "--path", self._program.path, *headers, *load.shape_flags(),
                "--warm_up", load.warm_up_s, "--duration", load.seconds,
                load.pictures]


def first_index(answer):
    """Of the best class. Triton writes its envelope before the list."""
    return json.loads(answer[answer.rindex(b"["):])[0]["index"]


def _with_port(word, port):
    return (str(word).replace("{port}", port)
            .replace("{another_port}", str(free_port())))


def _output(command):
    return subprocess.run([str(word) for word in command], check=True,
                          capture_output=True, text=True,
                          env=clean_environment()).stdout
