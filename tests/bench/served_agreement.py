#!/usr/bin/python3
"""How the served precisions agree with fp32 on the shared pictures.

usage: tests/bench/served_agreement.py [--save FILE] [--precision fp32 ...]
       tests/bench/served_agreement.py --compare FILE FILE

Asks a server of each model and precision for all 500 pictures, and PyTorch
for the same package. bf16 wants a CPU that has it. Needs what the end-to-end tests need. --compare says how
far what was saved twice is apart: by two releases, or of two packages.
"""

import argparse
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
          "efficientnet_lite0": ("fp32", "bf16", "int8")}


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


def compare(ours, theirs):
    for name in ours:
        a, b = ours[name], theirs[name]
        print(f"{name}: probabilities at most {np.abs(a - b).max():.2g} apart, "
              f"{np.sum(a.argmax(1) != b.argmax(1))} of {len(a)} pictures with "
              "another first class")


def measure(wanted):
    """The probabilities by what gave them, of the precisions wanted."""
    found = {}
    shared = pictures.shared_pictures(every=1)
    encoded = [picture.encoded for picture in shared]
    classes = np.array([picture.class_index for picture in shared])
    for name, precisions in MODELS.items():
        package = packages.find_package(name)
        fp32 = torch_reference.probabilities(package, "fp32", encoded)
        found[f"{name} fp32 by PyTorch"] = fp32
        if "int8" in package.precisions:
            found[f"{name} int8 by PyTorch"] = torch_reference.probabilities(
                package, "int8", encoded)
        with tempfile.TemporaryDirectory() as folder:
            for precision in (each for each in precisions if each in wanted):
                found[f"{name} {precision} served"] = served(
                    package, precision, encoded, pathlib.Path(folder))
        for what in (each for each in found if each.startswith(f"{name} ")):
            report(what, found[what], fp32, classes)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", help="keep the probabilities in this .npz")
    parser.add_argument("--compare", nargs=2)
    parser.add_argument("--precision", nargs="+",
                        default=["fp32", "bf16", "int8"])
    args = parser.parse_args()
    if args.compare:
        return compare(*map(np.load, args.compare))
    found = measure(args.precision)
    if args.save:
        np.savez(args.save, **found)


if __name__ == "__main__":
    main()
