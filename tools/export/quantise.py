"""Static post-training quantisation of a Network to 8 bits."""

import torch

from export import graph
from export.calibrate import mean_patch
from export.equalise import (channel_factors, equalise_calibration,
                             equalise_network)
from export.quantised_network import QuantisedNetwork, make_conv
from export.rounding import round_weights
from export.scales import (addend_scale, covering, unsigned_scale,
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
        for step in network.convs
    }
    return QuantisedNetwork(network.steps, convs, affines, network.head)


def choose_affines(steps, samples, of_input):
    """By tensor: scale and zero point."""
    affines = {graph.INPUT: of_input}
    for step in steps:
        if isinstance(step, graph.MaxPool):
            affines[step.target] = affines[step.source]
        if isinstance(step, graph.AddRelu):
            left, right = samples[step.left], samples[step.right]
            for name, own, other in ((step.left, left, right),
                                     (step.right, right, left)):
                if name not in affines:
                    affines[name] = addend_scale(own, other)
        if isinstance(step, graph.AddRelu) or getattr(step, "relu", False):
            affines[step.target] = unsigned_scale(samples[step.target])
    return affines


def quantise_weight(weight, covariance):
    """Per-channel qint8 weight [out,in,k,k] for inputs of that covariance."""
    rows = weight.flatten(1)
    scales = weight_scales(weight)
    codes = round_weights(rows, scales, covariance)
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
    return make_conv(step, weight, parameters.bias + error @ mean, affine)
