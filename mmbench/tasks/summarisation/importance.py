"""From the cells of a target to the importance that each person sees in a row."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.columns import is_missing
from mmbench.untrusted import short

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.columns import Column

__all__ = ["importance_array"]


def importance_array(column: Column) -> NDArray[np.float64]:
    """Return what each person said of each row.

    Parameters
    ----------
    column : Column
        Cells are numbers; lists or tuples of them, one for each person; or such lists
        written as JSON, or with semicolons, as in ``1;3;2``.

    Returns
    -------
    ndarray of shape (n_rows, n_people)
        NaN where someone said nothing.

    Raises
    ------
    DataError
        Names row and column of a cell that is none of these, or in which nobody said
        anything.

    Examples
    --------
    >>> from mmbench.columns import Column
    >>> importance_array(Column("users", ["[1, 3]", "2;4"], [1, 2])).tolist()
    [[1.0, 3.0], [2.0, 4.0]]
    """
    found = [_numbers(column, i) for i in range(len(column.cells))]
    width = max(map(len, found))
    people = np.full((len(found), width), math.nan)
    for row, numbers in zip(people, found, strict=True):
        row[: len(numbers)] = numbers
    return people


def _numbers(column: Column, position: int) -> list[float]:
    cell = column.cells[position]
    parts = _parts(cell)
    if not parts or all(map(is_missing, parts)):
        raise column.error(position, f"{short(cell)} contains no importance.")
    return [_number(column, position, part) for part in parts]


def _parts(cell: Any) -> Sequence[Any]:
    if isinstance(cell, list | tuple | np.ndarray):
        return list(cell)
    if not isinstance(cell, str):
        return [cell]
    text = cell.strip()
    if text.startswith("["):
        try:
            loaded = json.loads(text.replace("NaN", "null"))
        except (ValueError, RecursionError):
            return [cell]
        return loaded if isinstance(loaded, list) else [cell]
    return [part.strip() or None for part in text.split(";")]


def _number(column: Column, position: int, part: Any) -> float:
    if is_missing(part) or (isinstance(part, str) and not part.strip()):
        return math.nan
    try:
        is_number = isinstance(part, str | Real | Decimal) and not isinstance(
            part, bool
        )
        number = float(part) if is_number else math.inf
    except ValueError:
        number = math.inf
    if not math.isfinite(number):
        raise column.error(
            position,
            f"{short(part)} is not a number; importance is a number, or a list of one "
            f"number per person, such as [1, 3, 2] or 1;3;2.",
        )
    return number
