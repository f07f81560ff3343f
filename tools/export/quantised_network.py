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
    conv = kind(in_channels, out_channels, kernel, step.stride, step.padding)
    conv.set_weight_bias(weight, bias)
    conv.scale = affine.scale
    conv.zero_point = affine.zero_point
    return conv


class QuantisedNetwork(torch.nn.Module):
    """quint8 [N,3,224,224] channels_last to float32 logits [N,classes].

    convs and affines by tensor name; the average and the head stay in float,
    where they cost nothing and 8 bits would cost accuracy.
    """

    def __init__(self, steps, convs, affines, head):
        super().__init__()
        self.steps = steps
        self.affines = affines
        self.head = head
        self.convs = torch.nn.ModuleDict(
            {module_key(name): conv for name, conv in convs.items()})

    def forward(self, tensor):
        features = graph.run(self.steps, tensor, self.compute)
        return graph.run_head(self.head, features.dequantize())

    def compute(self, step, *sources):
        if isinstance(step, graph.Conv):
            return self.convs[module_key(step.target)](sources[0])
        if isinstance(step, graph.MaxPool):
            return step.pool(sources[0])
        affine = self.affines[step.target]
        return torch.ops.quantized.add_relu(*sources, affine.scale,
                                            affine.zero_point)

    def quantise_input(self, values):
        affine = self.affines[graph.INPUT]
        return torch.quantize_per_tensor(values, affine.scale,
                                         affine.zero_point, torch.quint8)

