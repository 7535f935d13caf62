"""From the cells of a table to the values of a column's modality."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import MISSING_VALUES, UNUSABLE_NUMBERS
from mmbench.errors import DataError
from mmbench.untrusted import short

__all__ = [
    "NO_VALUE",
    "Column",
    "Values",
    "categorical_values",
    "is_missing",
    "numbers_of",
    "numeric_values",
    "split_labels",
    "text_values",
]

NO_VALUE = frozenset(
    {"na", "n/a", "#n/a", "#na", "<na>", "nan", "-nan", "nat", "null", "none", "?"}
    | {"\\n"}
)
"""How tables that are text spell a missing number, in lower case; elsewhere these are
words. The last is MySQL's."""

# Methods compute in single precision.
_LARGEST = float(np.finfo(np.float32).max)


class Column(NamedTuple):
    """Some cells of one column of a table, and the rows that they come from.

    Attributes
    ----------
    name : str
        The column's name.
    cells : sequence of object
        What the file holds.
    rows : sequence of int
        The number of each cell's row: the first one under the header is 1.
    """

    name: str
    cells: Sequence[Any]
    rows: Sequence[int]

    def error(self, position: int, message: str) -> DataError:
        """Return an error that names the row and the column of a cell.

        Parameters
        ----------
        position : int
            Index of the cell within the column, from 0.
        message : str
            What is wrong with the cell, and what to do.

        Returns
        -------
        DataError
            Not yet raised.
        """
        row = self.rows[position]
        return DataError(f"row {row}, column {self.name!r}: {message}")

    def notice(self, positions: Sequence[int], what: str) -> str:
        """Return a sentence about some of the cells: how many, and the first one.

        Parameters
        ----------
        positions : sequence of int, not empty
            Indices of the cells within the column, from 0.
        what : str
            A verb and what follows it, to be read behind "cells".

        Returns
        -------
        str
            The sentence, with a full stop.
        """
        return (
            f"column {self.name!r}: {len(positions):,} of {len(self.cells):,} cells "
            f"{what} (the first in row {self.rows[positions[0]]})."
        )


class Values(NamedTuple):
    """A converted column, and what was done to cells that could not be used.

    Attributes
    ----------
    values : list
        One value per cell, of the column's type.
    notices : tuple of str, default=()
        Sentences, each about one kind of unusable cell.
    """

    values: list[Any]
    notices: tuple[Finding, ...] = ()


def is_missing(cell: Any) -> bool:
    """Return whether a cell holds nothing: None, NaN, or a text of spaces at most.

    Parameters
    ----------
    cell : object
        The cell as the table gives it.

    Returns
    -------
    bool
        False for texts such as "NA": only numeric columns read those as missing.

    Examples
    --------
    >>> [is_missing(cell) for cell in (None, float("nan"), " ", 0, "NA")]
    [True, True, True, False, False]
    """
    if isinstance(cell, str):
        return not cell.strip()
    return cell is None or (isinstance(cell, float | Decimal) and math.isnan(cell))


def split_labels(text: str, separator: str) -> tuple[str, ...]:
    """Return the labels that a text joins, without the spaces around them.

    Parameters
    ----------
    text : str
        The cell's text.
    separator : str
        What stands between two labels.

    Returns
    -------
    tuple of str
        The labels in their order, empty ones left out.

    Examples
    --------
    >>> split_labels("War | Drama|", "|")
    ('War', 'Drama')
    """
    names = (name.strip() for name in text.split(separator))
    return tuple(name for name in names if name)


def text_values(column: Column) -> Values:
    """Return strings, None where a cell is missing; numbers are written out.

    Parameters
    ----------
    column : Column
        Cells that are strings, numbers or missing.

    Returns
    -------
    Values
        One string or None a cell.

    Raises
    ------
    DataError
        When a cell is neither a string nor a number, or all are missing.
    """
    return _present(column, [_string(column, i) for i in range(len(column.cells))])


def categorical_values(column: Column) -> Values:
    """Return categories as strings, None where a cell is missing; 1.0 is ``"1"``.

    Parameters
    ----------
    column : Column
        Cells that are strings, numbers or missing.

    Returns
    -------
    Values
        One string or None a cell.

    Raises
    ------
    DataError
        When a cell is neither a string nor a number, or all are missing.
    """
    return text_values(column._replace(cells=[_whole(cell) for cell in column.cells]))


def numeric_values(column: Column) -> Values:
    """Return floats, NaN where a cell is missing, NA, infinite or beyond float32.

    Parameters
    ----------
    column : Column
        Cells that are numbers, written as numbers, or missing.

    Returns
    -------
    Values
        One float per cell, and notices of cells that count as missing though they are
        not empty.

    Raises
    ------
    DataError
        When a cell is not a number, or all are missing.
    """
    numbers = numbers_of(column)
    beyond = np.flatnonzero(np.abs(np.array(numbers, float)) > _LARGEST).tolist()
    infinite = [i for i in beyond if math.isinf(numbers[i])]
    large = [i for i in beyond if not math.isinf(numbers[i])]
    for position in beyond:
        numbers[position] = math.nan
    unusable = {
        "are infinite and count as missing": infinite,
        f"are beyond {_LARGEST:.1e} and count as missing": large,
    }
    notices = tuple(
        UNUSABLE_NUMBERS.found(column.notice(at, what))
        for what, at in unusable.items()
        if at
    )
    checked = _present(column, numbers, known=beyond, how="are empty, NA or NaN")
    return Values(numbers, notices + checked.notices)


def numbers_of(
    column: Column, remedy: str = "use the column as text, categorical or a date"
) -> list[float]:
    """Return floats: NaN where a cell is missing or NA, infinities as they are.

    Parameters
    ----------
    column : Column
        Its cells are numbers, or written as numbers.
    remedy : str
        What an error advises, besides correcting the cell.

    Returns
    -------
    list of float
        One number per cell.

    Raises
    ------
    DataError
        When a cell is not a number.
    """
    if all(type(cell) is float for cell in column.cells):
        return list(column.cells)
    return [_number(column, i, remedy) for i in range(len(column.cells))]


def _present(
    column: Column,
    values: list[Any],
    *,
    known: Sequence[int] = (),
    how: str = "are empty",
) -> Values:
    """Refuse a column without any value; give notice of missing ones not yet known."""
    if all(type(value) is float for value in values):
        missing = np.flatnonzero(np.isnan(np.array(values, float))).tolist()
    else:
        missing = [i for i, value in enumerate(values) if is_missing(value)]
    if len(missing) == len(values):
        raise DataError(
            f"column {column.name!r}: all {len(values):,} cells are empty or unusable."
        )
    empty = sorted(set(missing) - set(known))
    what = f"{how} and count as missing"
    if not empty:
        return Values(values)
    return Values(values, (MISSING_VALUES.found(column.notice(empty, what)),))


def _string(column: Column, position: int) -> str | None:
    cell = column.cells[position]
    if is_missing(cell):
        return None
    if isinstance(cell, str | Real | Decimal):
        return str(cell)
    what = "bytes" if isinstance(cell, bytes) else f"a {type(cell).__name__}"
    raise column.error(
        position,
        f"holds {what}, but must hold a string or a number; decode or convert the "
        f"column, or declare it as what it is.",
    )


def _whole(cell: Any) -> Any:
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _number(column: Column, position: int, remedy: str) -> float:
    cell = column.cells[position]
    if isinstance(cell, float):
        return cell
    if is_missing(cell) or (isinstance(cell, str) and cell.strip().lower() in NO_VALUE):
        return math.nan
    # Python's own spelling 1_000 is nobody else's.
    if isinstance(cell, str | Real | Decimal) and "_" not in str(cell):
        try:
            return float(cell)
        except OverflowError:
            return math.inf
        except ValueError:
            pass
    raise column.error(
        position, f"{short(cell)} is not a number; correct it, or {remedy}."
    )
