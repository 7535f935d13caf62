"""What is left of pictures of more than eight bits where extractors see them in eight.

Extractors keep the upper eight of sixteen bits, and take floating-point pixels from 0
to 1. Cameras and scanners of 10 to 14 bits, masks of small numbers and floats up to
255 lose most of their content by that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

__all__ = ["CUT_OFF", "FEW_SHADES", "ONE_COLOUR", "is_deep", "lost_in_eight_bits"]

ONE_COLOUR = "are of one colour"
FEW_SHADES = "keep 16 shades or fewer"
CUT_OFF = "have over 1 % of their pixels cut off"

_FEW = 16
_FEW_PIXELS = 0.01
# Levels are counted in this many pixels at most, spread over the picture.
_MOST_PIXELS = 1_000_000


def is_deep(image: Image) -> bool:
    """Return whether an opened picture, not yet decoded, has more than eight bits.

    Parameters
    ----------
    image : Image
        Opened by Pillow.

    Returns
    -------
    bool
        Whether decoding to eight bits may lose shades.
    """
    if image.mode == "F" or image.mode.startswith("I"):
        return True
    # Pillow itself drops the lower bits of colours.
    return any(
        "16" in str(part)
        for tile in getattr(image, "tile", ())
        for part in (tile[3] if isinstance(tile[3], tuple) else (tile[3],))
    )


def lost_in_eight_bits(image: Image) -> str:
    """Return what becomes of a deep picture, decoded, in eight bits; empty if no harm.

    Parameters
    ----------
    image : Image
        Decoded by Pillow, in any mode.

    Returns
    -------
    str
        A predicate, to be read behind "pictures".

    Examples
    --------
    >>> from PIL import Image
    >>> shades = np.arange(256, dtype=np.uint16).reshape(16, 16)
    >>> lost_in_eight_bits(Image.fromarray(shades))
    'are of one colour'
    >>> lost_in_eight_bits(Image.fromarray(shades * 16))
    'keep 16 shades or fewer'
    >>> lost_in_eight_bits(Image.fromarray(shades * 256))
    ''
    """
    pixels = np.asarray(image)
    if pixels.dtype == np.uint8:
        flat = (pixels == pixels[:1, :1]).all()
        return ONE_COLOUR if flat and pixels.size else ""
    pixels = pixels.ravel()[:: -(-pixels.size // _MOST_PIXELS)]
    n_before, n_after = len(np.unique(pixels)), len(np.unique(_eight_bits(pixels)))
    if n_after == 1 < n_before:
        return ONE_COLOUR
    if n_after <= _FEW and n_after < n_before:
        return FEW_SHADES
    highest = 1 if pixels.dtype.kind == "f" else 65535
    beyond = np.mean((pixels < 0) | (pixels > highest))
    return CUT_OFF if beyond > _FEW_PIXELS else ""


def _eight_bits(pixels: NDArray[Any]) -> NDArray[Any]:
    if pixels.dtype.kind == "f":
        return np.asarray(np.rint(np.clip(np.nan_to_num(pixels), 0, 1) * 255))
    return np.asarray(np.clip(pixels, 0, 65535) >> 8)
