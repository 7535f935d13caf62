"""What comes from elsewhere: files and names.

Files are regular ones only, and unpacked within bounds. Names are shown so that they
can neither steer a terminal nor turn the text around them.
"""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from mmbench.errors import DataError

__all__ = ["PACKED", "allowance", "check_regular", "short", "unpack", "visible"]

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
    """Raise `OSError` for what is not a regular file: to open a pipe may wait forever.

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


def unpack(content: bytes, suffix: str) -> tuple[bytes, str]:
    """Unpack a file, unless it expands far beyond what genuine data would.

    Parameters
    ----------
    content : bytes
        What the packed file holds.
    suffix : str
        One of :data:`PACKED`, which says how it is packed.

    Returns
    -------
    content : bytes
        The unpacked content.
    name : str
        That of the only file in a zip archive; empty for what holds no name.

    Raises
    ------
    DataError
        When it is damaged, cut short, encrypted, a bomb, or a zip archive that holds no
        file or several.
    """
    most = allowance(len(content))
    try:
        with _OPEN[suffix](io.BytesIO(content)) as file:
            unpacked = file.read(most + 1)
            name = file.name if suffix == ".zip" else ""
    except _DAMAGED as error:
        raise DataError(f"it is truncated or damaged: {error}.") from error
    if len(unpacked) > most:
        raise DataError(
            f"more than {most // 2**20:,} MiB come out of {len(content):,} bytes, "
            "too many for genuine data; unpack it yourself if it is."
        )
    return unpacked, name


def _open_zip(file: io.BytesIO) -> IO[bytes]:
    archive = zipfile.ZipFile(file)
    names = [
        name
        for name in archive.namelist()
        if not name.endswith("/") and not name.startswith("__MACOSX/")
    ]
    if len(names) != 1:
        raise DataError(
            f"a zip archive must hold one file, got {len(names):,}; unpack it, and "
            "give what it holds."
        )
    return archive.open(names[0])


def _open_zstandard(file: io.BytesIO) -> Any:
    import pyarrow as pa

    return pa.CompressedInputStream(file, "zstd")


_OPEN: Mapping[str, Callable[[io.BytesIO], Any]] = {
    ".bz2": bz2.open,
    ".gz": gzip.open,
    ".xz": lzma.open,
    ".zip": _open_zip,
    ".zst": _open_zstandard,
}
PACKED = tuple(_OPEN)
"""How files may be packed, by what their names end in."""

# OSError: of gzip, bzip2 and Zstandard. RuntimeError: a zip archive with a password.
_DAMAGED = (
    OSError,
    EOFError,
    RuntimeError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
)


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
