"""What PyTorch itself answers, from the same package."""

import io

import numpy as np
import torch
from PIL import Image, ImageOps
from torchvision.transforms import CenterCrop, Resize

BATCH = 16


def preprocess(encoded, spec):
    """A uint8 array [height, width, 3]."""
    picture = ImageOps.exif_transpose(Image.open(io.BytesIO(encoded)))
    resized = Resize(spec["resize_shorter_side"])(picture.convert("RGB"))
    return np.asarray(CenterCrop((spec["height"], spec["width"]))(resized))


def inputs(batch, package, precision):
    """What the package's network is given for these encoded pictures."""
    spec = package.manifest["input"]
    pixels = np.stack([preprocess(encoded, spec) for encoded in batch])
    values = (pixels / spec["divisor"] - spec["mean"]) / spec["std"]
    tensor = torch.from_numpy(values.astype(np.float32)).permute(0, 3, 1, 2)
    if precision == "int8":
        code = package.precisions["int8"]["input"]
        tensor = torch.quantize_per_tensor(tensor, code["scale"],
                                           code["zero_point"], torch.quint8)
    return tensor.contiguous(memory_format=torch.channels_last)


@torch.inference_mode()
def probabilities(package, precision, pictures):
    """An array [pictures, classes]."""
    torch.backends.quantized.engine = "onednn"
    # Debian 13's PyTorch else compiles the network with LLVM, for minutes.
    torch._C._jit_set_profiling_mode(False)
    file = package.directory / package.precisions[precision]["file"]
    module = torch.jit.load(file, map_location="cpu").eval()
    answers = [
        module(inputs(pictures[i:i + BATCH], package, precision)).softmax(1)
        for i in range(0, len(pictures), BATCH)
    ]
    return torch.cat(answers).numpy()
