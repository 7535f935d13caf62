"""JSON Lines, and JSON that is one list of objects."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mmbench.datasets.tables.separated import decoded
from mmbench.datasets.tables.table import Table, repeated, table_of_rows
from mmbench.errors import DataError

__all__ = ["parse_json", "parse_json_lines"]


def parse_json_lines(content: bytes) -> Table:
    """Parse a table with one JSON object a line.

    Parameters
    ----------
    content : bytes
        Text in UTF-8.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        Names the first line that is not a JSON object.
    """
    lines = enumerate(decoded(content).split("\n"), start=1)
    return table_of_rows(
        [
            _row(_loaded(line, f"line {n}"), f"line {n}")
            for n, line in lines
            if line.strip()
        ]
    )


def parse_json(content: bytes) -> Table:
    """Parse a table that is a list of JSON objects.

    Parameters
    ----------
    content : bytes
        Text in UTF-8.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        When it is something else; names the first object that is none.
    """
    rows = _loaded(decoded(content), "the file")
    if not isinstance(rows, list):
        raise DataError(
            "a JSON file must be a list of objects, one per row; write it so, or as "
            ".jsonl with one object per line."
        )
    return table_of_rows([_row(row, f"row {n}") for n, row in enumerate(rows, start=1)])


def _loaded(text: str, where: str) -> Any:
    try:
        loaded = json.loads(text, object_pairs_hook=_unique_pairs)
        # JSON can spell halves of characters ("\ud800") that no file can hold.
        json.dumps(loaded, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where} is not a JSON object: {error}.") from error
    return loaded


def _row(row: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(row, dict):
        raise DataError(f"{where} is not a JSON object but {json.dumps(row)[:40]}.")
    return row


def _unique_pairs(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise ValueError(
            f"the name {repeated(name for name, _ in pairs)!r} appears twice"
        )
    return row
