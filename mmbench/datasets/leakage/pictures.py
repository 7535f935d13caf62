"""Small copies of images, by which equal and nearly equal ones are found."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

__all__ = ["Small", "nearly_equal_images", "small_copies"]

_SIDE, _DRAFT = 16, (64, 64)
# JPEG keeps brightness better than colours.
_CHANNELS = np.array([1, 0.25, 0.25], dtype=np.float32)
_SHAPE = 3 * _SIDE**2
_MOST_PIXELS = 4_000_000
# How far two thumbnails may be apart, as a share of the picture's own contrast, and the
# least contrast (of 255) that a picture needs to be told from others of one colour.
_DISTANCE, _CONTRAST = 0.1, 4.0


def _opened(cell: Any) -> Image | None:
    """Open an image without reading its pixels; None where there is none."""
    from PIL import Image

    if cell is None:
        return None
    try:
        if isinstance(cell, Image.Image):
            return cell.copy()
        if isinstance(cell, np.ndarray):
            return Image.fromarray(cell)
        source = io.BytesIO(cell) if isinstance(cell, bytes) else Path(cell)
        return Image.open(source)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, loading has told
        return None


class Small(NamedTuple):
    """A small copy of an image, and what the image was.

    Attributes
    ----------
    pixels : ndarray of shape (768,), float32
        Brightness and colours of 16 by 16 pixels; zeros where they can't be read.
    size : tuple of (int, int)
        Width and height; zeros where there is no image.
    format : str
        Of file and pixels, such as ``"PNG RGB"``.
    """

    pixels: NDArray[np.float32]
    size: tuple[int, int]
    format: str


def small_copies(cells: Sequence[Any]) -> list[Small]:
    """Return small copies of images, several read at a time.

    Parameters
    ----------
    cells : sequence of str, bytes, PIL image, ndarray or None
        Cells of an image column.

    Returns
    -------
    list of Small
        One a cell.
    """
    # Around the threads, since filters of warnings are the whole process's.
    with warnings.catch_warnings(), ThreadPoolExecutor(4) as pool:
        warnings.simplefilter("ignore")
        return list(pool.map(_small, cells))


def _small(cell: Any) -> Small:
    image = _opened(cell)
    if image is None:
        return Small(np.zeros(_SHAPE, dtype=np.float32), (0, 0), "")
    with image:
        size, kind = image.size, f"{image.format} {image.mode}"
        return Small(_pixels(image), size, kind)


def _pixels(image: Image) -> NDArray[np.float32]:
    from PIL import Image

    nothing = np.zeros(_SHAPE, dtype=np.float32)
    try:
        image.draft("RGB", _DRAFT)
        if image.width * image.height > _MOST_PIXELS:
            return nothing
        small = image.convert("RGB").resize(
            (_SIDE, _SIDE), Image.Resampling.BOX, reducing_gap=2.0
        )
        pixels = np.asarray(small.convert("YCbCr"), dtype=np.float32) - 128
        return (pixels * _CHANNELS).reshape(-1)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, loading has told
        return nothing


def nearly_equal_images(copies: Sequence[Small]) -> list[tuple[int, int]]:
    """Return the pairs of images that are equal but for how they are saved.

    Parameters
    ----------
    copies : sequence of Small
        One an image.

    Returns
    -------
    list of (int, int)
        Pairs of row numbers, the first below the second.
    """
    small = np.stack([copy.pixels for copy in copies])
    channels = small.reshape(len(small), -1, len(_CHANNELS))
    centred = channels - channels.mean(axis=1, keepdims=True)
    lengths = np.sqrt((centred**2).mean(axis=(1, 2)))
    rows = np.flatnonzero(lengths >= _CONTRAST)
    unit = small[rows]
    squares = (unit**2).sum(axis=1)
    pairs: list[tuple[int, int]] = []
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        apart = squares[block, None] + squares[None] - 2 * unit[block] @ unit.T
        scale = (_DISTANCE * lengths[rows]) ** 2 * small.shape[1]
        near = apart <= np.minimum(scale[block, None], scale[None])
        first, second = np.nonzero(near)
        first += start
        upper = first < second
        pairs += zip(
            rows[first[upper]].tolist(), rows[second[upper]].tolist(), strict=True
        )
    return pairs


_BLOCK = 512
