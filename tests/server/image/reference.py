"""What wanwu-preprocess must give: Pillow 9.4 and torchvision."""

import io
import warnings

import numpy as np
import PIL
from PIL import Image, ImageOps
from torchvision.transforms import CenterCrop, Resize

assert PIL.__version__ == "9.4.0", f"the reference is Pillow 9.4, not {PIL.__version__}"


def tensor(encoded):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picture = ImageOps.exif_transpose(Image.open(io.BytesIO(encoded)))
        picture = picture.convert("RGB")
    return np.asarray(CenterCrop(224)(Resize(256)(picture)))
