"""How large a video may be, found out before it is decoded."""

from __future__ import annotations

import struct
import zlib
from functools import cache

__all__ = [
    "MAX_FRAMES",
    "MAX_PIXELS",
    "MAX_VIDEO_PIXELS",
    "TooLargeError",
    "check_length",
    "check_size",
    "decode_errors",
]

MAX_PIXELS = 64_000_000
"""A frame of more pixels is not decoded, as an image isn't."""

MAX_FRAMES = 500_000
"""A video of more frames is not read: over five hours at 25 a second."""

MAX_VIDEO_PIXELS = 10_000_000_000
"""An animation of more pixels, over all frames, is not decoded: each frame of one may
rest on all before it."""


class TooLargeError(ValueError):
    """A video is larger than a limit."""


def check_size(width: int, height: int) -> None:
    """Check a frame's size before it is decoded.

    Parameters
    ----------
    width, height : int
        In pixels.

    Raises
    ------
    TooLargeError
        When it has more than :data:`MAX_PIXELS`.
    ValueError
        When it has none.
    """
    if width * height > MAX_PIXELS:
        raise TooLargeError(
            f"frames of {width} x {height} pixels are over the limit of {MAX_PIXELS:,}"
        )
    if width * height <= 0:
        raise ValueError("frames without pixels")


def check_length(n_frames: int, n_pixels: int = 0) -> None:
    """Check a video's length before its frames are decoded.

    Parameters
    ----------
    n_frames : int
        How many frames there are.
    n_pixels : int, default=0
        How many pixels each has, where every frame rests on those before it.

    Raises
    ------
    TooLargeError
        When it has more than :data:`MAX_FRAMES` frames, or :data:`MAX_VIDEO_PIXELS`.
    ValueError
        When it has no frame.
    """
    if n_frames < 1:
        raise ValueError("no frames")
    if n_frames > MAX_FRAMES:
        raise TooLargeError(f"{n_frames:,} frames are over the limit of {MAX_FRAMES:,}")
    if n_frames * n_pixels > MAX_VIDEO_PIXELS:
        raise TooLargeError(
            f"{n_frames:,} frames of {n_pixels:,} pixels are over the limit of "
            f"{MAX_VIDEO_PIXELS:,} for an animation"
        )


@cache
def decode_errors() -> tuple[type[Exception], ...]:
    """Return what decoders raise on files that are broken or hostile."""
    from PIL import Image

    return (
        ArithmeticError,
        AttributeError,
        EOFError,
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
