"""ResNet-18 (He et al., 2015) in torchvision's key layout."""

import torchvision

from export.folding import fold_batch_norm
from export.graph import INPUT, Add, Conv, MaxPool, Network, Parameters
from export.input_spec import IMAGENET_MEAN, IMAGENET_STD, InputSpec

INPUT_SPEC = InputSpec(255.0, IMAGENET_MEAN, IMAGENET_STD)


def build():
    return torchvision.models.resnet18()


def load_state(module, state):
    """Raises RuntimeError naming keys or shapes that do not fit."""
    module.load_state_dict(state)


def network(module):
    """The module, in eval mode, as a Network with batch norms folded."""
    steps = [
        Conv(INPUT, "stem", 2, 3, relu=True),
        MaxPool("stem", "pool", 3, 2, 1),
    ]
    parameters = {"stem": fold_batch_norm(module.conv1, module.bn1)}
    source = "pool"
    for stage in ("layer1", "layer2", "layer3", "layer4"):
        for index, block in enumerate(getattr(module, stage)):
            name = f"{stage}.{index}"
            steps += _block_steps(name, source, block)
            parameters.update(_block_parameters(name, block))
            source = name
    head = Parameters(module.fc.weight.detach(), module.fc.bias.detach())
    return Network(tuple(steps), parameters, head)


def _block_steps(name, source, block):
    stride = block.conv1.stride[0]
    steps = [
        Conv(source, f"{name}.conv1", stride, 1, relu=True),
        Conv(f"{name}.conv1", f"{name}.conv2", 1, 1, relu=False),
    ]
    identity = source
    if block.downsample is not None:
        identity = f"{name}.downsample"
        steps.append(Conv(source, identity, stride, 0, relu=False))
    return steps + [Add(f"{name}.conv2", identity, name, relu=True)]


def _block_parameters(name, block):
    parameters = {
        f"{name}.conv1": fold_batch_norm(block.conv1, block.bn1),
        f"{name}.conv2": fold_batch_norm(block.conv2, block.bn2),
    }
    if block.downsample is not None:
        parameters[f"{name}.downsample"] = fold_batch_norm(*block.downsample)
    return parameters
