"""Open any image reference as a PIL image of eight bits a channel.

A reference is a path, encoded bytes, a PIL image or an array. Whatever it holds is
brought to ``"RGB"`` or ``"L"`` by fixed rules: the EXIF rotation is applied,
transparent pixels lie on white, 16-bit values keep their upper eight bits, and of an
animation the first frame counts. Colour profiles are ignored, as torchvision ignores
them.

What can't be read is an error, never a missing image: a worker that doesn't see the
files would else make features of nothing. Whether an image can be used is found out
when a dataset is loaded, which puts None in the place of one that can't.
"""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from mmbench.errors import DataError
from mmbench.feature_extraction.cells import is_missing
from mmbench.feature_extraction.flattening import (
    DECODE_ERRORS,
    ImageMode,
    flatten,
    in_eight_bits,
)
from mmbench.untrusted import short

__all__ = [
    "MAX_PIXELS",
    "ImageMode",
    "open_image",
    "open_images",
    "pillow_kept_quiet",
    "read_image",
]

MAX_PIXELS = 64_000_000
"""Pictures of more pixels are not decoded: a small file can claim any size."""

_LONGEST_PATH = 300
_ENCODED = (bytes, bytearray, memoryview)
_REFERENCES = (*_ENCODED, str, os.PathLike, Image.Image, np.ndarray)


def open_image(cell: Any, mode: ImageMode = "RGB") -> Image.Image | None:
    """Open one image reference.

    Parameters
    ----------
    cell : str, PathLike, bytes, PIL.Image.Image, ndarray or missing
        A path of a local file; an encoded file; a picture; or an array of shape
        ``(height, width)`` or ``(height, width, 1 | 3 | 4)`` of dtype bool, uint8 or
        uint16. None, NaN and the empty string are missing.
    mode : {"RGB", "L"}, default="RGB"
        Colour, or grey by the luma of ITU-R 601-2.

    Returns
    -------
    PIL.Image.Image or None
        The picture in `mode`, never the caller's own object; None when missing.

    Raises
    ------
    DataError
        When the reference can't be read as a picture, or has more than
        :data:`MAX_PIXELS` pixels.
    TypeError
        When `cell` is not an image reference at all.

    Notes
    -----
    EPS files are refused: to read one is to run the program that it holds.

    Examples
    --------
    >>> import numpy as np
    >>> picture = open_image(np.zeros((2, 3), dtype=np.uint8), "L")
    >>> picture.mode, picture.size
    ('L', (3, 2))
    """
    with pillow_kept_quiet():
        return read_image(cell, mode)


def read_image(
    cell: Any, mode: ImageMode = "RGB", *, least_side: int = 0
) -> Image.Image | None:
    """Open one image reference in any thread.

    Parameters
    ----------
    cell, mode
        As for :func:`open_image`, which keeps Pillow's warnings back besides; that
        can't be done in a thread.
    least_side : int, default=0
        A JPEG may be decoded at a half, a quarter or an eighth of its size, as long as
        its shorter side stays twice as long as this, in pixels. 0: at its own size.

    Returns
    -------
    PIL.Image.Image or None

    Raises
    ------
    DataError, TypeError
        As :func:`open_image`.

    Notes
    -----
    Decoding at a smaller size averages pixels where scaling down would have done it
    next. By then scaling to `least_side` the two ways, pixels differ by a few of 255 at
    sharp edges, and by less than one on average.
    """
    if is_missing(cell) or (isinstance(cell, str) and not cell):
        return None
    _check_reference(cell)
    try:
        return _open(cell, mode, least_side)
    except DECODE_ERRORS as error:
        raise DataError(
            f"{_name(cell)}: {_reason(error)} Where there is no image, give None."
        ) from error


@contextmanager
def pillow_kept_quiet() -> Iterator[None]:
    """Keep back Pillow's remarks about odd metadata and sizes: our limit is stricter.

    For all threads, and to be used in the main one only: Python's filters are shared.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.|mmbench\..*\.images$")
        yield


def open_images(
    cells: Iterable[Any], mode: ImageMode = "RGB"
) -> Iterator[Image.Image | None]:
    """Open image references one by one.

    Parameters
    ----------
    cells : iterable
        As for :func:`open_image`.
    mode : {"RGB", "L"}, default="RGB"
        Colour or grey.

    Yields
    ------
    PIL.Image.Image or None
        None for a cell that is missing.

    Raises
    ------
    DataError, TypeError
        As :func:`open_image`.
    """
    for cell in cells:
        yield open_image(cell, mode)


def _check_reference(cell: Any) -> None:
    if not isinstance(cell, _REFERENCES):
        raise TypeError(
            "an image must be a path, bytes, a PIL image, an array or missing, "
            f"got {short(cell)} ({type(cell).__name__})."
        )
    if isinstance(cell, np.ndarray):
        colour = cell.ndim == 3 and cell.shape[2] in {1, 3, 4}
        if not (cell.ndim == 2 or colour) or cell.dtype not in (
            bool,
            "uint8",
            "uint16",
        ):
            raise TypeError(
                "an image array must have shape (height, width) or (height, width, "
                "1 | 3 | 4) and dtype bool, uint8 or uint16, "
                f"got {cell.shape} and {cell.dtype}."
            )


def _open(cell: Any, mode: ImageMode, least_side: int) -> Image.Image:
    if isinstance(cell, np.ndarray):
        _check_size(cell.shape[1], cell.shape[0])
        grey = cell.ndim == 3 and cell.shape[2] == 1
        cell = Image.fromarray(in_eight_bits(cell[:, :, 0] if grey else cell))
    if isinstance(cell, Image.Image):
        _check_size(*cell.size)
        return flatten(cell, mode)
    file = BytesIO(cell) if isinstance(cell, _ENCODED) else _regular_file(cell)
    with Image.open(file, formats=_formats()) as image:
        _check_size(*image.size)
        if least_side:
            image.draft(None, (2 * least_side, 2 * least_side))  # a JPEG's own scaling
        return flatten(image, mode)


def _regular_file(cell: str | os.PathLike[str]) -> Path:
    path = Path(os.fsdecode(cell))
    if not stat.S_ISREG(path.stat().st_mode):  # to open a pipe would wait forever
        raise ValueError("not a file")
    return path


@cache
def _formats() -> tuple[str, ...]:
    Image.init()
    return tuple(name for name in Image.ID if name != "EPS")


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise ValueError(
            f"{width} x {height} pixels are more than the limit of {MAX_PIXELS:,}"
        )
    if width * height == 0:
        raise ValueError("a picture without pixels")


def _name(cell: Any) -> str:
    if isinstance(cell, str | os.PathLike):
        return short(os.fsdecode(cell), _LONGEST_PATH)
    if isinstance(cell, _ENCODED):
        return f"{len(cell)} bytes"
    return f"a {type(cell).__name__}"


def _reason(error: BaseException) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "not a picture in a format that Pillow reads."
    if isinstance(error, FileNotFoundError):
        return "there is no such file."
    text = (getattr(error, "strerror", None) or str(error)).strip().rstrip(".")
    return f"{text}." if text else f"{type(error).__name__}."
