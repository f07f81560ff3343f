"""The measured batch times that a server keeps, as a test would have them."""

import json
import shutil

from environment import BIN_DIR
from server_process import ServerProcess

# One lane, in nanoseconds: a batch of 8 is by far the best.
LARGE_BATCHES_PAY = [10_000_000 + 1_000_000 * size for size in range(1, 9)]
# Ten seconds for one picture.
VERY_SLOW = [10_000_000_000 * size for size in range(1, 9)]


def measure(name, state_dir, *flags):
    """Makes `state_dir`, in which a server with these flags finds what it would
    measure. That is measured once for a build, under `name`."""
    kept = BIN_DIR.parent / "measured-state" / name
    if kept.exists() and (kept.stat().st_mtime <
                          (BIN_DIR / "wanwu-server").stat().st_mtime):
        shutil.rmtree(kept)
    server = ServerProcess(f"--state_dir={kept}", *flags)
    try:
        server.wait_until_serving().stop()
    finally:
        server.close()
    return shutil.copytree(kept, state_dir)


def read(state_dir):
    return json.loads((state_dir / "batch_times.json").read_text())


def rename_build(state_dir):
    """Makes what is kept look as if another build had measured it."""
    document = read(state_dir)
    for entry in document["entries"]:
        *others, _ = entry["key"].split("; ")
        entry["key"] = "; ".join([*others, "0.1.0 0123456789abcdef"])
    (state_dir / "batch_times.json").write_text(json.dumps(document))


def replace_times(state_dir, times_ns):
    """Makes the next start believe `times_ns` of every model it knows."""
    document = read(state_dir)
    assert document["entries"]
    for entry in document["entries"]:
        entry["batch_times_ns"] = times_ns
    (state_dir / "batch_times.json").write_text(json.dumps(document))
