"""ResNet-18 in 8 bits, calibrated with crops of Debian's photographs, on the
shared pictures."""

import pathlib

import pytest
import torch

from export import accuracy, int8, pictures, torchscript
from export.architectures.catalogue import ARCHITECTURES
from export.crops import load_crops
from export.exact import ExactNetwork
from export.exporting import build_module
from export.progress import Progress
from export.weights import Search, find_weights

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SHARED = ROOT.parent / "shared"
WEIGHTS = SHARED / "models/resnet18-imagenet1k/resnet18.pth"
# Of some ten pictures in 500 that change their answer, as many become right as
# wrong, give or take three: docs/model-package.md.
CHANCE = 0.01
PHOTOGRAPHS = ROOT / "build/deps/calibration"


@pytest.mark.skipif(not WEIGHTS.is_file() or not (SHARED / "images").is_dir(),
                    reason="shared ResNet-18 weights or pictures are missing")
@pytest.mark.skipif(not PHOTOGRAPHS.is_dir(),
                    reason="make setup could not fetch the photographs")
@torch.inference_mode()
def test_answers_as_fp32_on_pictures_of_another_kind(tmp_path):
    architecture = ARCHITECTURES["resnet18"]
    progress = Progress()
    module = build_module(architecture, find_weights(
        "resnet18", Search(WEIGHTS, ROOT, tmp_path), progress))
    crops = load_crops(PHOTOGRAPHS, architecture.input_spec, progress)
    quantised = int8.make_int8(architecture.network(module),
                               architecture.input_spec, crops.pixels,
                               progress).model
    judges = pictures.load_pictures(SHARED / "images",
                                    architecture.input_spec, progress)
    full, coarse = [], []
    frozen = torchscript.freeze_scripted(module)
    answer = ExactNetwork(quantised)
    for part in judges.pixels.split(50):
        values = architecture.input_spec.normalise(part)
        full.append(frozen(values))
        coarse.append(answer(values))
    fp32 = accuracy.measure(torch.cat(full), judges.classes)
    judged = accuracy.measure(torch.cat(coarse), judges.classes,
                              torch.cat(full))
    print(f"fp32: {fp32}; int8 calibrated with crops: {judged}")
    assert judged.agreement >= accuracy.MIN_AGREEMENT
    assert fp32.top1 - judged.top1 <= accuracy.MAX_TOP1_LOSS + CHANCE
