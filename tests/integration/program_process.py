"""A program of ours as a process."""

import contextlib
import pathlib
import re
import signal
import socket
import subprocess
import time

from environment import BIN_DIR, PATIENCE, own_environment
from event_log import EventLog

# Between two looks at what only looking can tell, in seconds.
LOOK_AGAIN = 0.02


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class ProgramProcess:
    """Starts at construction and logs JSON."""

    def __init__(self, name, *flags, descriptors=None, within=(),
                 environment=None):
        """`descriptors`: how many files it may have open, at most; `within`:
        words of a command that becomes what follows it."""
        limit = []
        if descriptors is not None:
            limit = ["prlimit", f"--nofile={descriptors}:{descriptors}"]
        self.process = subprocess.Popen(
            [*within, *limit, BIN_DIR / name, "--log_format=json",
             *map(str, flags)],
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env=own_environment() if environment is None else environment)
        self.log = EventLog(self.process.stderr)

    def peak_memory(self, anew=False):
        """Most bytes resident so far; since now if `anew`."""
        if anew:
            # Not every kernel can. Then less is seen, but nothing wrong.
            with contextlib.suppress(OSError):
                self._proc_file("clear_refs").write_text("5")
        return self._memory("VmHWM")

    def memory(self):
        """Bytes resident."""
        return self._memory("VmRSS")

    def _proc_file(self, name):
        return pathlib.Path(f"/proc/{self.process.pid}", name)

    def _memory(self, kind):
        status = self._proc_file("status").read_text()
        return 1024 * int(re.search(kind + r":\s+(\d+) kB", status)[1])

    def wait_until(self, condition):
        """Looks again and again; for what no event tells."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, self.log.text()
            time.sleep(LOOK_AGAIN)

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    @contextlib.contextmanager
    def paused(self):
        """Meanwhile it does nothing; what comes for it waits."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def wait(self):
        """The exit code; standard error has been read to its end."""
        code = self.process.wait(PATIENCE)
        self.log.join()
        return code

    def stop(self):
        """Ends an idle process, which must exit 0."""
        self.hang_up()
        self.terminate()
        code = self.wait()
        assert code == 0, f"exit code {code}\n{self.log.text()}"

    def hang_up(self):
        """Closes what we have open to it."""

    def close(self):
        """Leaves nothing behind, whatever happened."""
        self.hang_up()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.join()
