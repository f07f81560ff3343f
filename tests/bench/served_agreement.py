#!/usr/bin/python3
"""How the served precisions agree with fp32 on the shared pictures.

usage: WANWU_PROTO_PY=build/release/python tests/bench/served_agreement.py

Asks a server of each model and precision for all 500 pictures, and PyTorch
for the same package. Needs what the end-to-end tests need.
"""

import pathlib
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).parents[1] / "integration"))

import numpy as np  # noqa: E402

import packages  # noqa: E402
import pictures  # noqa: E402
import torch_reference  # noqa: E402
from calls import classify, probabilities  # noqa: E402
from server_process import ServerProcess  # noqa: E402

MODELS = {"resnet18": ("fp32", "bf16", "int8"),
          "efficientnet_lite0": ("fp32", "bf16")}


def served(package, precision, encoded, folder):
    server = ServerProcess(
        f"--model_repository="
        f"{packages.repository_of(folder / precision, package)}",
        f"--state_dir={folder / 'state'}", f"--precision={precision}")
    try:
        server.wait_until_serving()
        answers = [probabilities(classify(server.classifier, picture))
                   for picture in encoded]
        server.stop()
        return np.stack(answers)
    finally:
        server.close()


def centred_logits(answers):
    logits = np.log(np.maximum(answers, 1e-30))
    return logits - logits.mean(1, keepdims=True)


def report(what, answers, fp32, classes):
    difference = centred_logits(answers) - centred_logits(fp32)
    first = answers.argmax(1)
    print(f"{what}: top-1 {100 * (first == classes).mean():.1f} %, same as fp32 "
          f"{100 * (first == fp32.argmax(1)).mean():.1f} %, logits' rms "
          f"difference {np.sqrt((difference ** 2).mean()):.3f}", flush=True)


def main():
    shared = pictures.shared_pictures()
    encoded = [picture.encoded for picture in shared]
    classes = np.array([picture.class_index for picture in shared])
    for name, precisions in MODELS.items():
        package = packages.find_package(name)
        fp32 = torch_reference.probabilities(package, "fp32", encoded)
        if "int8" in package.precisions:
            report(f"{name} int8 by PyTorch",
                   torch_reference.probabilities(package, "int8", encoded),
                   fp32, classes)
        with tempfile.TemporaryDirectory() as folder:
            for precision in precisions:
                answers = served(package, precision, encoded,
                                 pathlib.Path(folder))
                report(f"{name} {precision} served", answers, fp32, classes)


if __name__ == "__main__":
    main()
