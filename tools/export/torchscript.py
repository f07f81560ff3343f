"""Modules to frozen TorchScript files and back."""

import torch

from export.errors import ExportError


def freeze_scripted(module, _example=None):
    """Frozen TorchScript with channels_last weights, in eval mode."""
    module = module.eval().to(memory_format=torch.channels_last)
    return torch.jit.freeze(torch.jit.script(module))


@torch.inference_mode()
def freeze_traced(module, example):
    """As freeze_scripted, for any module that runs without looking at values.

    A trace has no checks of shapes in it, nor branches. Raises ExportError if
    it answers otherwise than the module, for another number of pictures.
    """
    module = module.eval().to(memory_format=torch.channels_last)
    try:
        traced = torch.jit.trace(module, example[:2], check_trace=False)
        frozen = torch.jit.freeze(traced)
        wanted, got = module(example), frozen(example)
    except Exception as error:  # Whatever a foreign module raises.
        raise ExportError(f"cannot be traced: {_first_line(error)}") from error
    if not _alike(wanted, got):
        raise ExportError("does not answer the same when it is traced")
    return frozen


def _alike(wanted, got):
    scale = wanted.abs().max().clamp_min(1e-6)
    return (wanted.shape == got.shape
            and bool(((wanted - got).abs().max() <= 1e-3 * scale)))


def read_script(path):
    """A TorchScript file's module, frozen. Raises ExportError."""
    try:
        module = torch.jit.load(str(path), map_location="cpu").eval()
        # Freezing takes the mode away with all other attributes.
        frozen = not hasattr(module, "training")
        return module if frozen else torch.jit.freeze(module)
    except Exception as error:  # A foreign parser on foreign bytes.
        raise ExportError(f"{path}: not a TorchScript module "
                          f"({_first_line(error)})") from error


def _first_line(error):
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def freeze_quantised(module, example):
    """Frozen TorchScript of a quantised module; any batch size is accepted."""
    module = module.eval()
    with torch.no_grad():
        traced = torch.jit.trace(module, example, check_trace=False)
    return torch.jit.freeze(traced)


def load_for_measuring(path):
    """The written file as the server runs a float model."""
    module = torch.jit.load(str(path), map_location="cpu")
    return torch.jit.optimize_for_inference(module.eval())
