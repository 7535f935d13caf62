"""Quotes in CSV and TSV: whether they stand as RFC 4180 has them.

A parser that is lenient about quotes glues rows together: one cell that starts with
a quotation mark takes all lines up to the next mark. So they are checked first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Quoted", "broken_quote", "line_of", "swallowed_rows"]

_LONGEST_START = 10_000
_LINE_END = re.compile(r"\r\n|\r|\n")


class Quoted(NamedTuple):
    """A cell in quotation marks: where it starts and ends, and whether it does.

    Attributes
    ----------
    start, end : int
        Offsets in the text, the end exclusive.
    is_closed : bool
        Whether a closing quotation mark was found.
    """

    start: int
    end: int
    is_closed: bool


def broken_quote(text: str, separator: str) -> Quoted | None:
    r"""Return the first cell in quotes that doesn't end before a separator or a line.

    Parameters
    ----------
    text : str
        The table's text.
    separator : str
        One character between cells.

    Returns
    -------
    Quoted or None
        None where every cell in quotes is well formed.

    Examples
    --------
    >>> broken_quote('a,b\n"an ""x"" here",1\n', ",") is None
    True
    >>> broken_quote('a,b\n"x" y,1\n', ",")
    Quoted(start=4, end=7, is_closed=True)
    """
    ends = {separator, "\r", "\n"}
    for cell in _quoted_cells(text, separator):
        follows = text[cell.end : cell.end + 1]
        if not cell.is_closed or (follows and follows not in ends):
            return cell
    return None


def swallowed_rows(text: str, separator: str, n_columns: int) -> list[int]:
    r"""Return where cells in quotes start that could as well be whole rows.

    Such a cell runs over several lines, each of which has as many cells as the table
    has columns when quotes are plain characters.

    Parameters
    ----------
    text : str
        The table's text.
    separator : str
        One character between cells.
    n_columns : int
        The number of the table's columns.

    Returns
    -------
    list of int
        Offsets in the text, ascending.

    Examples
    --------
    >>> swallowed_rows('a,b\n"x,1\ny",2\n', ",", 2)
    [4]
    >>> swallowed_rows('a,b\n"two\nlines",2\n', ",", 2)
    []
    """
    found = []
    for start, end, _ in _quoted_cells(text, separator):
        if separator not in text[start:end] or not _LINE_END.search(text, start, end):
            continue
        # Within bounds, since a file may have many such cells and no such character.
        near = max(0, start - _LONGEST_START)
        first = max(text.rfind(end_of, near, start) for end_of in "\r\n") + 1
        first = first or near
        last = _LINE_END.search(text, end)
        lines = _LINE_END.split(text[first : last.start() if last else len(text)])
        if all(line.count(separator) == n_columns - 1 for line in lines):
            found.append(start)
    return found


def line_of(text: str, position: int) -> int:
    """Return the number of the line, from 1, that a position is in.

    Parameters
    ----------
    text : str
        The table's text.
    position : int
        An offset in it.

    Returns
    -------
    int
        Lines end with LF, CR or CRLF.
    """
    return sum(1 for _ in _LINE_END.finditer(text, 0, position)) + 1


def _quoted_cells(text: str, separator: str) -> Iterator[Quoted]:
    # Possessive: nothing is tried twice, however long a cell is.
    cell = re.compile(rf'(?:(?<=[{re.escape(separator)}\r\n])|\A)"(?:[^"]|"")*+("?)')
    for found in cell.finditer(text):
        yield Quoted(*found.span(), is_closed=bool(found[1]))
