"""Static post-training quantisation of a Network to 8 bits."""

import math

import torch

from export import graph
from export.calibrate import mean_patch
from export.equalise import (channel_factors, equalise_calibration,
                             equalise_network)
from export.quantised_network import QuantisedNetwork, make_conv
from export.rounding import round_channels, round_weights
from export.scales import (addend_scale, covering, unsigned_scale, up_to,
                           weight_scales)


@torch.inference_mode()
def quantise(network, calibration, input_spec):
    """The QuantisedNetwork of a float network."""
    factors = channel_factors(network, calibration.samples)
    calibration = equalise_calibration(network, calibration, factors)
    network = equalise_network(network, factors)
    affines = choose_affines(network.steps, calibration.samples,
                             covering(*input_spec.value_range()))
    convs = {
        step.target: _quantise_conv(step, network.parameters[step.target],
                                    calibration, affines[step.target])
        for step in network.steps[network.lead:]
        if isinstance(step, graph.Conv)
    }
    return QuantisedNetwork(network, convs, affines)


def choose_affines(steps, samples, of_input):
    """By tensor: scale and zero point."""
    affines = {graph.INPUT: of_input}
    for step in steps:
        values = samples[step.target]
        if isinstance(step, (graph.MaxPool, graph.ZeroPad)):
            affines[step.target] = affines[step.source]
        elif _ceiling(step) < math.inf:
            affines[step.target] = up_to(_ceiling(step))
        elif step.relu:
            affines[step.target] = unsigned_scale(values)
        else:
            affines[step.target] = covering(values.min().item(),
                                            values.max().item())
    for step in steps:
        if isinstance(step, graph.Add) and step.relu:
            _choose_addends(step, steps, samples, affines)
    return affines


def _ceiling(step):
    return step.ceiling if isinstance(step, graph.Conv) else math.inf


def _choose_addends(step, steps, samples, affines):
    """Scales of what is read by that addition alone."""
    shared = {source for other in steps if other is not step
              for source in other.sources}
    for name, other in (step.sources, reversed(step.sources)):
        if name not in shared:
            affines[name] = addend_scale(samples[name], samples[other])


def quantise_weight(weight, covariance):
    """Per-channel qint8 weight [out,in,k,k] for inputs of that covariance."""
    rows = weight.flatten(1)
    scales = weight_scales(weight)
    by_channel = covariance.dim() == 3
    codes = (round_channels if by_channel else round_weights)(rows, scales,
                                                              covariance)
    values = (codes * scales[:, None]).view_as(weight)
    return torch.quantize_per_channel(
        values.contiguous(memory_format=torch.channels_last),
        scales.double(), torch.zeros(len(scales), dtype=torch.int64), 0,
        torch.qint8)


def _quantise_conv(step, parameters, calibration, affine):
    weight = quantise_weight(parameters.weight,
                             calibration.moments[step.target].covariance)
    error = (parameters.weight - weight.dequantize()).flatten(1)
    mean = mean_patch(calibration.mean_images[step.source], step,
                      weight.shape[2])
    shift = ((error * mean.view_as(error)).sum(1) if step.groups > 1
             else error @ mean)
    return make_conv(step, weight, parameters.bias + shift, affine)
