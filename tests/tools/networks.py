"""A small residual network with every kind of step."""

import torch

from export.graph import (INPUT, AddRelu, Conv, MaxPool, Network, Parameters)

CLASSES = 10


def _parameters(random, outputs, inputs, kernel):
    deviation = (2 / (inputs * kernel**2))**0.5
    return Parameters(
        torch.randn(outputs, inputs, kernel, kernel, generator=random)
        * deviation,
        torch.randn(outputs, generator=random) * 0.1)


def make_network(channels=16, seed=0):
    """Takes [n,3,H,W]; some channels are far louder than others."""
    random = torch.Generator().manual_seed(seed)
    steps = (
        Conv(INPUT, "stem", 2, 3, relu=True),
        MaxPool("stem", "pool", 3, 2, 1),
        Conv("pool", "a.conv1", 2, 1, relu=True),
        Conv("a.conv1", "a.conv2", 1, 1, relu=False),
        Conv("pool", "a.down", 2, 0, relu=False),
        AddRelu("a.conv2", "a.down", "a"),
        Conv("a", "b.conv1", 1, 1, relu=True),
        Conv("b.conv1", "b.conv2", 1, 1, relu=False),
        AddRelu("b.conv2", "a", "b"),
    )
    shapes = {"stem": (3, 7), "a.down": (channels, 1)}
    parameters = {
        step.target: _parameters(random, channels,
                                 *shapes.get(step.target, (channels, 3)))
        for step in steps if isinstance(step, Conv)
    }
    loud = torch.logspace(-1, 1, channels)
    stem = parameters["stem"]
    parameters["stem"] = Parameters(stem.weight * loud.view(-1, 1, 1, 1),
                                    stem.bias * loud)
    head = Parameters(
        torch.randn(CLASSES, channels, generator=random), torch.zeros(CLASSES))
    return Network(steps, parameters, head)


def make_pixels(count, side=64, seed=0):
    """Smooth random pictures, uint8 [n,3,side,side]."""
    random = torch.Generator().manual_seed(seed)
    coarse = torch.rand(count, 3, 8, 8, generator=random) * 255
    return torch.nn.functional.interpolate(
        coarse, (side, side), mode="bilinear").round().to(torch.uint8)
