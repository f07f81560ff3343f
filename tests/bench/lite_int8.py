#!/usr/bin/python3
"""EfficientNet-Lite0 in int8, by how much of it stays in float.

usage: lite_int8.py WEIGHTS [PICTURES…]

Crops of build/deps/calibration, then each folder of PICTURES, are judged
as an export does: each half by the calibration of the other.
noise: of the logits, in dB of their variance.
"""

import math
import pathlib
import sys

import torch

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from export import accuracy, compute, graph  # noqa: E402
from export.architectures import efficientnet_lite0 as lite0  # noqa: E402
from export.calibrate import BATCH  # noqa: E402
from export.crops import load_crops  # noqa: E402
from export.int8 import CrossValidation  # noqa: E402
from export.pictures import load_pictures  # noqa: E402
from export.progress import Progress  # noqa: E402
from export.quantised_network import ENGINE  # noqa: E402

LEADS = (None, "stem", "block0.depthwise", "block0.project", "block1.project")
SPEC = lite0.INPUT_SPEC


def float_network(weights):
    module = lite0.build()
    lite0.load_state(module, torch.load(weights, map_location="cpu"))
    return lite0.network(module.eval())


def judge(network, pictures, progress):
    validation = CrossValidation(network, SPEC, pictures.pixels, progress)
    wanted = torch.cat([graph.run_float(network, SPEC.normalise(part))
                        for part in pictures.pixels.split(BATCH)])
    fp32 = accuracy.measure(wanted, pictures.classes)
    print(f"{pictures.description}; fp32: {fp32}", flush=True)
    for target in LEADS:
        got = validation.judge(network.with_lead(target))
        noise = (got - wanted).square().mean() / wanted.var()
        judged = accuracy.measure(got, pictures.classes, wanted)
        print(f"  float until {target}: {judged}, "
              f"noise {10 * math.log10(noise):.1f} dB", flush=True)


@torch.inference_mode()
def main():
    compute.use_all_cpus()
    compute.keep_freed_memory()
    torch.backends.quantized.engine = ENGINE
    network = float_network(sys.argv[1])
    progress = Progress()
    judge(network, load_crops(ROOT / "build/deps/calibration", SPEC, progress),
          progress)
    for folder in sys.argv[2:]:
        judge(network, load_pictures(pathlib.Path(folder), SPEC, progress),
          progress)


if __name__ == "__main__":
    main()
