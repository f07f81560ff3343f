"""EfficientNet-Lite0: EfficientNet-B0 (Tan and Le, 2019) for edge devices.

Against B0 it has no squeeze-and-excite, ReLU6 for swish, and stem and head
of fixed width. Attribute names follow the published state dict. Padding is
TensorFlow's SAME for 224x224 inputs: a stride of 2 pads one more pixel at
the bottom and right.
"""

import math

from torch import nn

from export.folding import fold_batch_norm
from export.graph import INPUT, Add, Conv, Network, Parameters, ZeroPad
from export.input_spec import InputSpec

INPUT_SPEC = InputSpec(1.0, (127.0,) * 3, (128.0,) * 3)

CLASSES = 1000
STEM_CHANNELS = 32
HEAD_CHANNELS = 1280
NORM_EPSILON = 1e-3

# Up to here 8 bits are too few: the first depthwise layer amplifies what the
# stem's result was rounded by up to 17 times. It is 12 % of the multiplications;
# one block less would be 5 %, and just within the bound on textures.
LEAD_OUTPUT = "block1.project"

# kernel, stride, expansion, output channels, repeats
STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)


def _norm(channels):
    return nn.BatchNorm2d(channels, eps=NORM_EPSILON)


def _pointwise(source, target):
    return nn.Conv2d(source, target, 1, bias=False)


def _same_conv(source, target, kernel, stride, groups=1):
    """A convolution with SAME padding of an even-sized input."""
    if stride == 1:
        return nn.Conv2d(source, target, kernel, padding=kernel // 2,
                         groups=groups, bias=False)
    return nn.Conv2d(source, target, kernel, stride, groups=groups,
                     bias=False)


def _same_pad(kernel, stride):
    """What _same_conv leaves to be padded before it."""
    if stride == 1:
        return nn.Identity()
    total = kernel - stride
    before = total // 2
    after = total - before
    return nn.ZeroPad2d((before, after, before, after))


class Block(nn.Module):
    """Expand, filter each channel, project; skip where shapes allow."""

    __constants__ = ["expands", "skips"]

    def __init__(self, source, target, kernel, stride, expansion):
        super().__init__()
        width = source * expansion
        self.expands = expansion != 1
        self.skips = stride == 1 and source == target
        if self.expands:
            self._expand_conv = _pointwise(source, width)
            self._bn0 = _norm(width)
        self._pad = _same_pad(kernel, stride)
        self._depthwise_conv = _same_conv(width, width, kernel, stride,
                                          width)
        self._bn1 = _norm(width)
        self._project_conv = _pointwise(width, target)
        self._bn2 = _norm(target)
        self._act = nn.ReLU6()

    def forward(self, x):
        y = x
        if self.expands:
            y = self._act(self._bn0(self._expand_conv(y)))
        y = self._act(self._bn1(self._depthwise_conv(self._pad(y))))
        y = self._bn2(self._project_conv(y))
        return x + y if self.skips else y


class EfficientNetLite0(nn.Module):
    """float32 [N,3,224,224] to logits [N,1000]."""

    def __init__(self):
        super().__init__()
        self._pad = _same_pad(3, 2)
        self._conv_stem = _same_conv(3, STEM_CHANNELS, 3, 2)
        self._bn0 = _norm(STEM_CHANNELS)
        blocks = []
        source = STEM_CHANNELS
        for kernel, stride, expansion, target, repeats in STAGES:
            for index in range(repeats):
                blocks.append(Block(source, target, kernel,
                                    stride if index == 0 else 1, expansion))
                source = target
        self._blocks = nn.Sequential(*blocks)
        self._conv_head = _pointwise(source, HEAD_CHANNELS)
        self._bn1 = _norm(HEAD_CHANNELS)
        self._act = nn.ReLU6()
        self._fc = nn.Linear(HEAD_CHANNELS, CLASSES)

    def forward(self, x):
        x = self._act(self._bn0(self._conv_stem(self._pad(x))))
        x = self._blocks(x)
        x = self._act(self._bn1(self._conv_head(x)))
        return self._fc(x.mean((2, 3)))


def build():
    return EfficientNetLite0()


def load_state(module, state):
    """Raises RuntimeError naming keys or shapes that do not fit."""
    module.load_state_dict(state)


def network(module):
    """The module, in eval mode, as a Network with batch norms folded."""
    builder = _Builder()
    builder.conv(INPUT, "stem", module._pad, module._conv_stem, module._bn0)
    source = "stem"
    for index, block in enumerate(module._blocks):
        source = builder.block(source, f"block{index}", block)
    builder.conv(source, "head", None, module._conv_head, module._bn1)
    head = Parameters(module._fc.weight.detach(), module._fc.bias.detach())
    return Network(tuple(builder.steps), builder.parameters,
                   head).with_lead(LEAD_OUTPUT)


class _Builder:

    def __init__(self):
        self.steps = []
        self.parameters = {}

    def block(self, source, name, block):
        """Returns the name of what the block makes."""
        made = source
        if block.expands:
            made = self.conv(made, f"{name}.expand", None, block._expand_conv,
                             block._bn0)
        made = self.conv(made, f"{name}.depthwise", block._pad,
                         block._depthwise_conv, block._bn1)
        made = self.conv(made, f"{name}.project", None, block._project_conv,
                         block._bn2, relu=False)
        if not block.skips:
            return made
        self.steps.append(Add(made, source, name, relu=False))
        return name

    def conv(self, source, target, pad, conv, norm, relu=True):
        if isinstance(pad, nn.ZeroPad2d):
            before, after = pad.padding[:2]
            self.steps.append(ZeroPad(source, f"{target}.pad", before, after))
            source = f"{target}.pad"
        self.steps.append(Conv(source, target, conv.stride[0],
                               conv.padding[0], relu, conv.groups,
                               6.0 if relu else math.inf))
        self.parameters[target] = fold_batch_norm(conv, norm)
        return target
