"""Batch normalisation merged into the convolution before it."""

import torch

from export.graph import Parameters


def fold_batch_norm(conv, norm):
    """Weight and bias of a convolution that computes norm(conv(x)).

    Both modules are taken in eval mode: the running statistics count.
    """
    factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    bias = conv.bias if conv.bias is not None else torch.zeros(
        conv.out_channels)
    return Parameters(
        (conv.weight * factor.view(-1, 1, 1, 1)).detach(),
        ((bias - norm.running_mean) * factor + norm.bias).detach())
