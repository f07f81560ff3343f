"""What wanwu-preprocess must give: Debian's Pillow and torchvision."""

import io
import warnings

import numpy as np
from PIL import Image, ImageOps
from torchvision.transforms import CenterCrop, Resize


def tensor(encoded):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picture = ImageOps.exif_transpose(Image.open(io.BytesIO(encoded)))
        picture = picture.convert("RGB")
    return np.asarray(CenterCrop(224)(Resize(256)(picture)))
