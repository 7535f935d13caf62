"""Tables that are in memory: data frames, columns by name, rows as mappings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mmbench.datasets.tables.table import (
    Table,
    check_unique,
    check_width,
    plain,
    reading,
    table_of_rows,
)
from mmbench.errors import DataError, UsageError

__all__ = ["table_of_frame"]


def table_of_frame(data: Any) -> Table:
    """Return the cells of a data frame, a dict of columns or a list of dicts.

    Parameters
    ----------
    data : object
        A frame that narwhals knows (pandas, polars, pyarrow, Modin, cuDF), a mapping of
        names to equally long columns, or a sequence of mappings of names to cells.

    Returns
    -------
    Table
        Missing values of every kind as None. The index of a pandas frame is not a
        column.

    Raises
    ------
    UsageError
        When it is something else, or its columns are not named by strings.
    DataError
        When columns are not of the same length.

    Examples
    --------
    >>> table = table_of_frame({"name": ["rex", None], "age": [3, 4]})
    >>> table.names, table.column("name")
    (('name', 'age'), ['rex', None])
    """
    if isinstance(data, Mapping):
        return _of_columns(data)
    if isinstance(data, Sequence) and not isinstance(data, str | bytes):
        return _of_rows(data)
    return _of_frame(data)


def _of_rows(data: Sequence[Any]) -> Table:
    for number, row in enumerate(data, start=1):
        if not isinstance(row, Mapping):
            raise UsageError(
                f"a list must hold a mapping for each row, got a {type(row).__name__} "
                f"in row {number}."
            )
        _check_names(row)
    table = table_of_rows(data)
    return table._replace(column=lambda name: list(map(plain, table.column(name))))


def _of_columns(data: Mapping[str, Any]) -> Table:
    _check_names(data)
    check_width(len(data))
    for name, cells in data.items():
        if isinstance(cells, str | bytes) or not isinstance(cells, Iterable):
            raise UsageError(
                f"column {name!r} must be a list or an array of cells, got a "
                f"{type(cells).__name__}."
            )
    columns = {name: list(map(plain, cells)) for name, cells in data.items()}
    lengths = {name: len(cells) for name, cells in columns.items()}
    if len(set(lengths.values())) > 1:
        raise DataError(f"columns must be of the same length, got {lengths}.")
    n_rows = next(iter(lengths.values()), 0)
    return Table(tuple(columns), n_rows, columns.__getitem__)


def _of_frame(data: Any) -> Table:
    import narwhals as nw

    # pandas and pyarrow allow names that narwhals refuses in its own words.
    of_pandas = data.columns if hasattr(data, "iloc") and data.ndim == 2 else ()
    names = getattr(data, "column_names", of_pandas)
    _check_names(names)
    check_unique(names)
    try:
        frame = nw.from_native(data, eager_only=True)
    except TypeError as error:
        lazy = hasattr(data, "collect") or hasattr(data, "compute")
        raise UsageError(
            "data must be a path, a data frame (pandas, polars, pyarrow), a mapping of "
            f"columns or a list of mappings, got a {type(data).__name__}"
            f"{'; collect or compute it first' if lazy else ''}."
        ) from error
    check_width(frame.shape[1])

    def column(name: str) -> list[Any]:
        series = frame.get_column(name)
        missing = series.is_null().to_list()
        with reading(name):
            cells = zip(series.to_list(), missing, strict=True)
            return [None if is_missing else plain(cell) for cell, is_missing in cells]

    return Table(tuple(frame.columns), len(frame), column)


def _check_names(names: Iterable[Any]) -> None:
    for name in names:
        if not isinstance(name, str):
            raise UsageError(
                f"columns must be named by strings, got {name!r}; rename them first, "
                "such as by data.columns = [str(name) for name in data.columns]."
            )
