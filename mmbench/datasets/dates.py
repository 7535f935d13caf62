"""Columns of dates, as the numbers of their parts."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from mmbench.columns import NO_VALUE, is_missing
from mmbench.datasets.tables import Table
from mmbench.errors import DataError, UnknownNameError

__all__ = ["DATE_PARTS", "date_columns", "date_of", "dated"]

DATE_PARTS = (
    *("year", "month", "weekday"),
    *("weekday_sin", "weekday_cos", "yearday_sin", "yearday_cos"),
)
"""What a date becomes: numbers, and the week and the year as circles."""

_WEEK, _YEAR = 7, 365.25


def date_of(text: str) -> date | None:
    """Read a date.

    Parameters
    ----------
    text : str
        ISO 8601, with or without a time, or day, month and year parted by dots.

    Returns
    -------
    date or None
        None where it is none of these; ``3/4/2026`` may be either of two days.

    Examples
    --------
    >>> date_of("2026-03-04T12:00:00"), date_of("4.3.2026"), date_of("3/4/2026")
    (datetime.date(2026, 3, 4), datetime.date(2026, 3, 4), None)
    """
    text = text.strip()
    try:
        if text.count(".") == 2 and "-" not in text:
            day, month, year = map(int, text.split("."))
            return date(year, month, day) if year > 99 else None
        return datetime.fromisoformat(text).date() if "-" in text else None
    except ValueError:
        return None


def date_columns(name: str) -> tuple[str, ...]:
    """Return the names of the numbers that a column of dates becomes.

    Parameters
    ----------
    name : str
        The column.

    Returns
    -------
    tuple of str
        One for each of :data:`DATE_PARTS`.
    """
    return tuple(f"{name}_{part}" for part in DATE_PARTS)


def dated(table: Table, names: Iterable[str]) -> Table:
    """Replace columns of dates by the numbers of their parts.

    Parameters
    ----------
    table : Table
        The cells.
    names : iterable of str
        Columns whose cells are dates, or missing.

    Returns
    -------
    Table
        Without these columns, the others before the numbers. Where a cell is missing,
        so are all its numbers.

    Raises
    ------
    UnknownNameError
        When there is no such column.
    DataError
        When a cell is not a date, or a new column's name is taken.
    """
    for name in dict.fromkeys(names):
        table = _dated(table, name)
    return table


def _dated(table: Table, name: str) -> Table:
    if name not in table.names:
        raise UnknownNameError("column", name, table.names)
    columns = date_columns(name)
    taken = sorted({*columns} & {*table.names})
    if taken:
        raise DataError(
            f"column {name!r} is to become {columns[0]!r} and so on, but there is a "
            f"column {taken[0]!r} already; rename it."
        )
    rows = [_parts(cell, name, i) for i, cell in enumerate(table.column(name), start=1)]
    found: Mapping[str, list[Any]] = {
        column: [None if row is None else row[i] for row in rows]
        for i, column in enumerate(columns)
    }

    def column(wanted: str) -> list[Any]:
        return found[wanted] if wanted in found else table.column(wanted)

    rest = tuple(each for each in table.names if each != name)
    return table._replace(names=(*rest, *columns), column=column)


def _parts(cell: Any, name: str, row: int) -> tuple[float, ...] | None:
    text = str(cell).strip()
    if is_missing(cell) or text.lower() in NO_VALUE:
        return None
    day = date_of(text)
    if day is None:
        raise DataError(
            f"column {name!r}, row {row}: expected a date such as 2026-11-30, got "
            f"{reprlib.repr(cell)}; write dates as ISO 8601 does, or leave the cell "
            "empty."
        )
    week = 2 * math.pi * day.weekday() / _WEEK
    year = 2 * math.pi * (day.timetuple().tm_yday - 1) / _YEAR
    circles = [f(angle) for angle in (week, year) for f in (math.sin, math.cos)]
    return (float(day.year), float(day.month), float(day.weekday()), *circles)
