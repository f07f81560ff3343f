#!/usr/bin/python3
"""What --jpeg_decode=fast changes, and what it saves, on large photographs.

Enlarges every picture of a folder (Lanczos) so that its shorter side has 1100,
1600, 2200 or 3000 pixels in turn, saves it as a JPEG of quality 90, and compares
the model's first class and the time of both ways of decoding. Needs the build's
targets wanwu-preprocess and wanwu-decode-timer, and a model package.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

import numpy as np
import torch
from PIL import Image

from decode_timer import DecodeTimer, pictures_of

SHORTER_SIDES = (1100, 1600, 2200, 3000)
ROUNDS = 3


def enlarge(source, shorter_side, target):
    image = Image.open(source).convert("RGB")
    scale = shorter_side / min(image.size)
    size = tuple(max(shorter_side, round(side * scale)) for side in image.size)
    image.resize(size, Image.Resampling.LANCZOS).save(target, quality=90)


def tensor(program, file, way, folder):
    subprocess.run([program, file, "--output_dir", folder / way,
                    f"--jpeg_decode={way}"], check=True)
    return np.load(folder / way / (file.name + ".npy"))


class Model:
    """The fp32 model of a package."""

    def __init__(self, package):
        manifest = json.loads((package / "manifest.json").read_text())
        values = manifest["input"]
        self._mean = torch.tensor(values["mean"])
        self._std = torch.tensor(values["std"])
        torch._C._jit_set_profiling_mode(False)
        self._module = torch.jit.load(str(package / "model.fp32.pt"))

    def best_class(self, pixels):
        values = (torch.from_numpy(pixels) / 255 - self._mean) / self._std
        with torch.no_grad():
            logits = self._module(values.permute(2, 0, 1)[None])
        return int(logits.argmax())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--bin", type=pathlib.Path, default="build/release/bin")
    parser.add_argument("--package", type=pathlib.Path,
                        default="models/resnet18/1")
    arguments = parser.parse_args()
    files = pictures_of(arguments.folder)
    torch.set_num_threads(1)
    model = Model(arguments.package)
    timers = {way: DecodeTimer(arguments.bin / "wanwu-decode-timer", way)
              for way in ("exact", "fast")}
    rows = {side: [] for side in SHORTER_SIDES}
    for index, source in enumerate(files):
        side = SHORTER_SIDES[index % len(SHORTER_SIDES)]
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            file = folder / "picture.jpg"
            enlarge(source, side, file)
            pixels = {way: tensor(arguments.bin / "wanwu-preprocess", file, way,
                                  folder) for way in timers}
            times = np.min([[timer.milliseconds(file)
                             for timer in timers.values()]
                            for _ in range(ROUNDS)], axis=0)
        same = len({model.best_class(values)
                    for values in pixels.values()}) == 1
        differs = np.abs(pixels["exact"].astype(int) - pixels["fast"]).mean()
        rows[side].append((same, differs, *times))
    for timer in timers.values():
        timer.close()
    print("shorter side  pictures  same class  mean difference  exact ms  "
          "fast ms")
    for side, values in rows.items():
        same, differs, exact, fast = np.mean(values, axis=0)
        print(f"{side:12}  {len(values):8}  {same:9.1%}  {differs:15.2f}  "
              f"{exact:8.2f}  {fast:7.2f}")


if __name__ == "__main__":
    main()
