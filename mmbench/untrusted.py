"""What comes from elsewhere: files and names.

Files are regular ones only, and unpacked within bounds. Names are shown so that they
can neither steer a terminal nor turn the text around them.
"""

from __future__ import annotations

import errno
import gzip
import io
import re
import stat
from pathlib import Path

__all__ = ["allowance", "check_regular", "gunzip", "short", "visible"]

# Control characters but for tabs and line feeds; what turns the direction of text;
# line and paragraph separators; halves of characters; and tags, which don't show.
_STEERING = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069"
    "\\ud800-\\udfff\\U000e0000-\\U000e007f]"
)

# Texts of real datasets shrink to a tenth, black pictures to a hundredth; a bomb
# swells a thousandfold and more.
_MAX_RATIO = 200
_ALWAYS_ALLOWED = 64 * 2**20


def allowance(n_bytes: int) -> int:
    """Return how many bytes may come out of something packed of a size.

    Parameters
    ----------
    n_bytes : int
        The packed size.

    Returns
    -------
    int
        Bytes: a fixed multiple of the packed size, and never less than a fixed minimum.

    Examples
    --------
    >>> allowance(1), allowance(10**6)
    (67108864, 200000000)
    """
    return max(_ALWAYS_ALLOWED, _MAX_RATIO * n_bytes)


def check_regular(path: Path) -> None:
    """Raise `OSError` for what is no regular file: to open a pipe may wait forever.

    Parameters
    ----------
    path : Path
        The file; a link counts as what it leads to.

    Raises
    ------
    OSError
        When there is no such file, or it is a folder, a pipe, a socket or a device.
    """
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))


def gunzip(content: bytes) -> bytes:
    """Unpack what gzip packed, unless it swells beyond what data would.

    Parameters
    ----------
    content : bytes
        What a ``.gz`` file holds.

    Returns
    -------
    bytes
        The unpacked content.

    Raises
    ------
    gzip.BadGzipFile, EOFError, zlib.error
        When it is damaged, cut short, or a bomb.
    """
    most = allowance(len(content))
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
        unpacked = file.read(most + 1)
    if len(unpacked) > most:
        raise gzip.BadGzipFile(
            f"more than {most // 2**20:,} MiB come out of {len(content):,} bytes, "
            "which no honest data would; unpack it yourself if it is"
        )
    return unpacked


def visible(text: str) -> str:
    r"""Return a text with what could steer a terminal or turn text spelled out.

    Parameters
    ----------
    text : str
        May have line feeds and tabs, which stay.

    Returns
    -------
    str
        The text, with control and direction characters as Python escapes.

    Examples
    --------
    >>> print(visible("a \x1b[31mred \u202etxt"))
    a \x1b[31mred \u202etxt
    """
    return _STEERING.sub(lambda found: ascii(found[0])[1:-1], text)


def short(value: object, most: int = 40) -> str:
    """Return how messages show a value: its beginning, where it is long.

    Parameters
    ----------
    value : object
        What the message is about.
    most : int, at least 4, default=40
        The greatest number of characters.

    Returns
    -------
    str
        The value's ``repr``, cut, with three dots at its end.

    Examples
    --------
    >>> short("a.png"), short("x" * 1_000_000, 10)
    ("'a.png'", "'xxxxxx...")
    """
    # To spell out all of a picture in base64 for its first characters takes a while.
    cut = value[: most + 1] if isinstance(value, str | bytes) else value
    shown = repr(cut)
    return shown if len(shown) <= most else f"{shown[: most - 3]}..."
