"""Makes a process slow by a CPU quota of its control group."""

import contextlib
import os
import pathlib
import re

import pytest

ROOT = pathlib.Path("/sys/fs/cgroup")
PERIOD_US = 100_000


def _home_of(process):
    """The folder of the group that it is in, which has or may have quotas."""
    groups = pathlib.Path(f"/proc/{process.pid}/cgroup").read_text()
    if found := re.search(r"^\d+:[^:]*\bcpu\b[^:]*:/?(.*)$", groups, re.M):
        return ROOT / "cpu" / found[1]
    return ROOT / re.search(r"^0::/?(.*)$", groups, re.M)[1]


def _limits(folder, share):
    quota = int(PERIOD_US * share)
    if (folder / "cpu.cfs_quota_us").exists():
        return {"cpu.cfs_period_us": PERIOD_US, "cpu.cfs_quota_us": quota}
    return {"cpu.max": f"{quota} {PERIOD_US}"}


@contextlib.contextmanager
def slowed(process, share):
    """Meanwhile it gets that part of one CPU, and waits for the rest."""
    home = _home_of(process)
    folder = home / f"wanwu-test-{os.getpid()}"
    try:
        folder.mkdir()
        for name, value in _limits(folder, share).items():
            (folder / name).write_text(str(value))
        (folder / "cgroup.procs").write_text(str(process.pid))
    except OSError as error:
        with contextlib.suppress(OSError):
            folder.rmdir()
        pytest.skip(f"no CPU quota: {error}")
    try:
        yield
    finally:
        (home / "cgroup.procs").write_text(str(process.pid))
        folder.rmdir()
