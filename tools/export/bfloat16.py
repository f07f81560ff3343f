"""How a model answers in bfloat16, which the server makes of fp32 at load."""

import copy

import torch

METHOD = ("weights and the outputs of layers rounded to bfloat16, sums in "
          "float32, as the server computes")

# The classifier stays in float32; what a sequence gives is rounded already.
_UNROUNDED = (torch.nn.Linear, torch.nn.Sequential)


def round_values(values):
    return values.bfloat16().float()


def as_input(values):
    """What the emulated module gets, in the layout that it is fastest in."""
    return round_values(values).contiguous(memory_format=torch.channels_last)


def _round_output(_module, _inputs, output):
    # Attention gives a pair, of which libtorch makes what it will, in float32.
    if isinstance(output, torch.Tensor):
        output.copy_(output.bfloat16())


@torch.inference_mode()
def emulate(module):
    """A copy of a float module that rounds where the server does.

    A convolution's batch norm is folded into it there, so that only what comes
    out of the norm is rounded.
    """
    emulated = copy.deepcopy(module).eval()
    for part in emulated.modules():
        if isinstance(part, torch.nn.Conv2d):
            part.weight.copy_(round_values(part.weight))
        elif part is not emulated and not isinstance(part, _UNROUNDED):
            part.register_forward_hook(_round_output)
    return emulated
