"""Choice of 8-bit scales."""

import dataclasses
import math

import torch

QUINT8_MAX = 255
QINT8_MAX = 127

_WEIGHT_FRACTIONS = tuple(1.0 - 0.03 * step for step in range(11))
_LOW_FRACTIONS = tuple(0.3 + 0.07 * step for step in range(11))
_SEARCH_VALUES = 400_000


@dataclasses.dataclass(frozen=True)
class Affine:
    """quint8: value = (byte - zero_point) * scale."""

    scale: float
    zero_point: int

    def centred_codes(self, values):
        """Bytes less the zero point, as whole numbers in float32."""
        return (values / self.scale).round_().clamp_(
            -self.zero_point, QUINT8_MAX - self.zero_point)

    def round_trip(self, values):
        return self.centred_codes(values).mul_(self.scale)


def covering(lowest, highest):
    """The Affine whose bytes span [lowest, highest]; zero is exact."""
    scale = (highest - lowest) / QUINT8_MAX
    zero_point = min(max(round(-lowest / scale), 0), QUINT8_MAX)
    return Affine(scale, zero_point)


def up_to(highest):
    """For a tensor that is never negative: zero point 0. What is larger than
    highest becomes it, in whatever way it is rounded to bytes."""
    return Affine(highest / QUINT8_MAX, 0)


def _thin(values):
    values = values.reshape(-1)
    return values[::-(-values.numel() // _SEARCH_VALUES)]


def unsigned_scale(values):
    """For a tensor that is never negative: zero point 0.

    Nothing seen is clipped: a finer scale with the loudest values clipped has
    the smaller squared error on the tensor, yet the larger one on the logits,
    for those few values carry the answer.
    """
    return up_to(max(values.max().item(), 1e-6))


def addend_scale(values, other):
    """For a tensor of which only relu(values + other) is used.

    The upper end is kept, as for unsigned_scale. The lower end may be clipped
    where relu discards it anyway, as far as the error after relu says.
    """
    values, other = _thin(values), _thin(other)
    wanted = torch.relu(values + other)
    lowest = min(values.min().item(), -1e-6)
    highest = max(values.max().item(), 1e-6)
    best_error, best = math.inf, None
    for fraction in _LOW_FRACTIONS:
        affine = covering(lowest * fraction, highest)
        got = affine.round_trip(values).add_(other).relu_()
        error = got.sub_(wanted).pow_(2).mean().item()
        if error < best_error:
            best_error, best = error, affine
    return best


def weight_scales(weight):
    """Per output channel of [out,...]: symmetric qint8 scales."""
    rows = weight.flatten(1)
    highest = rows.abs().amax(1).clamp_min(1e-8)
    best_error = torch.full_like(highest, math.inf)
    best_scale = highest / QINT8_MAX
    for fraction in _WEIGHT_FRACTIONS:
        scale = highest * fraction / QINT8_MAX
        codes = (rows / scale[:, None]).round_()
        codes.clamp_(-QINT8_MAX, QINT8_MAX)
        error = (codes * scale[:, None] - rows).pow_(2).sum(1)
        better = error < best_error
        best_error = torch.where(better, error, best_error)
        best_scale = torch.where(better, scale, best_scale)
    return best_scale
