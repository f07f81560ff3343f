#!/usr/bin/python3
"""How long the service takes for decode + preprocess, over Pillow's time.

Every picture of a folder goes through both in turn, several times; the least
time of each counts. Both get the bytes in memory and give 224 x 224 pixels.
Needs the build's target wanwu-decode-timer.
"""

import argparse
import io
import pathlib
import sys
import time

import numpy as np
import PIL
from PIL import Image

from decode_timer import DecodeTimer, pictures_of

RESIZED, CROPPED = 256, 224


def resize_and_crop(image):
    """The pixels of torchvision's CenterCrop(224)(Resize(256)(image))."""
    width, height = image.size
    if width <= height:
        size = RESIZED, int(RESIZED * height / width)
    else:
        size = int(RESIZED * width / height), RESIZED
    left, top = (round((side - CROPPED) / 2) for side in size)
    return image.resize(size, Image.Resampling.BILINEAR).crop(
        (left, top, left + CROPPED, top + CROPPED))


def pillow_milliseconds(encoded):
    """Decode; resize and crop."""
    begin = time.perf_counter()
    image = Image.open(io.BytesIO(encoded)).convert("RGB")
    decoded = time.perf_counter()
    np.asarray(resize_and_crop(image))
    end = time.perf_counter()
    return (decoded - begin) * 1e3, (end - decoded) * 1e3


def measure(files, rounds, timer):
    """Rows of [Pillow's decode, its resize, ours], one for each file."""
    least = np.full((len(files), 3), np.inf)
    for index, file in enumerate(files):
        encoded = file.read_bytes()
        for _ in range(rounds):
            times = (*pillow_milliseconds(encoded), timer.milliseconds(file))
            least[index] = np.minimum(least[index], times)
    return least


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--program", default="build/release/bin/"
                        "wanwu-decode-timer")
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    files = pictures_of(arguments.folder)
    if not files:
        sys.exit(f"no pictures in {arguments.folder}")
    timer = DecodeTimer(arguments.program)
    least = measure(files, arguments.rounds, timer)
    timer.close()
    decode, resize, ours = least.mean(axis=0)
    print(f"{len(files)} pictures, the least of {arguments.rounds} times each, "
          f"ms per picture")
    print(f"Pillow {PIL.__version__}  {decode + resize:.3f}  "
          f"(decode {decode:.3f}, resize and crop {resize:.3f})")
    print(f"Wanwu         {ours:.3f}")
    print(f"ratio         {ours / (decode + resize):.3f}")


if __name__ == "__main__":
    main()
