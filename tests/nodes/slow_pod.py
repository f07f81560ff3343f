"""Makes a process slow by a CPU quota of its control group."""

import contextlib
import os
import pathlib

import pytest

ROOT = pathlib.Path("/sys/fs/cgroup")
PERIOD_US = 100_000


@contextlib.contextmanager
def slowed(process, share):
    """Meanwhile it gets that part of one CPU, and waits for the rest."""
    quota = int(PERIOD_US * share)
    if (ROOT / "cpu/cpu.cfs_quota_us").exists():
        folder = ROOT / "cpu" / f"wanwu-test-{os.getpid()}"
        limits = {"cpu.cfs_period_us": PERIOD_US, "cpu.cfs_quota_us": quota}
        home = ROOT / "cpu"
    else:
        folder = ROOT / f"wanwu-test-{os.getpid()}"
        limits = {"cpu.max": f"{quota} {PERIOD_US}"}
        home = ROOT
    try:
        folder.mkdir()
        for name, value in limits.items():
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
