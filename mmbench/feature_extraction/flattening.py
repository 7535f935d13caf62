"""Bring any decoded picture upright, to eight bits a channel, on white."""

from __future__ import annotations

import struct
import warnings
import zlib
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from mmbench.errors import DataWarning

__all__ = ["DECODE_ERRORS", "ImageMode", "flatten", "in_eight_bits"]

ImageMode: TypeAlias = Literal["RGB", "L"]

# What Pillow's decoders raise on files that are broken or hostile.
DECODE_ERRORS = (
    ArithmeticError,
    AttributeError,
    Image.DecompressionBombError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def flatten(image: Image.Image, mode: ImageMode) -> Image.Image:
    """Bring a picture upright, to eight bits, on white, and into the mode.

    Parameters
    ----------
    image : Image
        In any of Pillow's modes, perhaps with transparency or an EXIF orientation.
    mode : ImageMode
        Grey or colour.

    Returns
    -------
    Image
        A picture in that mode, without transparency.
    """
    image = _upright(image)
    if image.mode == "F" or image.mode.startswith("I"):
        image = Image.fromarray(in_eight_bits(np.asarray(image)))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    if image.mode not in {"RGB", "L"}:
        image = image.convert("RGB")  # not every mode knows a direct way to grey
    return image.convert(mode)


def _upright(image: Image.Image) -> Image.Image:
    image.load()
    try:
        return ImageOps.exif_transpose(image)
    except DECODE_ERRORS:  # broken metadata is no reason to lose the picture
        return image.copy()


def in_eight_bits(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Scale pixels as `_to_eight_bits` does, and warn where nothing is left of them.

    Parameters
    ----------
    pixels : ndarray
        Of any shape; integers of up to 16 bits, or floats from 0 to 1.

    Returns
    -------
    ndarray of uint8
        The scaled pixels, in the same shape.
    """
    shallow = _to_eight_bits(pixels)
    if shallow.size and shallow.min() == shallow.max() and pixels.min() < pixels.max():
        warnings.warn(
            f"a picture with values from {pixels.min():g} to {pixels.max():g} is of "
            "one colour in 8 bits: of 16 bits the upper 8 count, of floating-point "
            "pixels those from 0 to 1; scale its values to 0 to 255.",
            DataWarning,
            stacklevel=1,
        )
    return shallow


def _to_eight_bits(array: NDArray[Any]) -> NDArray[np.uint8]:
    """Scale to 0..255: floats from 0..1, wider integers from 0..65535."""
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    if array.dtype == bool:
        return np.where(array, np.uint8(255), np.uint8(0))
    if array.dtype.kind == "f":
        unit = np.clip(np.nan_to_num(array), 0, 1)
        array = np.rint(unit * 255)
    else:
        array = np.clip(array, 0, 65535) >> 8
    return array.astype(np.uint8)
