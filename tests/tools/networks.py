"""Small residual networks, which together have every kind of step."""

import torch

from export.graph import (INPUT, Add, Conv, MaxPool, Network, Parameters,
                          ZeroPad)

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
        Add("a.conv2", "a.down", "a", relu=True),
        Conv("a", "b.conv1", 1, 1, relu=True),
        Conv("b.conv1", "b.conv2", 1, 1, relu=False),
        Add("b.conv2", "a", "b", relu=True),
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
    return Network(steps, parameters, _head(random, channels))


def make_inverted_network(channels=8, seed=0):
    """Narrow sums, wide depthwise layers with a ceiling, its stem in float."""
    random = torch.Generator().manual_seed(seed)
    wide = 3 * channels
    steps = (
        Conv(INPUT, "stem", 2, 1, relu=True, ceiling=6.0),
        Conv("stem", "narrow", 1, 0, relu=False),
        Conv("narrow", "a.expand", 1, 0, relu=True, ceiling=6.0),
        ZeroPad("a.expand", "a.pad", 0, 1),
        Conv("a.pad", "a.depthwise", 2, 0, True, wide, 6.0),
        Conv("a.depthwise", "a.project", 1, 0, relu=False),
        Conv("a.project", "b.expand", 1, 0, relu=True, ceiling=6.0),
        Conv("b.expand", "b.depthwise", 1, 1, True, wide, 6.0),
        Conv("b.depthwise", "b.project", 1, 0, relu=False),
        Add("b.project", "a.project", "b", relu=False),
        Conv("b", "head", 1, 0, relu=True, ceiling=6.0),
    )
    shapes = {"stem": (channels, 3, 3), "narrow": (channels, channels, 1),
              "head": (channels, channels, 1)}
    for block in "ab":
        shapes[f"{block}.expand"] = (wide, channels, 1)
        shapes[f"{block}.depthwise"] = (wide, 1, 3)
        shapes[f"{block}.project"] = (channels, wide, 1)
    parameters = {step.target: _parameters(random, *shapes[step.target])
                  for step in steps if isinstance(step, Conv)}
    return Network(steps, parameters, _head(random, channels), lead=2)


def _head(random, channels):
    return Parameters(torch.randn(CLASSES, channels, generator=random),
                      torch.zeros(CLASSES))


def make_pixels(count, side=64, seed=0):
    """Smooth random pictures, uint8 [n,3,side,side]."""
    random = torch.Generator().manual_seed(seed)
    coarse = torch.rand(count, 3, 8, 8, generator=random) * 255
    return torch.nn.functional.interpolate(
        coarse, (side, side), mode="bilinear").round().to(torch.uint8)
