"""Lists of labels that became text, as when pandas writes them to CSV."""

from __future__ import annotations

import ast
import re

from mmbench.checks import Finding
from mmbench.checks.catalogue import MAYBE_LISTS
from mmbench.columns.cells import Column
from mmbench.untrusted import short

__all__ = ["check_no_lists", "is_written_list", "list_notices"]

_MOST_CHARACTERS = 10_000
# A bracket, and a string in quotes next.
_OF_STRINGS = re.compile(r"""(?:array\(|set\(|frozenset\()?[\[({]+\s*(?:['"])""")
_IN_BRACKETS = re.compile(r"\[.*\]|\(\)|\{\}|set\(\)|frozenset\(\)", re.DOTALL)
_REMEDY = (
    "write lists in JSON Lines or Parquet, or join labels with a separator, such as "
    "War|Drama with the label separator '|'"
)


def check_no_lists(column: Column, separator: str | None = None) -> None:
    """Refuse cells of a target that are lists of strings written as text.

    Parameters
    ----------
    column : Column
        A target column.
    separator : str, optional
        What joins the labels of a cell. With one, whatever is in square brackets is a
        list.

    Raises
    ------
    DataError
        Names the first such cell.

    Examples
    --------
    >>> check_no_lists(Column("genres", ["War", "['War', 'Drama']"], [1, 2]))
    Traceback (most recent call last):
    mmbench.errors.DataError: row 2, column 'genres': "['War', 'Drama']" is a list ...
    """
    for position, cell in enumerate(column.cells):
        if isinstance(cell, str) and is_written_list(cell, separator):
            what = f"{short(cell)} is a list that was written as text; {_REMEDY}."
            raise column.error(position, what)


def is_written_list(text: str, separator: str | None = None) -> bool:
    """Return whether a text is a list of strings; see :func:`check_no_lists`.

    Parameters
    ----------
    text : str
        A label, as the table gives it.
    separator : str, optional
        What separates the labels of a sample; None where each has one.

    Returns
    -------
    bool
        With a separator, anything in square brackets counts.
    """
    return _is_list(text) or (separator is not None and _in_brackets(text))


def list_notices(column: Column) -> tuple[Finding, ...]:
    """Return a notice of labels in square brackets that may be meant as lists.

    Parameters
    ----------
    column : Column
        The column of labels.

    Returns
    -------
    tuple of str
        One sentence with the remedy, or none.

    Examples
    --------
    >>> list_notices(Column("codes", ["[1, 2]", "[1]"], [1, 2]))
    ("column 'codes': 2 of 2 cells are in brackets, and each counts as one label; ...
    >>> list_notices(Column("token", ["[unknown]", "word"], [1, 2]))
    ()
    """
    found = [
        i
        for i, cell in enumerate(column.cells)
        if isinstance(cell, str)
        and _in_brackets(cell)
        and not re.fullmatch(r"\[[^\W\d][^,;]*\]", cell.strip())
    ]
    if not found:
        return ()
    what = (
        f"are in brackets, and each counts as one label; if they are lists, {_REMEDY}"
    )
    return (MAYBE_LISTS.found(column.notice(found, what)),)


def _in_brackets(cell: str) -> bool:
    return _IN_BRACKETS.fullmatch(cell.strip()) is not None


def _is_list(cell: str) -> bool:
    """Return whether a text is a list, tuple, set or array of strings."""
    text = cell.strip()[:_MOST_CHARACTERS]
    if not _OF_STRINGS.match(text):
        return False
    inner = re.sub(r"^\w+\(|\)$", "", text) if text[0].isalpha() else text
    try:
        return isinstance(ast.literal_eval(inner), list | tuple | set | dict)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        # Of an array, or cut: the quotes behind the bracket say enough.
        return inner[-1:] in "])}"
