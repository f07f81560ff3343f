"""A quantised network's answers, the same on every CPU.

PyTorch's engine leaves sums of bytes to the CPU: without VNNI oneDNN adds
pairs of products in 16 bits, where they saturate. The server runs int8 by
itself only where sums are exact, so that is what has to be judged.

Here bytes and weights are whole numbers in float32. Their sums are exact below
2^24, which none comes near that is not quite full of loud inputs; beyond, what
float32 rounds off is a millionth of a sum, where a step of the result is some
thousandth.
"""

import torch
import torch.nn.functional as F

from export import graph
from export.quantised_network import module_key
from export.scales import QUINT8_MAX

# Pictures at a time: a whole batch of the first layers would leave the caches,
# and under 16 PyTorch multiplies matrices by its slowest way on a single CPU.
_PART = 16


class _ExactConv:
    """Centred bytes (minus their zero point) to centred bytes."""

    def __init__(self, step, conv, source, target):
        weight = conv.weight()
        self._step = step
        self._codes = weight.int_repr().float().contiguous(
            memory_format=torch.channels_last)
        worth = weight.q_per_channel_scales().float() * source.scale
        self._bias = conv.bias() / worth
        self._factor = (worth / target.scale).view(1, -1, 1, 1)
        self._lowest = 0 if step.relu else -target.zero_point
        self._highest = QUINT8_MAX - target.zero_point

    def __call__(self, centred):
        sums = F.conv2d(centred, self._codes, self._bias, self._step.stride,
                        self._step.padding, groups=self._step.groups)
        return sums.mul_(self._factor).round_().clamp_(self._lowest,
                                                       self._highest)


class ExactNetwork:
    """float32 input [n,3,H,W] to logits, as `model` quantises."""

    def __init__(self, model):
        self._model = model
        affines = model.affines
        network = model.network
        self._steps = network.steps[network.lead:]
        self._convs = {
            step.target: _ExactConv(step, model.convs[module_key(step.target)],
                                    affines[step.source],
                                    affines[step.target])
            for step in self._steps if isinstance(step, graph.Conv)
        }

    def __call__(self, values):
        return torch.cat([self._answer(part) for part in values.split(_PART)])

    def _answer(self, values):
        network, affines = self._model.network, self._model.affines
        centred = affines[graph.INPUT].centred_codes(values)
        if network.lead:
            values = graph.run_lead(network,
                                    centred * affines[graph.INPUT].scale)
            centred = affines[network.lead_output].centred_codes(values)
        features = graph.run(self._steps, centred, self._compute,
                             network.lead_output)
        return graph.run_head(network.head,
                              features * affines[network.output].scale)

    def _compute(self, step, *sources):
        if isinstance(step, graph.Conv):
            return self._convs[step.target](sources[0])
        if isinstance(step, graph.MaxPool):
            return step.pool(sources[0])
        if isinstance(step, graph.ZeroPad):
            return step.pad(sources[0])
        affines = self._model.affines
        target = affines[step.target]
        left, right = (source * (affines[name].scale / target.scale)
                       for source, name in zip(sources, step.sources))
        lowest = 0 if step.relu else -target.zero_point
        return left.add_(right).round_().clamp_(
            lowest, QUINT8_MAX - target.zero_point)
