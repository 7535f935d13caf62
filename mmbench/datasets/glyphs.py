"""The ``glyphs`` dataset: the characters of DejaVu Sans and their Unicode names.

Real images with real texts that every install already has: the font comes with
matplotlib, the names with Python.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import struct
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.datasets.card import load_card
from mmbench.datasets.samples import Samples
from mmbench.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["load_glyphs"]

SCRIPTS = (
    *("ARABIC", "ARMENIAN", "CYRILLIC", "GEORGIAN", "GREEK", "HEBREW"),
    *("LAO", "LATIN", "LISU", "NKO", "OGHAM", "TIFINAGH"),
)
_FONT = "mpl-data/fonts/ttf/DejaVuSans.ttf"
_IMAGE_SIZE = 32
# At this size and place no glyph of these scripts touches the image's border, and
# marks that sit above or below the line stay there.
_FONT_SIZE, _CENTRE, _BASELINE = 20, 16, 23
# The character map of (Windows, full Unicode), and how its 12-byte groups begin.
_FULL_UNICODE = (3, 10)
_GROUPS_OFFSET = 16


class Glyph(NamedTuple):
    """A character of the font: its code point, its script and the rest of its name.

    Attributes
    ----------
    codepoint : int
        Its number in Unicode.
    script : str
        The first word of its Unicode name, such as ``"GREEK"``.
    name : str
        The words behind that.
    """

    codepoint: int
    script: str
    name: str


def load_glyphs() -> Samples:
    """Draw the characters of twelve scripts; the label is the script.

    Returns
    -------
    Samples
        Column ``text`` is the Unicode name without its first word, the script; column
        ``image`` is the character as a 32x32 uint8 array, 0 (paper) to 255 (ink). The
        index holds code points such as ``U+0041``.

    Raises
    ------
    DataError
        When matplotlib's DejaVu Sans is missing, or its version differs from the
        one whose checksum the card pins.

    Examples
    --------
    >>> samples = load_glyphs()
    >>> samples.X.loc["U+03B1", "text"], samples.X.loc["U+03B1", "image"].shape
    ('SMALL LETTER ALPHA', (32, 32))
    """
    import pandas as pd

    font = read_font(find_font(), load_card("glyphs").checksum)
    glyphs = [glyph for glyph in _named(codepoints(font)) if glyph.script in SCRIPTS]
    texts = [glyph.name for glyph in glyphs]
    X = pd.DataFrame(
        {
            "text": pd.Series(texts, dtype=object),
            "image": pd.Series(list(_draw(font, glyphs)), dtype=object),
        }
    )
    X.index = pd.Index([f"U+{glyph.codepoint:04X}" for glyph in glyphs], name="char")
    return Samples(X, np.array([glyph.script for glyph in glyphs]))


def find_font() -> Path:
    """Return where matplotlib keeps DejaVu Sans, without importing matplotlib.

    Raises
    ------
    DataError
        When matplotlib is not installed.
    """
    spec = importlib.util.find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise DataError(
            "the glyphs are drawn from a font that comes with matplotlib, which is not "
            "installed; install it with: pip install matplotlib"
        )
    return Path(spec.origin).parent / _FONT


def read_font(path: Path, checksum: str) -> bytes:
    """Return a font file's bytes if they are the expected ones.

    Parameters
    ----------
    path : Path
        The font file.
    checksum : str
        ``sha256:`` and the digest that it must have.

    Returns
    -------
    bytes
        The whole file.

    Raises
    ------
    DataError
        When it can't be read, or is another version of the font.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"the font {path} can't be read ({error.strerror}); "
            "reinstall matplotlib with its data."
        ) from error
    found = f"sha256:{hashlib.sha256(content).hexdigest()}"
    if found != checksum:
        raise DataError(
            f"the font {path} is not the version that the glyphs are drawn from: "
            f"expected {checksum}, got {found}. DejaVu Sans 2.37 comes with "
            "matplotlib 3.9 and newer; reinstall matplotlib."
        )
    return content


def codepoints(font: bytes) -> Iterator[int]:
    """Yield the code points that a TrueType font has a glyph for, ascending.

    Only the one table that is needed is read, so that no font library is.

    Parameters
    ----------
    font : bytes
        The whole font file, with a ``cmap`` table of format 12.

    Yields
    ------
    int
        A code point.

    References
    ----------
    .. [1] OpenType specification, "cmap - Character to Glyph Index Mapping Table",
       format 12.
    """
    cmap = _table(font, b"cmap")
    (n_maps,) = struct.unpack_from(">H", font, cmap + 2)
    for entry in range(cmap + 4, cmap + 4 + 8 * n_maps, 8):
        platform, encoding, offset = struct.unpack_from(">HHI", font, entry)
        if (platform, encoding) == _FULL_UNICODE:
            break
    groups = cmap + offset + _GROUPS_OFFSET
    (n_groups,) = struct.unpack_from(">I", font, groups - 4)
    for group in range(n_groups):
        first, last, _ = struct.unpack_from(">III", font, groups + 12 * group)
        yield from range(first, last + 1)


def _table(font: bytes, tag: bytes) -> int:
    """Return the offset of a table of a TrueType font."""
    (n_tables,) = struct.unpack_from(">H", font, 4)
    for entry in range(12, 12 + 16 * n_tables, 16):
        if font[entry : entry + 4] == tag:
            offset: int = struct.unpack_from(">I", font, entry + 8)[0]
            return offset
    raise DataError(f"the font has no table {tag.decode()!r}.")


def _named(codes: Iterator[int]) -> Iterator[Glyph]:
    # All of the font's characters were named before Python 3.11's Unicode, and names
    # never change, so every Python gives the same.
    for code in codes:
        script, _, name = unicodedata.name(chr(code), "").partition(" ")
        yield Glyph(code, script, name)


def _draw(font: bytes, glyphs: list[Glyph]) -> Iterator[NDArray[Any]]:
    from PIL import Image, ImageDraw, ImageFont

    # The basic layout is in every Pillow; the other one, where it is there, would
    # replace single characters by their contextual forms.
    layout = ImageFont.Layout.BASIC
    face = ImageFont.truetype(io.BytesIO(font), _FONT_SIZE, layout_engine=layout)
    for glyph in glyphs:
        image = Image.new("L", (_IMAGE_SIZE, _IMAGE_SIZE))
        pen = ImageDraw.Draw(image)
        where = (_CENTRE, _BASELINE)
        pen.text(where, chr(glyph.codepoint), fill=255, font=face, anchor="ms")
        yield np.array(image)
