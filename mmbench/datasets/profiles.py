"""What a column of a table looks like, and so what it may be for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice, pairwise
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from mmbench.clips import VIDEO_SUFFIXES
from mmbench.columns import NO_VALUE, is_missing
from mmbench.datasets.dates import date_of
from mmbench.datasets.splits import PARTS
from mmbench.datasets.tables.class_folders import IMAGE_SUFFIXES
from mmbench.untrusted import short

__all__ = ["ColumnProfile", "profile_of"]

# So many cells show what a column is.
_LOOKED_AT = 1000
_MOST = 0.9
_N_EXAMPLES, _EXAMPLE_CHARACTERS = 3, 24

_ID_NAME = re.compile(
    r"(.*[^a-z])?(id|ids|uuid|guid|index|key|unnamed.*)", re.IGNORECASE
)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_NUMBER = re.compile(
    r"[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE
)


class ColumnProfile(NamedTuple):
    """What a column looks like.

    Attributes
    ----------
    name : str
        The column's name.
    role : str
        A modality, ``"date"``, ``"split"``, or ``"unused"``.
    why : str
        What it holds, in words.
    n_rows, n_missing, n_distinct : int
        All cells, those without a value, and how many values the others have.
    examples : tuple of str
        The first distinct values, cut.
    """

    name: str
    role: str
    why: str
    n_rows: int
    n_missing: int
    n_distinct: int
    examples: tuple[str, ...]


class _Cells(NamedTuple):
    name: str
    looked_at: Sequence[Any]
    n_present: int
    values: Sequence[Any]

    @property
    def texts(self) -> list[str]:
        return [str(cell).strip() for cell in self.looked_at]

    def mostly(self, holds: Callable[[str], Any]) -> bool:
        return sum(bool(holds(text)) for text in self.texts) >= _MOST * len(self.texts)

    @property
    def n_words(self) -> float:
        return sum(len(text.split()) for text in self.texts) / len(self.texts)


def profile_of(name: str, cells: Sequence[Any]) -> ColumnProfile:
    """Return what a column looks like.

    Parameters
    ----------
    name : str
        The column's name.
    cells : sequence of object
        All its cells.

    Returns
    -------
    ColumnProfile

    Examples
    --------
    >>> profile_of("price", ["9.5", "", "12"])[1:6]
    ('numeric', 'numbers', 3, 1, 2)
    """
    present = [cell for cell in cells if not is_missing(cell)]
    values = list({_key(cell): cell for cell in present}.values())
    known = [
        c for c in present if not (isinstance(c, str) and c.strip().lower() in NO_VALUE)
    ]
    column = _Cells(
        name, known[:_LOOKED_AT] or present[:_LOOKED_AT], len(present), values
    )
    role, why = _role(column)
    examples = tuple(short(v, _EXAMPLE_CHARACTERS) for v in islice(values, _N_EXAMPLES))
    return ColumnProfile(
        name, role, why, len(cells), len(cells) - len(present), len(values), examples
    )


def _key(cell: Any) -> Any:
    return cell if isinstance(cell, str | bytes | int | float) else repr(cell)[:200]


def _role(column: _Cells) -> tuple[str, str]:
    """Return the first role whose rule the cells meet, and what they hold."""
    return next(found for rule in _RULES if (found := rule(column)) is not None)


def _nothing(column: _Cells) -> tuple[str, str] | None:
    if not column.values:
        return "unused", "empty"
    return ("unused", "the same in every row") if len(column.values) == 1 else None


def _objects(column: _Cells) -> tuple[str, str] | None:
    first = column.looked_at[0]
    if isinstance(first, list | tuple):
        return "unused", "lists"
    if isinstance(first, str | int | float) or hasattr(first, "as_tuple"):
        return None
    is_picture = (
        isinstance(first, bytes) or hasattr(first, "shape") or hasattr(first, "mode")
    )
    if is_picture or (isinstance(first, Mapping) and {"bytes", "path"} & set(first)):
        return "image", "pictures"
    return "unused", f"objects ({type(first).__name__})"


def _parts(column: _Cells) -> tuple[str, str] | None:
    parts = {PARTS.get(str(value).strip().lower()) for value in column.values}
    return (
        ("split", "an official split")
        if {"train", "test"} <= parts and None not in parts
        else None
    )


def _numbers(column: _Cells) -> tuple[str, str] | None:
    if not all(map(_NUMBER.fullmatch, column.texts)):
        return None
    numbers = [float(text) for text in column.texts]
    steps = {after - before for before, after in pairwise(numbers)}
    if len(column.values) == column.n_present and (
        steps == {1.0} or _ID_NAME.fullmatch(column.name)
    ):
        return "unused", "an id: another number in each row"
    return "numeric", "numbers"


def _files(column: _Cells) -> tuple[str, str] | None:
    if column.mostly(_ADDRESS.match):
        return "unused", "addresses, which are not followed"
    if column.mostly(lambda text: PurePosixPath(text).suffix.lower() in IMAGE_SUFFIXES):
        return "image", "paths of pictures"
    if column.mostly(lambda text: text.lower().endswith(".wav")):
        return "audio", "paths of recordings"
    if column.mostly(lambda text: PurePosixPath(text).suffix.lower() in VIDEO_SUFFIXES):
        return "video", "paths of videos"
    return None


def _names(column: _Cells) -> tuple[str, str] | None:
    if column.mostly(_DATE.fullmatch):
        if all(map(date_of, column.texts)):
            return "date", "dates"
        return "unused", "dates not all like 2026-11-30; write them so to use them"
    n_distinct, words = len(column.values), column.n_words
    is_id = _ID_NAME.fullmatch(column.name) and words < 1.5
    if is_id or (
        n_distinct == column.n_present and words < 1.5 and column.mostly(_has_digit)
    ):
        repeats = n_distinct < column.n_present
        return "unused", f"an id{', repeated' if repeats else ''}"
    if words <= 3 and 2 * n_distinct <= column.n_present:
        return "categorical", "categories"
    return "text", "text" if words > 1.5 else "words"


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


_RULES: Iterable[Callable[[_Cells], tuple[str, str] | None]] = (
    _nothing,
    _objects,
    _parts,
    _numbers,
    _files,
    _names,
)
