"""A program with all the processes that it starts."""

import os
import pathlib
import signal
import subprocess

from .memory import resident_mb

PATIENCE_S = 10


class ProcessGroup:
    """Starts at construction; what it prints goes to the file `log`."""

    def __init__(self, command, log, environment=None, folder=None):
        self.log = pathlib.Path(log)
        with self.log.open("wb") as output:
            self._leader = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, cwd=folder,
                env=environment, start_new_session=True)

    @property
    def ended(self):
        return self._leader.poll() is not None

    def freeze(self):
        """Takes no CPU time any more, until thaw()."""
        self._signal(signal.SIGSTOP)

    def thaw(self):
        self._signal(signal.SIGCONT)

    def memory_mb(self):
        """Resident, as if nothing else ran here."""
        return resident_mb(self.members())

    def cpu_seconds(self):
        """CPU time of the processes that there are now."""
        return sum(map(_cpu_seconds, self.members()))

    def close(self):
        """Ends all of it; at most PATIENCE_S is waited for an orderly end."""
        self.thaw()
        self._leader.terminate()
        try:
            self._leader.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            pass
        self._signal(signal.SIGKILL)
        self._leader.wait()

    def last_words(self):
        """The last line that it printed."""
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def _signal(self, number):
        try:
            os.killpg(self._leader.pid, number)
        except ProcessLookupError:
            pass

    def members(self):
        """Their folders in /proc, of those that there are now."""
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue  # It has ended meanwhile.
            if int(fields[2]) == self._leader.pid:
                yield stat.parent


def _cpu_seconds(process):
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
