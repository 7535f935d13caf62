"""What kind of thing holds a video, and the files of a folder of frames."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from mmbench.untrusted import short

__all__ = [
    "FRAME_SUFFIXES",
    "VIDEO_SUFFIXES",
    "check_reference",
    "formats",
    "frame_files",
    "name_of",
]

FRAME_SUFFIXES = frozenset(
    {".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}
)
"""What names of frames in a folder end in; other files there are left out."""

VIDEO_SUFFIXES = frozenset(
    {".3gp", ".avi", ".flv", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg"}
    | {".mts", ".ogv", ".ts", ".webm", ".wmv"}
)
"""What names of videos end in that only the extra ``video`` reads."""

_ENCODED = (bytes, bytearray, memoryview)
_REFERENCES = (*_ENCODED, str, os.PathLike, np.ndarray)
_LONGEST_PATH = 300
_DIGITS = re.compile(r"(\d+)")


def check_reference(cell: Any) -> None:
    """Check that a cell may be a video at all.

    Parameters
    ----------
    cell : object
        A path, bytes, or an array.

    Raises
    ------
    TypeError
        When it is something else, or an array of another shape or type.
    """
    if not isinstance(cell, _REFERENCES):
        raise TypeError(
            "a video must be the path of a file or of a folder of frames, bytes, an "
            f"array or missing, got {short(cell)} ({type(cell).__name__})."
        )
    if isinstance(cell, np.ndarray):
        colour = cell.ndim == 4 and cell.shape[3] in {1, 3, 4}
        if not (cell.ndim == 3 or colour) or cell.dtype not in (bool, "uint8"):
            raise TypeError(
                "a video array must have shape (n_frames, height, width[, 1 | 3 | 4]) "
                f"and dtype bool or uint8, got {cell.shape} and {cell.dtype}."
            )


def frame_files(folder: Path) -> list[Path]:
    """Return the pictures of a folder in the order of their names.

    Parameters
    ----------
    folder : Path
        Only files in it count, not those of folders in it, nor hidden ones.

    Returns
    -------
    list of Path
        Numbers in names count as numbers, so that frame 10 comes behind frame 9.

    Raises
    ------
    OSError
        When the folder can't be read.
    """
    found = [
        each
        for each in folder.iterdir()
        if each.suffix.lower() in FRAME_SUFFIXES and not each.name.startswith(".")
    ]
    return sorted(found, key=lambda each: (_natural(each.name), each.name))


def _natural(name: str) -> list[tuple[int, str]]:
    parts = enumerate(_DIGITS.split(name))
    # Digits stand at odd places; longer numbers are larger, once zeros are gone.
    return [
        (len(p.lstrip("0")), p.lstrip("0")) if i % 2 else (0, p.lower())
        for i, p in parts
    ]


@cache
def formats() -> tuple[str, ...]:
    """Return the formats that Pillow may read: not EPS, which is a program."""
    from PIL import Image

    Image.init()
    return tuple(name for name in Image.ID if name != "EPS")


def name_of(cell: Any) -> str:
    """Return what an error message calls a reference.

    Parameters
    ----------
    cell : object
        A reference of a video.

    Returns
    -------
    str
        Its path, or what it is.
    """
    if isinstance(cell, str | os.PathLike):
        return short(os.fsdecode(cell), _LONGEST_PATH)
    if isinstance(cell, _ENCODED):
        return f"{len(cell)} bytes"
    return f"a {type(cell).__name__}"
