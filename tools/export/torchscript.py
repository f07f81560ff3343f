"""Modules to frozen TorchScript files and back."""

import torch


def freeze_float(module):
    """Frozen TorchScript with channels_last weights, in eval mode."""
    module = module.eval().to(memory_format=torch.channels_last)
    return torch.jit.freeze(torch.jit.script(module))


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
