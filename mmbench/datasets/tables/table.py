"""What a table is: named columns of cells, and what a cell may be."""

from __future__ import annotations

import datetime
import functools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from mmbench.checks import Finding
from mmbench.errors import DataError

__all__ = [
    "Table",
    "check_unique",
    "check_width",
    "checked",
    "plain",
    "reading",
    "repeated",
    "table_of_rows",
]

# A wider table is a transposed one, and would take minutes to be parsed.
_MOST_COLUMNS = 200_000


class Table(NamedTuple):
    """A parsed table.

    Attributes
    ----------
    names : tuple of str
        The columns' names, each once.
    n_rows : int
        The number of rows, the header not counted.
    column : callable
        Returns the cells of a column as a list of Python objects.
    notices : tuple of Finding
        What should be known about how the file was parsed, one sentence each.
    """

    names: tuple[str, ...]
    n_rows: int
    column: Callable[[str], list[Any]]
    notices: tuple[Finding, ...] = ()


def table_of_rows(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return rows as a table.

    Parameters
    ----------
    rows : sequence of mapping of str to object
        Column to cell, for each row; what a row lacks is missing.

    Returns
    -------
    Table
        Its columns in the order in which rows have them first.
    """
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    check_width(len(names))
    return Table(names, len(rows), lambda name: [row.get(name) for row in rows])


def checked(table: Table) -> Table:
    """Return a table that has rows, and each name once.

    Parameters
    ----------
    table : Table
        Any table.

    Returns
    -------
    Table
        The table given.

    Raises
    ------
    DataError
        When it has no rows, or a name occurs twice.
    """
    check_unique(table.names)
    if not table.n_rows:
        raise DataError("the table has a header but no rows.")
    return table


def check_unique(names: Iterable[str]) -> None:
    """Check that columns have names of their own, but for those that have none.

    Parameters
    ----------
    names : iterable of str
        The columns' names.

    Raises
    ------
    DataError
        When a name occurs twice.
    """
    twice = repeated(name for name in names if name)
    if twice:
        raise DataError(
            f"the column name {twice!r} appears twice in the table; rename one of them."
        )


@contextmanager
def reading(column: str) -> Iterator[None]:
    """Name a column whose cells Python can't hold, such as dates beyond year 9999.

    Parameters
    ----------
    column : str
        The column's name.

    Raises
    ------
    DataError
        In place of what the library raised that keeps the cells.
    """
    try:
        yield
    except (ValueError, OverflowError) as error:
        raise DataError(f"column {column!r} can't be read: {error}.") from error


def check_width(n_columns: int) -> None:
    """Check that a table is not too wide to be parsed in reasonable time.

    Parameters
    ----------
    n_columns : int
        The number of its columns.

    Raises
    ------
    DataError
        When it is.
    """
    if n_columns > _MOST_COLUMNS:
        raise DataError(
            f"the table has {n_columns:,} columns, more than the {_MOST_COLUMNS:,} "
            f"allowed; "
            "write samples as rows, and leave out columns that are not needed."
        )


def repeated(names: Iterable[str]) -> str | None:
    """Return the first name that occurs more than once.

    Parameters
    ----------
    names : iterable of str
        Any names.

    Returns
    -------
    str or None
        None where each occurs once.
    """
    return next((name for name, n in Counter(names).items() if n > 1), None)


@functools.singledispatch
def plain(cell: Any) -> Any:
    """Return a cell of a data frame as what a file would have held.

    Parameters
    ----------
    cell : object
        A Python object, or a scalar of NumPy, pandas or pyarrow.

    Returns
    -------
    object
        Dates and times as ISO 8601 text; pandas' NA and NaT as None; arrays of strings
        and of integers in a row as lists. Objects of other kinds stay what they are.

    Examples
    --------
    >>> plain(np.int64(7)), plain(datetime.date(2024, 2, 29))
    (7, '2024-02-29')
    """
    if hasattr(cell, "as_py"):  # a scalar of pyarrow
        return plain(cell.as_py())
    return None if type(cell).__name__ == "NAType" else cell


@plain.register(datetime.date)
@plain.register(datetime.time)
def _iso(cell: datetime.datetime) -> str | None:
    return cell.isoformat() if cell == cell else None  # noqa: PLR0124 - NaT is a date


@plain.register(list)
@plain.register(tuple)
def _list(cells: Sequence[Any]) -> list[Any]:
    return list(map(plain, cells))


@plain.register(np.ndarray)
def _array(cells: np.ndarray[Any, Any]) -> Any:
    is_list = cells.ndim == 1 and cells.dtype.kind in "OUi"
    return _list(cells.tolist()) if is_list else cells


@plain.register(np.generic)
def _scalar(cell: np.generic) -> Any:
    return plain(cell.item())


@plain.register(np.datetime64)
def _date(cell: np.datetime64) -> Any:
    import pandas as pd

    return plain(pd.Timestamp(cell))
