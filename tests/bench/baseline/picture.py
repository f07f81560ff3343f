"""From JPEG to the model's input, the fastest way from Python's packages."""

import numpy
import simplejpeg
from PIL import Image

SIDE = 224
# Of the resized picture, of which the middle is taken.
SHORTER_SIDE = 256


def crop_box(width, height):
    """The part of a picture that becomes the input, in its own pixels."""
    side = min(width, height) * SIDE / SHORTER_SIDE
    left, top = (width - side) / 2, (height - side) / 2
    return left, top, left + side, top + side


def decode(jpeg):
    """uint8 [224,224,3]."""
    pixels = simplejpeg.decode_jpeg(jpeg, "RGB")
    picture = Image.fromarray(pixels)
    # Only what the crop needs is resized.
    return numpy.asarray(
        picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR,
                       crop_box(picture.width, picture.height)))
