"""Whether an image can be used, found out once, when it is loaded."""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from mmbench.datasets.pixel_depth import is_deep, lost_in_eight_bits

__all__ = ["MAX_PIXELS", "PROGRAMS", "ImageCheck", "check_images"]

MAX_PIXELS = 64_000_000
"""An image with more pixels than this is not decoded."""

# To read these is to run the programs that they hold. Extractors read all others.
PROGRAMS = ("EPS",)
# What Pillow's decoders raise on damaged files, beside OSError.
_DECODE_ERRORS = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, MemoryError),
    *(RuntimeError, SyntaxError, TypeError, ValueError, struct.error, zlib.error),
)
_DRAFT_SIZE = (64, 64)
_MAX_THREADS = 16


class ImageCheck(NamedTuple):
    """What was found out about an image.

    Attributes
    ----------
    trouble : str
        Why it can't be used; empty if it can.
    checksum : str
        The SHA-256 of the file, in hexadecimal; empty if there is none.
    loss : str
        What becomes of a picture of more than eight bits a channel where extractors
        see it in eight, see :mod:`mmbench.datasets.pixel_depth`; empty if no harm.
    """

    trouble: str
    checksum: str
    loss: str = ""


def check_images(sources: Sequence[Path | bytes]) -> list[ImageCheck]:
    """Check images, several at a time.

    The header is read, then pixels are decoded, in JPEGs at an eighth of their size,
    so that a file that ends too early is found. An image of more than `MAX_PIXELS` is
    not decoded at all.

    Parameters
    ----------
    sources : sequence of Path or bytes
        Files, or what files hold.

    Returns
    -------
    list of ImageCheck
        In the order of `sources`.
    """
    from PIL import Image

    Image.init()
    with warnings.catch_warnings():
        # Pillow warns about odd but readable files, and only warns about bombs.
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with ThreadPoolExecutor(_MAX_THREADS) as pool:
            return list(pool.map(_check, sources))


def _check(source: Path | bytes) -> ImageCheck:
    try:
        if isinstance(source, Path) and not source.is_file():
            # Devices and pipes are not opened: reading one may never end.
            return ImageCheck("not a file" if source.exists() else "not found", "")
        with _opened(source) as file:
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            trouble, loss = _found(file)
            return ImageCheck(trouble, checksum, loss)
    except OSError as error:
        return ImageCheck(f"not readable ({error.strerror})", "")


def _opened(source: Path | bytes) -> io.BytesIO | io.BufferedReader:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _found(file: io.BytesIO | io.BufferedReader) -> tuple[str, str]:
    """Return why a picture can't be used, and what it loses in eight bits."""
    from PIL import Image, UnidentifiedImageError

    known = [name for name in Image.ID if name not in PROGRAMS]
    try:
        with Image.open(file, formats=known) as image:
            if image.width * image.height > MAX_PIXELS:
                return _too_large(), ""
            deep = is_deep(image)
            image.draft("RGB", _DRAFT_SIZE)
            image.load()
            return "", lost_in_eight_bits(image) if deep else ""
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return _too_large(), ""
    except UnidentifiedImageError:
        return "not an image", ""
    except (OSError, *_DECODE_ERRORS):
        return "truncated or damaged", ""


def _too_large() -> str:
    return f"more than {MAX_PIXELS // 1_000_000} megapixels"
