"""From the cells of a target column to labels: strings or integers."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import MAYBE_MISSING
from mmbench.columns import NO_VALUE, Column
from mmbench.errors import DataError
from mmbench.untrusted import short

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["label_array", "labels_of", "missing_notices"]

# A number as tables write it. 007 is none: it's a code, which 7 would not be.
_NUMBER = re.compile(r"-?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)", re.ASCII)
_INFINITE = {"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}
# Among words these are words; among whole numbers no one means a class by them.
_NO_CLASS = NO_VALUE | _INFINITE
# What may be a class of its own even among numbers, and may be none.
_MAYBE_MISSING = NO_VALUE | {"-", "--", ".", "*", "unknown", "missing", "#ref!"}
_YES_OR_NO = {"true", "false", "yes", "no", "t", "f", "y", "n"}
_INT64 = range(-(2**63), 2**63)
# The name of a class is no longer than this; a text is, and as a label would make an
# array as wide as the longest of them.
_MAX_CHARACTERS = 1000


def label_array(column: Column) -> NDArray[Any]:
    """Return labels as an array of integers where they all are, else of strings.

    Parameters
    ----------
    column : Column
        A target column; no cell of it is missing.

    Returns
    -------
    ndarray of shape (n_cells,), int64 or str
        Whole numbers are integers, whether written 1 or 1.0.

    Raises
    ------
    DataError
        When labels are numbers with fractions, infinite, neither strings nor numbers,
        or all the same.

    Examples
    --------
    >>> label_array(Column("y", ["1", "2.0"], [1, 2]))
    array([1, 2])
    >>> label_array(Column("y", ["1", "two"], [1, 2]))
    array(['1', 'two'], dtype='<U3')
    """
    labels = labels_of(column)
    if len(set(labels)) == 1:
        raise DataError(
            f"column {column.name!r} holds one class only, {labels[0]!r}; a "
            "classifier needs at least two."
        )
    return np.array(labels)


def labels_of(column: Column) -> list[Any]:
    """Return the labels in cells: integers where they all are, else strings.

    Parameters
    ----------
    column : Column
        No cell of it is missing; it may be without cells.

    Returns
    -------
    list of int or list of str
        One label per cell.

    Raises
    ------
    DataError
        When labels are numbers with fractions, infinite, or neither strings nor
        numbers.
    """
    cells = [_plain(column, position) for position in range(len(column.cells))]
    if not all(
        _NUMBER.fullmatch(cell) or cell.strip().lower() in _NO_CLASS for cell in cells
    ) or not any(map(_NUMBER.fullmatch, cells)):
        return cells
    labels = [_integer(column, i, cell) for i, cell in enumerate(cells)]
    # Numbers too long for a machine's integers are codes.
    return labels if all(label in _INT64 for label in labels) else cells


def missing_notices(column: Column, labels: NDArray[Any]) -> tuple[Finding, ...]:
    """Return notices of classes that may stand for a missing label.

    Among names of classes in words, ``NA`` is a word like any other. Beside codes such
    as 007, beside numbers, or beside true and false it is rarely one.

    Parameters
    ----------
    column : Column
        The target's column.
    labels : ndarray of shape (n_rows,)
        The labels that were read from it.

    Returns
    -------
    tuple of Finding
        One for each suspicious class.

    Examples
    --------
    >>> column = Column("y", ["007", "008", "NA"], [1, 2, 3])
    >>> missing_notices(column, np.array(column.cells))
    ("column 'y': 'NA' counts as a class (1 row, the first is 3); leave the cell ...
    >>> missing_notices(column, np.array(["DE", "FR", "NA"]))
    ()
    """
    if labels.dtype.kind != "U":
        return ()
    names = np.unique(labels).tolist()
    empty = [name for name in names if name.strip().lower() in _MAYBE_MISSING]
    others = [name for name in names if name not in empty]
    if not all(_is_code(name) for name in others):
        return ()
    notices = []
    for name in empty:
        at = np.flatnonzero(labels == name).tolist()
        rows = f"{len(at):,} row{'s' if len(at) > 1 else ''}"
        notices.append(
            f"column {column.name!r}: {name!r} counts as a class ({rows}, the first is "
            f"{column.rows[at[0]]}); leave the cell empty where there is no label."
        )
    return tuple(map(MAYBE_MISSING.found, notices))


def _is_code(name: str) -> bool:
    return not any(map(str.isalpha, name)) or name.strip().lower() in _YES_OR_NO


def _plain(column: Column, position: int) -> str:
    cell = column.cells[position]
    if isinstance(cell, str) and len(cell) > _MAX_CHARACTERS:
        raise column.error(
            position,
            f"a label has at most {_MAX_CHARACTERS:,} characters, got {len(cell):,}; "
            "is this the target?",
        )
    if isinstance(cell, str) and "\0" in cell:
        # Arrays of strings drop it from the end, and two labels would become one.
        raise column.error(position, f"{short(cell)} holds a NUL character.")
    if isinstance(cell, str | int | float | Decimal):
        return str(cell)
    raise column.error(
        position,
        f"holds a {type(cell).__name__}; labels must be strings or integers, so "
        "convert the column first.",
    )


def _integer(column: Column, position: int, text: str) -> int:
    if text.strip().lower() in _NO_CLASS:
        raise column.error(
            position,
            f"{text} is not a class, where other labels are numbers; leave the cell "
            "empty if there is none, or write all classes as words.",
        )
    number = Decimal(text)
    if number == int(number):
        return int(number)
    raise column.error(
        position,
        f"{text} is not a class: labels must be strings or integers. Predicting a "
        "number is regression; mmbench classifies. If the numbers are names of "
        "classes, write them as words.",
    )
