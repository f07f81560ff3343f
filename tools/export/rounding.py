"""Rounds a convolution's weights so that its output changes least."""

import torch

from export.compute import matmul_transposed
from export.scales import QINT8_MAX

PASSES = 2
DAMPING = 0.05
_BLOCK = 64


def round_weights(weight, scales, covariance, passes=PASSES):
    """Integer codes [out,k] of weight [out,k] in units of scales [out].

    Rounding each weight to the nearest code treats inputs as unrelated. Here
    the codes minimise the variance of the output's error, (Q-W) C (Q-W)' with
    C the inputs' covariance, by coordinate descent: weights are rounded one
    by one, loudest input first, each absorbing the errors of those before.
    The mean of the error is left to the bias.
    """
    loudness = covariance.diagonal()
    order = torch.argsort(loudness, descending=True)
    damped = covariance[order][:, order].contiguous()
    damped.diagonal().add_(DAMPING * loudness.mean())
    exact = (weight / scales[:, None]).t()[order].contiguous()
    codes = exact.clone()
    gradient = torch.zeros_like(codes)
    for _ in range(passes):
        for start in range(0, len(codes), _BLOCK):
            block = slice(start, min(start + _BLOCK, len(codes)))
            before = codes[block].clone()
            _round_block(codes[block], gradient[block].clone(),
                         damped[block, block])
            change = codes[block] - before
            gradient += matmul_transposed(damped[:, block], change.t())
    unsorted = torch.empty_like(codes)
    unsorted[order] = codes
    return unsorted.t().contiguous()


def round_channels(weight, scales, covariance, passes=PASSES):
    """As round_weights for a weight [channels,k] of which each row has inputs
    of its own, with covariance [channels,k,k]."""
    loudness = covariance.diagonal(dim1=1, dim2=2)
    damped = covariance + torch.diag_embed(
        (DAMPING * loudness.mean(1, keepdim=True)).expand_as(loudness))
    # Of inputs that were silent any rounding is as good.
    damped.diagonal(dim1=1, dim2=2).clamp_min_(1e-12)
    codes = weight / scales[:, None]
    gradient = torch.zeros_like(codes)
    for _ in range(passes):
        for tap in range(codes.shape[1]):
            curvature = damped[:, tap]
            best = codes[:, tap] - gradient[:, tap] / curvature[:, tap]
            best.round_().clamp_(-QINT8_MAX, QINT8_MAX)
            gradient += curvature * (best - codes[:, tap])[:, None]
            codes[:, tap] = best
    return codes


def _round_block(codes, gradient, curvature):
    diagonal = curvature.diagonal()
    for row in range(len(codes)):
        best = codes[row] - gradient[row] / diagonal[row]
        best.round_().clamp_(-QINT8_MAX, QINT8_MAX)
        gradient.addr_(curvature[row], best - codes[row])
        codes[row] = best
