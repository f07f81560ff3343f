"""A user's own network, as a TorchScript file."""

import functools
import re

from export import torchscript
from export.architectures.architecture import Architecture


def _name(path):
    """The file's, of what a package may be called."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", path.stem)[:64]


def _as_it_is(module, _example):
    return module


def architecture(path, spec):
    return Architecture(
        _name(path), functools.partial(torchscript.read_script, path), None,
        spec, None, "8 bits are not attempted for TorchScript files",
        freeze=_as_it_is)
