"""Torchvision's classifiers as packages, and what PyTorch answers for them."""

import contextlib
import dataclasses
import sys
import types

import numpy as np
import torch
import torchvision

import torch_reference
from calls import classify_concurrently, probabilities
from environment import REPO
from packages import Package
from server_process import ServerProcess

sys.path.append(str(REPO / "tools"))

from export import cli  # noqa: E402
from export.input_spec import IMAGENET_MEAN, IMAGENET_STD  # noqa: E402

# A user's own: ResNet-18 with classes of its own, as a TorchScript file.
OWN_CLASSES = "resnet18_seven_classes"

QUICK = ("mobilenet_v3_small", "regnet_y_400mf")
ALL = ("resnet18", "resnet50", "resnext50_32x4d", "mobilenet_v2",
       "mobilenet_v3_small", "mobilenet_v3_large", "densenet121",
       "efficientnet_b0", "regnet_x_400mf", "regnet_y_400mf", "convnext_tiny",
       "vit_b_16", OWN_CLASSES)

_LABELS = REPO / "tools/labels/imagenet1k.tsv"
_COLOURS = ("blue", "brown", "green", "orange", "pink", "white", "yellow")
# What the logits of one class are apart, from picture to picture.
_SPREAD = 3
# What all of them are given.
_INPUT = {"width": 224, "height": 224, "resize_shorter_side": 256,
          "divisor": 255.0, "mean": IMAGENET_MEAN, "std": IMAGENET_STD}


@dataclasses.dataclass(frozen=True)
class Exported:
    """A package, and the module that it was made of."""

    package: Package
    module: torch.nn.Module

    @torch.inference_mode()
    def answers(self, encoded):
        """PyTorch's probabilities, an array [pictures, classes]."""
        inputs = torch_reference.inputs(encoded, self.package, "fp32")
        logits = self.module(inputs)
        several = self.package.manifest["scores"] == "sigmoid"
        return (logits.sigmoid() if several else logits.softmax(1)).numpy()


def export(name, folder, encoded, *options):
    """A package of the network below `folder`, with random weights that tell
    these pictures apart. `options`: more of the exporter's."""
    own = name == OWN_CLASSES
    torch.manual_seed(0)
    module = torchvision.models.get_model(
        "resnet18" if own else name, weights=None,
        num_classes=len(_COLOURS) if own else 1000).eval()
    _tell_apart(module, encoded)
    folder.mkdir(exist_ok=True)
    if own:
        made_of = _script(module, folder)
    else:
        torch.save(module.state_dict(), folder / "weights.pth")
        made_of = ["--torchvision", name, "--weights", folder / "weights.pth",
                   "--labels", _LABELS]
    with _unjudged():
        code = cli.main([str(word) for word in [
            *made_of, "--name", name, "--output", folder / "models",
            *options]])
    assert code == 0
    return Exported(Package(folder / "models" / name / "1"), module)


def _script(module, folder):
    torch.jit.script(module).save(str(folder / "own.pt"))
    (folder / "labels.txt").write_text("\n".join(_COLOURS))
    return ["--torchscript", folder / "own.pt", "--labels",
            folder / "labels.txt"]


@contextlib.contextmanager
def _unjudged():
    """Random weights are not worth judging in other precisions."""
    photographs = cli.DEFAULT_PHOTOGRAPHS
    cli.DEFAULT_PHOTOGRAPHS = REPO / "nonesuch"
    try:
        yield
    finally:
        cli.DEFAULT_PHOTOGRAPHS = photographs


@torch.no_grad()
def _tell_apart(module, encoded):
    """Gives batch norms these pictures' statistics, and spreads the logits:
    networks with fresh weights answer alike whatever the picture."""
    norms = [each for each in module.modules()
             if isinstance(each, torch.nn.BatchNorm2d)]
    batch = torch_reference.inputs(
        encoded, types.SimpleNamespace(manifest={"input": _INPUT}), "fp32")
    for norm in norms:
        norm.train().momentum = 1.0
    module(batch)
    module.eval()
    last = [each for each in module.modules()
            if isinstance(each, torch.nn.Linear)][-1]
    # Torchvision's vision transformer has zeros there.
    torch.nn.init.normal_(last.weight)
    logits = module(batch)
    mean = logits.mean(0)
    factor = _SPREAD / (logits - mean).std()
    last.bias -= mean
    last.weight *= factor
    last.bias *= factor


@dataclasses.dataclass(frozen=True)
class Agreement:
    """`own_operators` of `operators` run on our own layers."""

    own_operators: int
    operators: int
    pictures: int
    same_class: int
    largest_difference: float


@contextlib.contextmanager
def serving(exported, folder):
    """A server of just this package."""
    server = ServerProcess(
        f"--model_repository={exported.package.directory.parent.parent}",
        f"--state_dir={folder / 'state'}", "--precision=fp32")
    try:
        yield server.wait_until_serving()
        server.stop()
    finally:
        server.close()


def agreement(exported, server, encoded):
    """How far what is served is from what PyTorch answers."""
    ready = server.log.wait_for("model_ready")
    wanted = exported.answers(encoded)
    got = np.stack([probabilities(answer) for answer in
                    classify_concurrently(server.classifier, encoded)])
    return Agreement(ready["own_operators"], ready["operators"], len(encoded),
                     int((got.argmax(1) == wanted.argmax(1)).sum()),
                     float(np.abs(got - wanted).max()))
