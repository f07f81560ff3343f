"""What may be given as a picture, and the bytes that are sent for it."""

from __future__ import annotations

import io
import os
import pathlib
from typing import TYPE_CHECKING, Any, Protocol, Union

import grpc

from . import _fetch
from .errors import UnreadablePicture

if TYPE_CHECKING:
    import PIL.Image


class Pixels(Protocol):
    """numpy's arrays and Pillow's images have it, and what is like them."""

    @property
    def __array_interface__(self) -> dict[str, Any]: ...


# Encoded bytes (JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, HEIC), a path, a URL
# (http or https), or pixels.
Picture = Union[bytes, bytearray, memoryview, str, "os.PathLike[str]", Pixels]


def encoded(picture: Picture) -> bytes:
    """Files and bytes go as they are, pixels as PNG, which loses nothing;
    what a URL names is fetched here.

    Arrays are uint8: [height, width] grey, [height, width, 3] RGB, or
    [height, width, 4] RGBA, whose alpha is ignored as the server does.
    """
    try:
        if isinstance(picture, (bytes, bytearray, memoryview)):
            return bytes(picture)
        if isinstance(picture, str) and _fetch.is_url(picture):
            return _fetch.fetched(picture)
        if isinstance(picture, (str, os.PathLike)):
            return pathlib.Path(picture).read_bytes()
        return _png(_image(picture))
    except (OSError, TypeError, ValueError) as error:
        raise UnreadablePicture(grpc.StatusCode.INVALID_ARGUMENT, str(error),
                                "PICTURE_UNREADABLE") from error


def _image(picture: Any) -> PIL.Image.Image:
    import PIL.Image
    import PIL.ImageOps
    if isinstance(picture, PIL.Image.Image):
        # As the server turns files.
        return PIL.ImageOps.exif_transpose(picture) or picture
    if not hasattr(picture, "__array_interface__"):
        raise TypeError(f"{type(picture).__name__} is not a picture: give "
                        "bytes, a path, a numpy array or a PIL.Image")
    if picture.dtype != "uint8" or picture.shape[2:] not in ((), (3,), (4,)):
        raise ValueError(f"an array of {picture.dtype}{list(picture.shape)} "
                         "is not a picture: give uint8 [height, width], "
                         "[height, width, 3] or [height, width, 4]")
    return PIL.Image.fromarray(picture)


def _png(image: PIL.Image.Image) -> bytes:
    plain = image.convert("RGB")
    plain.info.clear()
    out = io.BytesIO()
    plain.save(out, "PNG", compress_level=1)
    return out.getvalue()
