"""Tables with a character between cells: CSV, TSV and their kin."""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import Literal

from mmbench.checks import Finding
from mmbench.checks.catalogue import STRAY_QUOTES
from mmbench.datasets.tables.quotes import broken_quote, line_of, swallowed_rows
from mmbench.datasets.tables.table import Table, check_width
from mmbench.errors import DataError

__all__ = ["decoded", "parse_separated"]

_SEPARATORS = ",;\t|"
# How much of a table is looked at to see what stands between its cells.
_SNIFFED_CHARACTERS, _SNIFFED_ROWS = 2**16, 100


def parse_separated(content: bytes, expected: str) -> Table:
    """Parse a table with a comma, semicolon, tab or bar between its cells.

    Parameters
    ----------
    content : bytes
        Text in UTF-8, or in UTF-16 with a byte order mark.
    expected : str
        The separator that the file's name stands for; another is taken where only it
        gives rows as many cells as the header has.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        When it is not text, or quotes or rows are not as a table has them.
    """
    text = decoded(content)
    separator = _separator(text, expected)
    broken = broken_quote(text, separator)
    if broken is None:
        return _parsed(text, separator, csv.QUOTE_MINIMAL)
    line = line_of(text, broken.start)
    if separator == "\t":
        # Most programs that write tabs quote nothing.
        notice = STRAY_QUOTES.found(
            "quotation marks count as characters like any other, because those in line "
            f"{line} don't enclose a cell."
        )
        return _parsed(text, separator, csv.QUOTE_NONE)._replace(notices=(notice,))
    where = f"in line {line_of(text, broken.end)}" if broken.is_closed else "nowhere"
    raise DataError(
        f"line {line}: a quotation mark starts a cell that ends {where} before a "
        "separator or the end of the line; write the cell in quotation marks and "
        'double those in it, such as "he said ""ok""".'
    )


def decoded(content: bytes) -> str:
    """Return text; say where it is none, and how to make it so.

    Parameters
    ----------
    content : bytes
        UTF-8, or UTF-16 with a byte order mark.

    Returns
    -------
    str
        Without the mark.

    Raises
    ------
    DataError
        When it is in another encoding, or not text.
    """
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if is_wide else "utf-8").removeprefix("\ufeff")
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


def _separator(text: str, expected: str) -> str:
    """Return the separator by which most rows have as many cells as the header."""
    head = text.lstrip("\r\n")[:_SNIFFED_CHARACTERS]
    candidates: tuple[str, ...] = (expected, *_SEPARATORS.replace(expected, ""))
    return max(candidates, key=lambda each: _fit(head, each))


def _fit(head: str, separator: str) -> float:
    """Return which share of rows has as many cells as the header, 0 where it has one.

    csv.Sniffer guesses letters, too, and looks at no row as a whole.
    """
    rows = csv.reader(io.StringIO(head, newline=""), delimiter=separator)
    try:
        header, *others = islice(filter(None, rows), _SNIFFED_ROWS)
    except (csv.Error, ValueError):  # no header, or a cell that is endless
        return 0.0
    # The last row may be cut.
    whole = others[:-1] if len(others) > 1 else others
    n_fit = sum(len(row) == len(header) for row in whole)
    return (1 + n_fit) / (1 + len(whole)) if len(header) > 1 else 0.0


def _parsed(text: str, separator: str, quoting: Literal[0, 3]) -> Table:
    import pandas as pd

    header = text.lstrip("\r\n").partition("\n")[0]
    check_width(header.count(separator) + 1)
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
        raise DataError(
            f"the table can't be parsed with {separator!r} between its cells: {reason}."
        ) from error
    names = tuple(map(str, frame.iloc[0]))
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
