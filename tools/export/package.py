"""Model packages on disk: models/<name>/<version>/."""

import contextlib
import ctypes
import os
import pathlib
import shutil

from export import manifest
from export.errors import ExportError
from export.hashing import sha256_of

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def files_of(contents):
    """(file name, sha256) of all that a manifest names."""
    yield contents["labels"]["file"], contents["labels"]["sha256"]
    for precision in contents["precisions"].values():
        yield precision["file"], precision["sha256"]


def problems(folder):
    """Why the package is not whole; empty when it is."""
    try:
        contents = manifest.read(folder)
    except (OSError, ValueError) as error:
        return [str(error)]
    found = manifest.problems(contents)
    if found:
        return found
    for name, digest in files_of(contents):
        path = folder / name
        if not path.is_file():
            found.append(f"{name} is missing")
        elif sha256_of(path) != digest:
            found.append(f"{name} does not match its sha256")
    return found


@contextlib.contextmanager
def staged(target):
    """A folder that becomes target at once when the block ends well.

    It lies beside target under a name with a leading dot, which servers
    ignore, and goes away when the block fails.
    """
    _remove_abandoned(target)
    staging = target.with_name(f".{target.name}.partial-{os.getpid()}")
    try:
        staging.mkdir(parents=True)
        yield staging
        _flush(staging)
        _put_in_place(staging, target)
    except OSError as error:
        raise ExportError(f"cannot write {target}: {error}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _remove_abandoned(target):
    for path in target.parent.glob(f".{target.name}.partial-*"):
        owner = path.name.rsplit("-", 1)[1]
        if not pathlib.Path("/proc", owner).exists():
            shutil.rmtree(path, ignore_errors=True)


def _flush(folder):
    """A crash must not leave a whole-looking package of empty files."""
    for path in [*folder.iterdir(), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _put_in_place(staging, target):
    if not target.exists():
        staging.rename(target)
        return
    # Swapping leaves no moment without a package; what was there is then
    # in staging's place and removed with it.
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(_AT_FDCWD, os.fsencode(staging), _AT_FDCWD,
                      os.fsencode(target), _RENAME_EXCHANGE) == 0:
        return
    old = target.with_name(f"{staging.name}.old")
    target.rename(old)
    staging.rename(target)
    shutil.rmtree(old, ignore_errors=True)
