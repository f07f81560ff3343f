"""What wanwu-preprocess must give: Debian's Pillow and torchvision."""

import io
import warnings

import numpy as np
import PIL
from PIL import Image, ImageOps
from torchvision.transforms import CenterCrop, Resize

# Debian 12's and Debian 13's. Where they differ, Wanwu does on both releases
# what the newer one does; docs/platforms.md lists it.
OLDER = "9.4"
NEWER = "11.1"
PILLOW = ".".join(PIL.__version__.split(".")[:2])
assert PILLOW in (OLDER, NEWER), (
    f"the reference is Pillow {OLDER} or {NEWER}, not {PIL.__version__}")
# Wanwu's limits are its own.
Image.MAX_IMAGE_PIXELS = None


def tensor(encoded):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picture = ImageOps.exif_transpose(Image.open(io.BytesIO(encoded)))
        picture = picture.convert("RGB")
    return np.asarray(CenterCrop(224)(Resize(256)(picture)))


def tensor_or_none(encoded):
    """None where Image.open() or load() refuse. What is wrong with an
    orientation only leaves the picture as it is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(encoded))
            picture.load()
    except Exception:  # Of many types.
        return None
    try:
        picture = ImageOps.exif_transpose(picture)
    except Exception:
        pass
    return np.asarray(CenterCrop(224)(Resize(256)(picture.convert("RGB"))))
