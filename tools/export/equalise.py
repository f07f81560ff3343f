"""Spreads the range of each channel over the 8 bits of its whole tensor.

Dividing a channel by a positive number where it is made and multiplying it
where it is read changes nothing in float, since relu, max pooling and
addition let the factor through. In 8 bits it decides how fine a channel is.
"""

import dataclasses
import math

import torch

from export import graph
from export.calibrate import Calibration, PatchMoments

# 1 would give every channel the whole range and leave all the unevenness to
# the weights; 0 leaves it to the activations.
STRENGTH = 0.5

# Channels quieter than this share of the loudest are treated as if they had
# it: what was silent in calibration may speak on another picture.
QUIETEST = 0.02


def linked_groups(steps):
    """Sets of tensors that must share their channels' factors."""
    group_of = {graph.INPUT: {graph.INPUT}}
    for step in steps:
        group = {step.target}
        if not isinstance(step, graph.Conv):
            for source in step.sources:
                group |= group_of[source]
        for name in group:
            group_of[name] = group
    return list({id(group): group for group in group_of.values()}.values())


def _made_to_be_read(steps):
    """Tensors whose own 8 bits are read otherwise than to be added."""
    read = {source for step in steps if not isinstance(step, graph.Add)
            for source in step.sources}
    return {step.target for step in steps
            if isinstance(step, (graph.Conv, graph.Add))
            and (step.target in read or step is steps[-1])}


def _left_alone(steps):
    """The input, and tensors with a ceiling, which lets no factor through;
    their bytes span all that can be, so that they hold what was never seen."""
    return {graph.INPUT} | {
        step.target for step in steps
        if isinstance(step, graph.Conv) and step.ceiling < math.inf}


def channel_factors(network, samples, strength=STRENGTH):
    """By tensor, factors [C] in (0, 1] to divide its channels by."""
    read = _made_to_be_read(network.steps)
    left_alone = _left_alone(network.steps)
    factors = {}
    for group in linked_groups(network.steps):
        measured = sorted(group & read)
        if group & left_alone or not measured:
            channels = samples[next(iter(group))].shape[0]
            factor = torch.ones(channels)
        else:
            peaks = [samples[name].abs().amax(1) for name in measured]
            loudness = torch.stack([p / p.mean() for p in peaks]).amax(0)
            loudness = (loudness / loudness.max()).clamp_min(QUIETEST)
            factor = loudness.pow(strength)
        factors.update({name: factor for name in group})
    return factors


def equalise_network(network, factors):
    """The same function with each tensor's channels divided by factors."""
    parameters = {}
    for step in network.convs:
        old = network.parameters[step.target]
        made, read = factors[step.target], factors[step.source]
        read = read.view(-1 if step.groups > 1 else 1, old.weight.shape[1], 1,
                         1)
        weight = old.weight * read / made.view(-1, 1, 1, 1)
        parameters[step.target] = graph.Parameters(weight, old.bias / made)
    head = graph.Parameters(network.head.weight * factors[network.output],
                            network.head.bias)
    return dataclasses.replace(network, parameters=parameters, head=head)


def equalise_calibration(network, calibration, factors):
    """The calibration of the equalised network, without running it."""
    moments = {}
    for step in network.convs:
        old = calibration.moments[step.target]
        read = factors[step.source]
        if step.groups > 1:
            shrink = (1 / read)[:, None, None]
            covariance = old.covariance * shrink * shrink
        else:
            shrink = (1 / read).repeat_interleave(
                old.covariance.shape[0] // len(read))
            covariance = old.covariance * shrink[:, None] * shrink[None, :]
        moments[step.target] = PatchMoments(covariance, old.patches)
    return Calibration(
        calibration.pictures,
        {name: values / factors[name][:, None]
         for name, values in calibration.samples.items()},
        {name: image / factors[name].view(-1, 1, 1)
         for name, image in calibration.mean_images.items()},
        moments)
