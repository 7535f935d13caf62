"""Table files: which formats there are, and how they may be packed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path, PurePath

from mmbench.datasets.tables.arrow import parse_parquet
from mmbench.datasets.tables.json_lines import parse_json, parse_json_lines
from mmbench.datasets.tables.separated import parse_separated
from mmbench.datasets.tables.table import Table, checked
from mmbench.errors import DataError
from mmbench.untrusted import PACKED, check_regular, unpack

__all__ = ["SUFFIXES", "parse_table", "read_content"]

_PARSERS: Mapping[str, Callable[[bytes], Table]] = {
    ".csv": partial(parse_separated, expected=","),
    ".json": parse_json,
    ".jsonl": parse_json_lines,
    ".ndjson": parse_json_lines,
    ".parquet": parse_parquet,
    ".tsv": partial(parse_separated, expected="\t"),
    ".txt": partial(parse_separated, expected="\t"),
}
SUFFIXES = tuple(_PARSERS)
"""The formats of tables, by what their files' names end in."""


def read_content(path: Path) -> tuple[bytes, str]:
    """Return what a table file holds, unpacked, and its format.

    Parameters
    ----------
    path : Path
        A table in any of the formats that are read, maybe packed by gzip, bzip2, xz,
        Zstandard, or as the only file in a zip archive.

    Returns
    -------
    content : bytes
        All of it, not empty.
    suffix : str
        One of :data:`SUFFIXES`.

    Raises
    ------
    DataError
        When there is no such file, it can't be read or unpacked, is empty, or its
        suffix is unknown.
    """
    suffix, packed = _suffixes(path)
    try:
        if not path.exists():
            raise DataError("there is no such file.")
        if suffix not in _PARSERS and packed != ".zip":
            raise _unknown(suffix)
        check_regular(path)
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"it can't be read: {error.strerror}.") from error
    if packed:
        content, name = unpack(content, packed)
        suffix = suffix if suffix in _PARSERS else PurePath(name).suffix.lower()
    if suffix not in _PARSERS:
        raise _unknown(suffix)
    if not content.strip():
        raise DataError("the file is empty.")
    return content, suffix


def parse_table(content: bytes, suffix: str) -> Table:
    """Parse the bytes of a table file.

    Parameters
    ----------
    content : bytes
        What the file holds.
    suffix : str
        One of :data:`SUFFIXES`.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        When the content is not in that format, has no rows, or a name occurs twice.
    """
    return checked(_PARSERS[suffix.lower()](content))


def _suffixes(path: Path) -> tuple[str, str]:
    """Return the suffix of the format and that of the packing, empty without any."""
    last = path.suffix.lower()
    return (PurePath(path.stem).suffix.lower(), last) if last in PACKED else (last, "")


def _unknown(suffix: str) -> DataError:
    return DataError(
        f"the suffix must be one of {list(SUFFIXES)}, got {suffix!r}; export the "
        f"table in one of these formats. It may be followed by one of {list(PACKED)}."
    )
