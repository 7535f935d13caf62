"""Tables as files hold them: CSV, TSV, Parquet and JSON Lines, cell by cell.

Nothing is guessed about what a cell means here; that is for the column's role
(:mod:`mmbench.columns`).
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from mmbench.checks import Finding
from mmbench.checks.catalogue import STRAY_QUOTES
from mmbench.datasets.quotes import broken_quote, line_of, swallowed_rows
from mmbench.errors import DataError
from mmbench.untrusted import allowance

__all__ = ["Table", "parse_table", "read_content"]

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


def read_content(path: Path) -> bytes:
    """Return a table file's bytes.

    Parameters
    ----------
    path : Path
        A table in any of the formats that are read.

    Returns
    -------
    bytes
        Its whole content, not empty.

    Raises
    ------
    DataError
        When there is no such file, it can't be read, is empty, or its suffix is none
        that is known.
    """
    try:
        if path.is_dir():
            raise DataError("this is a folder; give the table file in it.")
        if not path.exists():
            raise DataError("there is no such file.")
        if not path.is_file():
            raise DataError("this is not a regular file.")
        if path.suffix.lower() not in _PARSERS:
            raise DataError(
                f"the suffix must be one of {sorted(_PARSERS)}, got {path.suffix!r}; "
                "export the table in one of these formats."
            )
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"it can't be read: {error.strerror}.") from error
    if not content.strip():
        raise DataError("the file is empty.")
    return content


def parse_table(content: bytes, suffix: str) -> Table:
    """Parse the bytes of a table file.

    Parameters
    ----------
    content : bytes
        What the file holds.
    suffix : str
        The file's suffix, such as ``".csv"``.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        When the content is not in that format, has no rows, or a name occurs twice.
    """
    table = _PARSERS[suffix.lower()](content)
    _check_names(table.names)
    if not table.n_rows:
        raise DataError("there is a header but there are no rows.")
    return table


def _parse_csv(content: bytes) -> Table:
    text = _decoded(content)
    broken = broken_quote(text, ",")
    if broken:
        line = line_of(text, broken.start)
        where = (
            f"in line {line_of(text, broken.end)}" if broken.is_closed else "nowhere"
        )
        raise DataError(
            f"line {line}: a quotation mark starts a cell that ends {where} before a "
            "separator or the end of the line; write the cell in quotation marks and "
            'double those in it, such as "he said ""ok""".'
        )
    return _separated(text, ",", csv.QUOTE_MINIMAL)


def _parse_tsv(content: bytes) -> Table:
    text = _decoded(content)
    broken = broken_quote(text, "\t")
    if broken is None:
        return _separated(text, "\t", csv.QUOTE_MINIMAL)
    # Most programs that write tabs quote nothing.
    line = line_of(text, broken.start)
    notice = STRAY_QUOTES.found(
        "quotation marks count as characters like any other, because those in line "
        f"{line} don't enclose a cell."
    )
    return _separated(text, "\t", csv.QUOTE_NONE)._replace(notices=(notice,))


def _separated(text: str, separator: str, quoting: Literal[0, 3]) -> Table:
    import pandas as pd

    header = text.lstrip("\r\n").partition("\n")[0]
    _check_width(header.count(separator) + 1)
    try:
        # Without a header, pandas neither renames doubled names nor takes a first
        # column without a name for the index. Rows that are too short are filled up.
        frame = pd.read_csv(
            io.StringIO(text),
            sep=separator,
            header=None,
            dtype=str,
            keep_default_na=False,
            quoting=quoting,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        reason = str(error).rpartition("C error: ")[2].strip()
        raise DataError(f"the table can't be parsed: {reason}.") from error
    names = tuple(map(str, frame.iloc[0]))
    if len(names) == 1 and any(other in names[0] for other in ";|\t"):
        raise DataError(
            f"the header has one cell, {names[0]!r}; cells must be separated by "
            f"{separator!r}: export the table as .csv with commas or .tsv with tabs."
        )
    rows = frame.iloc[1:]
    quoted = quoting == csv.QUOTE_MINIMAL
    return Table(
        names,
        len(rows),
        lambda name: rows[names.index(name)].tolist(),
        _swallowed(text, separator, len(names)) if quoted else (),
    )


def _swallowed(text: str, separator: str, n_columns: int) -> tuple[Finding, ...]:
    """Return a notice of cells that may be rows joined by a stray quotation mark."""
    starts = swallowed_rows(text, separator, n_columns) if n_columns > 1 else []
    if not starts:
        return ()
    notice = STRAY_QUOTES.found(
        f"quotation marks join lines that could each be a row into {len(starts):,} "
        f"of the cells (the first in line {line_of(text, starts[0])}); if they are "
        "characters like any other there, enclose the cells in quotation marks and "
        "double those in them."
    )
    return (notice,)


def _parse_jsonl(content: bytes) -> Table:
    rows = []
    for number, line in enumerate(_decoded(content).split("\n"), start=1):
        if line.strip():
            rows.append(_json_row(line, number))
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    _check_width(len(names))
    return Table(names, len(rows), lambda name: [row.get(name) for row in rows])


def _json_row(line: str, number: int) -> Mapping[str, Any]:
    try:
        row = json.loads(line, object_pairs_hook=_unique_pairs)
        # JSON can spell halves of characters ("\ud800") that no file can hold.
        json.dumps(row, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise DataError(f"line {number} is not a JSON object: {error}.") from error
    if not isinstance(row, dict):
        raise DataError(f"line {number} is not a JSON object but {line.strip()[:40]}.")
    return row


def _unique_pairs(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise ValueError(f"the name {_repeated(name for name, _ in pairs)!r} is twice")
    return row


def _parse_parquet(content: bytes) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        _check_width(file.metadata.num_columns)
        _check_swelling(file.metadata, len(content))
        table = file.read()
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"this is not a readable Parquet file: {error}.") from error
    names = tuple(table.column_names)
    return Table(names, table.num_rows, lambda name: table.column(name).to_pylist())


def _check_swelling(metadata: Any, n_bytes: int) -> None:
    """Refuse a Parquet file that is a bomb by what it says of itself."""
    groups = map(metadata.row_group, range(metadata.num_row_groups))
    n_unpacked = sum(group.total_byte_size for group in groups)
    if max(n_unpacked, metadata.num_rows) > allowance(n_bytes):
        raise DataError(
            f"{metadata.num_rows:,} rows of {n_unpacked:,} bytes come out of "
            f"{n_bytes:,} bytes, which no honest data would."
        )


def _decoded(content: bytes) -> str:
    """Return UTF-8 text; say where it is not, and how to make it so."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError("the file is in UTF-16; save it as UTF-8.")
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"line {line} is not UTF-8 (byte 0x{content[error.start]:02x}); save the "
            "file as UTF-8, such as with: iconv -f WINDOWS-1252 -t UTF-8."
        ) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DataError(f"line {line} holds a NUL byte; this is not a text file.")
    return text


def _check_width(n_columns: int) -> None:
    if n_columns > _MOST_COLUMNS:
        raise DataError(
            f"the table has {n_columns:,} columns, and may have {_MOST_COLUMNS:,}; "
            "write samples as rows, and leave out columns that are not needed."
        )


def _check_names(names: Sequence[str]) -> None:
    # A table may have several columns without a name, as long as nobody asks for one.
    twice = _repeated(name for name in names if name)
    if twice:
        raise DataError(f"the column name {twice!r} is twice in the table; rename one.")


def _repeated(names: Iterable[str]) -> str | None:
    """Return the first name that occurs more than once."""
    return next((name for name, n in Counter(names).items() if n > 1), None)


_PARSERS: Mapping[str, Callable[[bytes], Table]] = {
    ".csv": _parse_csv,
    ".jsonl": _parse_jsonl,
    ".ndjson": _parse_jsonl,
    ".parquet": _parse_parquet,
    ".tsv": _parse_tsv,
}
