"""The architectures that the project serves by default."""

from export.architectures import efficientnet_lite0, resnet18
from export.architectures.architecture import Architecture

ARCHITECTURES = {
    "resnet18": Architecture("resnet18", resnet18.build, resnet18.load_state,
                             resnet18.INPUT_SPEC, resnet18.network),
    "efficientnet_lite0": Architecture(
        "efficientnet_lite0", efficientnet_lite0.build,
        efficientnet_lite0.load_state, efficientnet_lite0.INPUT_SPEC,
        efficientnet_lite0.network),
}
