"""Columns whose cells are lists of numbers, such as embeddings made elsewhere."""

from __future__ import annotations

import reprlib
from typing import Any

import numpy as np

from mmbench.columns import is_missing
from mmbench.datasets.tables import Table
from mmbench.errors import DataError, UnknownNameError

__all__ = ["unrolled"]


def unrolled(table: Table, name: str) -> tuple[Table, tuple[str, ...]]:
    """Replace a column of lists by a column for each of their numbers.

    Parameters
    ----------
    table : Table
        The cells.
    name : str
        A column whose cells are lists of equal length, or missing.

    Returns
    -------
    Table
        Without the column, the others before its numbers. Where the cell is missing, so
        are all its numbers.
    tuple of str
        The names of the new columns.

    Raises
    ------
    UnknownNameError
        When there is no such column.
    DataError
        When a cell is not a list of finite numbers, lists differ in length, all are
        missing, or a new column's name is taken; the message names the row.
    """
    if name not in table.names:
        raise UnknownNameError("column", name, table.names)
    cells = table.column(name)
    columns = tuple(f"{name}_{i}" for i in range(_width(name, cells)))
    taken = sorted({*columns} & {*table.names})
    if taken:
        raise DataError(
            f"column {name!r} is to become {columns[0]!r} and so on, but there is a "
            f"column {taken[0]!r} already; rename it."
        )
    place = {column: i for i, column in enumerate(columns)}

    def column(wanted: str) -> list[Any]:
        if wanted not in place:
            return table.column(wanted)
        i = place[wanted]
        return [cell[i] if isinstance(cell, list) else None for cell in cells]

    rest = tuple(each for each in table.names if each != name)
    return table._replace(names=(*rest, *columns), column=column), columns


def _width(name: str, cells: list[Any]) -> int:
    """Return how long all lists of numbers are."""
    width = 0
    for row, cell in enumerate(cells, start=1):
        if isinstance(cell, list):
            width = width or len(cell)
            if width and len(cell) == width and _are_numbers(cell):
                continue
        elif is_missing(cell):
            continue
        expected = f"a list of {width} numbers" if width else "a list of numbers"
        found = reprlib.repr(cell)
        raise DataError(
            f"column {name!r}, row {row}: expected {expected}, got {found}."
        )
    if not width:
        raise DataError(f"column {name!r}: all cells are empty; there is no list.")
    return width


def _are_numbers(cell: list[Any]) -> bool:
    try:
        return bool(np.isfinite(np.array(cell, dtype=np.float64)).all())
    except (TypeError, ValueError):
        return False
