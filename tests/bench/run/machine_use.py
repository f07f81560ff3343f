"""Who used the machine's CPUs for a while: the measured, others, the host."""

import os
import pathlib
import resource
import time


class MachineUse:
    """Counts from construction on."""

    def __init__(self, group):
        self._group = group
        self._began = self._read()

    def figures(self):
        """CPUs, on average: 0.5 is half of one.

        `other_cpus` is what neither the service nor a child of ours that has
        ended used; `stolen_cpus` what the host kept for itself.
        """
        seconds, busy, stolen, own = (
            now - then for now, then in zip(self._read(), self._began))
        return {"other_cpus": round(max(0, busy - own) / seconds, 3),
                "stolen_cpus": round(stolen / seconds, 3)}

    def _read(self):
        busy, stolen = machine_seconds(
            pathlib.Path("/proc/stat").read_text())
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        own = self._group.cpu_seconds() + children.ru_utime + children.ru_stime
        return time.monotonic(), busy, stolen, own


def machine_seconds(stat):
    """Busy and stolen CPU time out of /proc/stat, of all CPUs."""
    user, nice, system, _idle, _wait, irq, softirq, steal = (
        int(ticks) / os.sysconf("SC_CLK_TCK")
        for ticks in stat.split("\n", 1)[0].split()[1:9])
    return user + nice + system + irq + softirq, steal
