"""A wanwu-server that somebody will be hostile to."""

import fcntl
import json
import re
import signal
import subprocess

from . import places
from .service import clean_environment

# What the process may open at first, as in most shells; it may raise that.
DESCRIPTORS = "1024:"
# The smallest pipe, so that a reader who stands still is felt soon.
PIPE_BYTES = 4096
PATIENCE_S = 30
# A line for each picture that is none.
LOUD = ["--log_level=debug", "--log_errors_per_second=10000"]


class HostileServer:
    """Serves from construction on. What it logs is read only to its start if
    `log` is None, and goes to that file else."""

    def __init__(self, command, log):
        self._process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, env=clean_environment(),
            bufsize=1)
        fcntl.fcntl(self._process.stderr, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self.address = None
        self._wait_until_serving()
        self._copy = log and subprocess.Popen(
            ["cat"], stdin=self._process.stderr, stdout=log.open("w"))

    def _wait_until_serving(self):
        for line in self._process.stderr:
            event = json.loads(line) if line.startswith("{") else {}
            if event.get("event") == "server_listening":
                self.address = f"127.0.0.1:{event['port']}"
            if event.get("event") == "server_serving":
                return
        raise SystemExit("wanwu-server has ended instead of serving")

    def memory_mb(self, kind):
        """VmRSS, or VmHWM for the most so far; NaN of one that has ended."""
        try:
            with open(f"/proc/{self._process.pid}/status",
                      encoding="ascii") as status:
                found = re.search(rf"{kind}:\s+(\d+) kB", status.read())
        except OSError:
            found = None
        return int(found[1]) * 1024 / 1e6 if found else float("nan")

    def lives(self):
        return self._process.poll() is None

    def end(self):
        """What came of SIGTERM."""
        if not self.lives():
            return f"had ended with {_exit_text(self._process.returncode)}"
        self._process.send_signal(signal.SIGTERM)
        try:
            return _exit_text(self._process.wait(PATIENCE_S))
        except subprocess.TimeoutExpired:
            return f"ignored for {PATIENCE_S} s"

    def close(self):
        if self.lives():
            self._process.kill()
        self._process.wait()
        self._process.stderr.close()
        if self._copy:
            self._copy.wait()


def start(attack, repository, flags):
    """With what `attack` needs to be felt."""
    stuck = attack == "stuck_log_reader"
    command = ["prlimit", f"--nofile={DESCRIPTORS}",
               places.BIN / "wanwu-server", "--listen_address=127.0.0.1:0",
               "--metrics_address=",
               f"--model_repository={repository}",
               f"--state_dir={places.OUT / 'state'}", "--log_format=json",
               *(LOUD if stuck else []), *flags]
    return HostileServer(
        command, None if stuck else places.OUT / f"logs/{attack}.log")


def _exit_text(code):
    return (f"exit {code}" if code >= 0
            else signal.Signals(-code).name)
