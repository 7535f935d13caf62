"""Parquet files and Arrow tables, with the names that Hugging Face has for classes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from mmbench.datasets.tables.table import Table, check_width, plain, reading
from mmbench.errors import DataError
from mmbench.untrusted import allowance

__all__ = ["parse_parquet", "table_of_arrow"]


def parse_parquet(content: bytes) -> Table:
    """Parse a Parquet file.

    Parameters
    ----------
    content : bytes
        What the file holds.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        When it is not Parquet, too wide, or a bomb.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        check_width(file.metadata.num_columns)
        _check_swelling(file.metadata, len(content))
        return table_of_arrow(file.read())
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"this is not a readable Parquet file: {error}.") from error


def table_of_arrow(table: Any) -> Table:
    """Return an Arrow table's cells.

    Parameters
    ----------
    table : pyarrow.Table
        What Hugging Face's ``datasets`` wrote says in its schema which numbers stand
        for which classes.

    Returns
    -------
    Table
        Classes by name; -1, which stands for a label that is withheld, as None.
    """
    features = _features(table.schema.metadata or {})

    def column(name: str) -> list[Any]:
        values = table.column(name)
        with reading(name):
            cells = values.to_pylist()
            if not _is_plain(values.type):
                cells = list(map(plain, cells))
        names = _class_names(features.get(name))
        return cells if names is None else [_named(c, names, name) for c in cells]

    return Table(tuple(table.column_names), table.num_rows, column)


def _is_plain(kind: Any) -> bool:
    """Return whether cells of a type are text or numbers of Python's own at once."""
    import pyarrow as pa

    numbers = (pa.float64(), pa.float32(), pa.int64(), pa.int32())
    return kind in (pa.string(), pa.large_string(), *numbers)


def _features(metadata: dict[bytes, bytes]) -> dict[str, Any]:
    """Return what Hugging Face says of columns, empty where it says nothing."""
    try:
        return dict(json.loads(metadata[b"huggingface"])["info"]["features"])
    except (KeyError, TypeError, ValueError):
        return {}


def _class_names(feature: Any) -> Sequence[str] | None:
    """Return the names of a column of classes, or of lists of them."""
    while isinstance(feature, list) and feature:
        feature = feature[0]
    if not isinstance(feature, dict):
        return None
    if feature.get("_type") == "ClassLabel":
        return list(map(str, feature.get("names") or ())) or None
    return _class_names(feature.get("feature"))


def _named(cell: Any, names: Sequence[str], column: str) -> Any:
    if isinstance(cell, list):
        return [_named(each, names, column) for each in cell]
    if cell is None or cell == -1:
        return None
    if not isinstance(cell, int) or not 0 <= cell < len(names):
        raise DataError(
            f"column {column!r}: class {cell!r} has no name among the {len(names)} in "
            "the file's metadata; write the table again without it."
        )
    return names[cell]


def _check_swelling(metadata: Any, n_bytes: int) -> None:
    """Refuse a Parquet file that is a bomb by what it says of itself."""
    groups = map(metadata.row_group, range(metadata.num_row_groups))
    n_unpacked = sum(group.total_byte_size for group in groups)
    if max(n_unpacked, metadata.num_rows) > allowance(n_bytes):
        raise DataError(
            f"{metadata.num_rows:,} rows of {n_unpacked:,} bytes come out of "
            f"{n_bytes:,} bytes, too many for genuine data."
        )
