"""A convolutional network as a list of steps between named tensors.

Quantisation needs to see every tensor between two layers and which layers
make and read it; a Network shows that, a torch module does not. Batch
normalisation is folded into the convolutions beforehand.
"""

import dataclasses
import math

import torch
import torch.nn.functional as F

INPUT = "input"


@dataclasses.dataclass(frozen=True)
class Conv:
    """groups: 1, or one per channel. ceiling: what relu lets through, as 6.

    A step with a ceiling has relu.
    """

    source: str
    target: str
    stride: int
    padding: int
    relu: bool
    groups: int = 1
    ceiling: float = math.inf

    sources = property(lambda self: (self.source,))


@dataclasses.dataclass(frozen=True)
class MaxPool:
    source: str
    target: str
    kernel: int
    stride: int
    padding: int

    sources = property(lambda self: (self.source,))

    def pool(self, values):
        return F.max_pool2d(values, self.kernel, self.stride, self.padding)


@dataclasses.dataclass(frozen=True)
class ZeroPad:
    """before: at the top and the left, after: at the bottom and the right."""

    source: str
    target: str
    before: int
    after: int

    sources = property(lambda self: (self.source,))

    def pad(self, values):
        return F.pad(values, (self.before, self.after) * 2)


@dataclasses.dataclass(frozen=True)
class Add:
    left: str
    right: str
    target: str
    relu: bool

    sources = property(lambda self: (self.left, self.right))


@dataclasses.dataclass(frozen=True)
class Parameters:
    """weight [out,in/groups,k,k] (or [out,in] for the head), bias [out]."""

    weight: torch.Tensor
    bias: torch.Tensor


@dataclasses.dataclass(frozen=True)
class Network:
    """steps in order; parameters by the name of the Conv's target.

    The last step's target is averaged over its area and fed to the head.
    lead: how many steps stay in float where the rest is in 8 bits; what the
    rest reads of them is the last one's target.
    """

    steps: tuple
    parameters: dict
    head: Parameters
    lead: int = 0

    @property
    def convs(self):
        return [step for step in self.steps if isinstance(step, Conv)]

    def with_lead(self, target):
        """The same network with a lead up to that target, or none."""
        targets = [step.target for step in self.steps]
        lead = 0 if target is None else targets.index(target) + 1
        return dataclasses.replace(self, lead=lead)

    @property
    def lead_output(self):
        return self.steps[self.lead - 1].target if self.lead else INPUT

    @property
    def output(self):
        return self.steps[-1].target


def run(steps, tensor, compute, name=INPUT):
    """Runs compute(step, *sources) in order, keeping only tensors in use.

    tensor: the first one's source, of that name.
    """
    last_use = {}
    for position, step in enumerate(steps):
        for source in step.sources:
            last_use[source] = position
    live = {name: tensor}
    for position, step in enumerate(steps):
        result = compute(step, *(live[source] for source in step.sources))
        for source in set(step.sources):
            if last_use[source] == position:
                del live[source]
        live[step.target] = result
    return live[steps[-1].target]


def compute_float(network, step, *sources):
    """One step in float32."""
    if isinstance(step, Conv):
        parameters = network.parameters[step.target]
        weight = parameters.weight.contiguous(
            memory_format=torch.channels_last)
        result = F.conv2d(sources[0], weight, parameters.bias, step.stride,
                          step.padding, groups=step.groups)
        return _rectify(result, step.ceiling) if step.relu else result
    if isinstance(step, MaxPool):
        return step.pool(sources[0])
    if isinstance(step, ZeroPad):
        return step.pad(sources[0])
    result = sources[0] + sources[1]
    return F.relu_(result) if step.relu else result


def _rectify(values, ceiling):
    if ceiling == math.inf:
        return F.relu_(values)
    return F.hardtanh_(values, 0.0, ceiling)


def run_head(head, features):
    """Average over the area, then the classifier: logits [N,classes]."""
    return F.linear(features.mean((2, 3)), head.weight, head.bias)


def run_lead(network, tensor):
    """What the lead makes of the input."""
    return run(network.steps[:network.lead], tensor,
               lambda step, *xs: compute_float(network, step, *xs))


def run_float(network, tensor):
    features = run(network.steps, tensor,
                   lambda step, *xs: compute_float(network, step, *xs))
    return run_head(network.head, features)
