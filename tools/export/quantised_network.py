"""A Network whose convolutions run in 8 bits."""

import torch
import torch.nn.intrinsic.quantized as fused
import torch.ao.nn.quantized as quantised

from export import graph

ENGINE = "onednn"


def engine_available():
    return ENGINE in torch.backends.quantized.supported_engines


def module_key(name):
    return name.replace(".", "_")


def make_conv(step, weight, bias, affine):
    """weight: per-channel qint8 tensor; affine: of the output."""
    out_channels, in_channels, kernel, _ = weight.shape
    kind = fused.ConvReLU2d if step.relu else quantised.Conv2d
    conv = kind(in_channels * step.groups, out_channels, kernel, step.stride,
                step.padding, groups=step.groups)
    conv.set_weight_bias(weight, bias)
    conv.scale = affine.scale
    conv.zero_point = affine.zero_point
    return conv


class QuantisedNetwork(torch.nn.Module):
    """quint8 [N,3,H,W] channels_last to float32 logits [N,classes].

    network: what it does, with the float values. convs, of the steps after the
    lead, and affines by tensor name; the average and the head stay in float,
    where they cost nothing and 8 bits would cost accuracy.
    """

    def __init__(self, network, convs, affines):
        super().__init__()
        self.network = network
        self.affines = affines
        self.convs = torch.nn.ModuleDict(
            {module_key(name): conv for name, conv in convs.items()})

    def forward(self, tensor):
        network = self.network
        if network.lead:
            values = graph.run_lead(network, tensor.dequantize())
            tensor = self._quantise(network.lead_output, values)
        features = graph.run(network.steps[network.lead:], tensor,
                             self.compute, network.lead_output)
        return graph.run_head(network.head, features.dequantize())

    def compute(self, step, *sources):
        if isinstance(step, graph.Conv):
            return self.convs[module_key(step.target)](sources[0])
        if isinstance(step, graph.MaxPool):
            return step.pool(sources[0])
        if isinstance(step, graph.ZeroPad):
            return step.pad(sources[0])
        affine = self.affines[step.target]
        add = (torch.ops.quantized.add_relu if step.relu
               else torch.ops.quantized.add)
        return add(*sources, affine.scale, affine.zero_point)

    def quantise_input(self, values):
        return self._quantise(graph.INPUT, values)

    def _quantise(self, name, values):
        affine = self.affines[name]
        return torch.quantize_per_tensor(values, affine.scale,
                                         affine.zero_point, torch.quint8)

