"""From the cells of a target column to numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import OUTLIERS
from mmbench.columns import Column, numbers_of
from mmbench.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LARGEST", "number_array", "outliers", "why_numbers"]

LARGEST = 1e30
"""Beyond it, sums of squares no longer fit in the floats of some libraries."""

# A number as tables write it. 007 is none: it's a code, which 7 would not be.
_NUMBER = re.compile(
    r"[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE
)
_NOT_FINITE = frozenset(
    {"na", "n/a", "#n/a", "nan", "null", "none"}
    | {"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}
)
_MOST_CLASSES = 20
# A value that most rows share with fewer than this many can't be in three folds.
_FEW_ROWS = 3
_FAR = 1000
_INT64 = 2.0**63


def why_numbers(column: Column) -> str | None:
    """Return a sentence if a column holds numbers rather than names of classes.

    It does when all cells are numbers and some have a fraction; or when they are whole
    numbers of more than 20 values, one of which at least is in one or two rows only, so
    that no classifier could be cross-validated. Cells such as 007 are codes.

    Parameters
    ----------
    column : Column
        The target's column, without missing cells.

    Returns
    -------
    str or None
        None where the column holds classes.

    Examples
    --------
    >>> why_numbers(Column("price", ["9.5", "12"], [1, 2]))
    "column 'price': some numbers have fractions, so the task is regression; where ...
    >>> why_numbers(Column("stars", ["1", "5"], [1, 2])) is None
    True
    """
    cells = [str(cell).strip() for cell in column.cells if _may_be_number(cell)]
    written = [cell for cell in cells if cell.lower() not in _NOT_FINITE]
    if len(cells) < len(column.cells) or not all(map(_NUMBER.fullmatch, written)):
        return None
    values, counts = np.unique([float(cell) for cell in written], return_counts=True)
    if (values != np.floor(values)).any():
        why = "some numbers have fractions"
    elif len(values) <= _MOST_CLASSES or np.abs(values).max() >= _INT64:
        return None
    elif counts.min() < _FEW_ROWS:
        why = f"there are {len(values):,} different numbers, some of them once or twice"
    else:
        return None
    return (
        f"column {column.name!r}: {why}, so the task is regression; where the numbers "
        "name classes, choose the task 'classification' (--task classification)."
    )


def _may_be_number(cell: Any) -> bool:
    return isinstance(cell, str | Real | Decimal) and not isinstance(cell, bool)


def number_array(column: Column) -> NDArray[np.float64]:
    """Return the numbers in cells, none of which is missing.

    Parameters
    ----------
    column : Column
        The target's column.

    Returns
    -------
    ndarray of shape (n_rows,), float64
        One number per cell.

    Raises
    ------
    DataError
        When a cell is not a finite number or beyond 1e30, or all are the same.

    Examples
    --------
    >>> number_array(Column("price", ["9.5", 12], [1, 2]))
    array([ 9.5, 12. ])
    """
    numbers = numbers_of(column, "choose the task 'classification' if it is a label")
    for position, number in enumerate(numbers):
        if not math.isfinite(number):
            raise column.error(
                position,
                f"{column.cells[position]!r} is not a number to predict; leave the "
                "cell empty if there is none.",
            )
        if abs(number) > LARGEST:
            raise column.error(
                position,
                f"{number:g} is beyond {LARGEST:g}, where squares overflow; correct "
                "it, or give the target in another unit.",
            )
    y = np.array(numbers)
    if (y == y[0]).all():
        raise DataError(
            f"column {column.name!r} holds one number only, {y[0]:g}; there is "
            "nothing to predict."
        )
    return y


def outliers(column: Column, y: NDArray[np.float64]) -> Sequence[Finding]:
    """Return a notice of numbers that are so far off that they decide every square.

    Far is a thousand interquartile ranges from the median or, where half of the rows
    have the same number, a thousand times what 90 % of them lie within.

    Parameters
    ----------
    column : Column
        The target's column.
    y : ndarray of shape (n_rows,)
        The numbers that were read from it.

    Returns
    -------
    sequence of Finding
        One or none.
    """
    low, first, median, third, high = np.quantile(y, [0.05, 0.25, 0.5, 0.75, 0.95])
    spread = third - first or high - low
    far = np.flatnonzero(np.abs(y - median) > _FAR * spread)
    if not spread or not len(far):
        return ()
    most = y[far[np.abs(y[far] - median).argmax()]]
    what = (
        f"are over {_FAR:,} times as far from the median as most, up to {most:g}; R² "
        "and RMSE are about them alone, so correct them or choose a log target"
    )
    return (OUTLIERS.found(column.notice(far.tolist(), what)),)
