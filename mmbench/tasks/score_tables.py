"""Answers and references in two tables, row by row under the same ids."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmbench.columns import Column
from mmbench.errors import DataError, UnknownNameError
from mmbench.tasks.score_files import check_same_ids, text_of

__all__ = ["Columns", "needed_column", "paired_tables"]

Columns = Mapping[str, Column]

_ID = "id"
_JSON_LINES = (".jsonl", ".ndjson")


def paired_tables(references: Path, predictions: Path) -> tuple[Columns, Columns]:
    """Read references and predictions, and put them into one order.

    Parameters
    ----------
    references, predictions : Path
        CSV, TSV or JSON Lines (``.jsonl``), with a column ``id``.

    Returns
    -------
    (mapping of str to Column, mapping of str to Column)
        In the order of the references, without the ids.

    Raises
    ------
    DataError
        When a file is not a table, or an id is missing, doubled or unknown.
    """
    truth, said = _table(references), _table(predictions)
    wanted = _rows_by_id(truth, references)
    given = _rows_by_id(said, predictions)
    check_same_ids(wanted, given, references, predictions)
    return (
        _ordered(truth, list(wanted.values())),
        _ordered(said, [given[key] for key in wanted]),
    )


def needed_column(columns: Columns, name: str, path: Path) -> Column:
    """Return a column whose cells all hold something.

    Parameters
    ----------
    columns : mapping of str to Column
        Those of a table.
    name : str
        Its name.
    path : Path
        Where they were read, for messages.

    Returns
    -------
    Column

    Raises
    ------
    DataError
        When there is no such column, or a cell of it is empty.
    """
    if name not in columns:
        raise DataError(f"{path.name}: {UnknownNameError('column', name, columns)}")
    column = columns[name]
    for position, cell in enumerate(column.cells):
        if cell is None or cell == "":
            raise column.error(position, f"the cell of {path.name} is empty.")
    return column


def _ordered(columns: Columns, order: list[int]) -> Columns:
    return {
        name: Column(
            name, [column.cells[i] for i in order], [column.rows[i] for i in order]
        )
        for name, column in columns.items()
        if name != _ID
    }


def _rows_by_id(columns: Columns, path: Path) -> dict[str, int]:
    ids = needed_column(columns, _ID, path)
    found: dict[str, int] = {}
    for position, cell in enumerate(ids.cells):
        key = str(cell)
        if key in found:
            first = ids.rows[found[key]]
            raise ids.error(
                position, f"{path.name} has the id {key!r} in row {first} already."
            )
        found[key] = position
    return found


def _table(path: Path) -> Columns:
    text = text_of(path)
    rows = _json_rows(text, path) if path.suffix in _JSON_LINES else _rows(text, path)
    if not rows:
        raise DataError(f"{path.name} has no row.")
    names = list(dict.fromkeys(name for row in rows for name in row))
    numbers = range(1, len(rows) + 1)
    return {
        name: Column(name, [row.get(name) for row in rows], numbers) for name in names
    }


def _json_rows(text: str, path: Path) -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            where = f"{path.name}, line {number}"
            raise DataError(f"{where}: this is not JSON: {error}.") from error
        if not isinstance(row, dict):
            raise DataError(f"{path.name}, line {number}: it must be an object.")
        rows.append(row)
    return rows


def _rows(text: str, path: Path) -> list[Mapping[str, Any]]:
    delimiter = "\t" if path.suffix == ".tsv" else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Mapping[str, Any]] = []
    try:
        header = next(reader, [])
        for cells in reader:
            if len(cells) not in (0, len(header)):
                raise DataError(
                    f"{path.name}, line {reader.line_num}: {len(cells)} cells under "
                    f"{len(header)} names of columns."
                )
            if cells:
                rows.append(dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        where = f"{path.name}, line {reader.line_num}"
        raise DataError(f"{where}: this is not a table: {error}.") from error
    return rows
