"""Any of torchvision's classifiers."""

import functools

import torchvision
from torchvision.transforms import InterpolationMode

from export import torchscript
from export.architectures import resnet18
from export.architectures.architecture import Architecture
from export.errors import ExportError
from export.input_spec import InputSpec

# What others of its models need to be told. Their weights want other inputs
# than all others, which the networks make themselves.
_OPTIONS = {name: {"init_weights": False, "transform_input": True}
            for name in ("googlenet", "inception_v3")}


def names():
    return torchvision.models.list_models(module=torchvision.models)


def _preset(name):
    """How pictures are prepared for torchvision's newest weights."""
    return torchvision.models.get_model_weights(name).DEFAULT.transforms()


def input_spec(name):
    preset = _preset(name)
    return InputSpec(255.0, tuple(preset.mean), tuple(preset.std),
                     preset.crop_size[0], preset.resize_size[0])


def _build(name, classes):
    try:
        return torchvision.models.get_model(
            name, weights=None, num_classes=classes, **_OPTIONS.get(name, {}))
    except (TypeError, ValueError) as error:
        raise ExportError(f"{name}: {error}") from error


def _load_state(module, state):
    module.load_state_dict(state)


def _notes(name):
    if _preset(name).interpolation is InterpolationMode.BILINEAR:
        return ()
    return ("torchvision's weights were trained with pictures resized by "
            f"{_preset(name).interpolation.value} interpolation; here it is "
            "bilinear",)


def architecture(name, classes, spec):
    """8 bits are tried where the network is described to the quantiser."""
    return Architecture(
        name, functools.partial(_build, name, classes), _load_state, spec,
        resnet18.network if name == "resnet18" else None,
        f"8 bits are not attempted for {name}",
        freeze=torchscript.freeze_traced, notes=_notes(name))
