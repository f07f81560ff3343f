"""A convolutional network as a list of steps between named tensors.

Quantisation needs to see every tensor between two layers and which layers
make and read it; a Network shows that, a torch module does not. Batch
normalisation is folded into the convolutions beforehand.
"""

import dataclasses

import torch
import torch.nn.functional as F

INPUT = "input"


@dataclasses.dataclass(frozen=True)
class Conv:
    source: str
    target: str
    stride: int
    padding: int
    relu: bool

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
class AddRelu:
    left: str
    right: str
    target: str

    sources = property(lambda self: (self.left, self.right))


@dataclasses.dataclass(frozen=True)
class Parameters:
    """weight [out,in,k,k] (or [out,in] for the head) and bias [out]."""

    weight: torch.Tensor
    bias: torch.Tensor


@dataclasses.dataclass(frozen=True)
class Network:
    """steps in order; parameters by the name of the Conv's target.

    The last step's target is averaged over its area and fed to the head.
    """

    steps: tuple
    parameters: dict
    head: Parameters

    @property
    def convs(self):
        return [step for step in self.steps if isinstance(step, Conv)]

    @property
    def output(self):
        return self.steps[-1].target


def run(steps, tensor, compute):
    """Runs compute(step, *sources) in order, keeping only tensors in use."""
    last_use = {}
    for position, step in enumerate(steps):
        for source in step.sources:
            last_use[source] = position
    live = {INPUT: tensor}
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
                          step.padding)
        return F.relu_(result) if step.relu else result
    if isinstance(step, MaxPool):
        return step.pool(sources[0])
    return F.relu(sources[0] + sources[1])


def run_head(head, features):
    """Average over the area, then the classifier: logits [N,classes]."""
    return F.linear(features.mean((2, 3)), head.weight, head.bias)


def run_float(network, tensor):
    features = run(network.steps, tensor,
                   lambda step, *xs: compute_float(network, step, *xs))
    return run_head(network.head, features)
