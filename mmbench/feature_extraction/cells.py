"""What an extractor is given: a column of cells, some of them missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from mmbench.untrusted import short

__all__ = ["cells_of", "is_missing", "texts_of"]


def is_missing(cell: Any) -> bool:
    """Return whether a cell holds no value: ``None``, NaN, ``pd.NA`` or ``pd.NaT``.

    Parameters
    ----------
    cell : object
        Any cell of a column.

    Returns
    -------
    bool
        False for the empty text, which is a value.

    Examples
    --------
    >>> [is_missing(cell) for cell in (None, float("nan"), "", 0)]
    [True, True, False, False]
    """
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return True
    return isinstance(cell, float | np.floating) and bool(np.isnan(cell))


def cells_of(X: Iterable[Any]) -> list[Any]:
    """Return the cells of one column as a list.

    Parameters
    ----------
    X : iterable of cells
        A Series, a list, a one-dimensional array, or any other iterable.

    Returns
    -------
    list

    Raises
    ------
    ValueError
        When ``X`` has two dimensions, or is one text instead of several.
    """
    if isinstance(X, str | bytes):
        raise ValueError(
            "X must be a sequence of cells, got a single "
            f"{type(X).__name__}; put it in a list."
        )
    if len(getattr(X, "shape", (0,))) != 1:
        raise ValueError(
            "X must be one column of cells (a Series, a list or a 1-D array), got a "
            f"{type(X).__name__} of shape {getattr(X, 'shape', ())}; pick a column."
        )
    # Series and arrays give Python's own objects faster through tolist.
    return list(X.tolist() if hasattr(X, "tolist") else X)


def texts_of(X: Iterable[Any]) -> list[str]:
    """Return the texts of one column, a missing one as the empty text.

    Parameters
    ----------
    X : iterable of str
        Texts; ``None`` and NaN are missing ones.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        When ``X`` is not one column.
    TypeError
        When a cell is neither a string nor missing.

    Examples
    --------
    >>> texts_of(["a b", None])
    ['a b', '']
    """
    return [_text_of(cell, row) for row, cell in enumerate(cells_of(X))]


def _text_of(cell: Any, row: int) -> str:
    """Return the text in a cell: itself, or the empty text where it is missing."""
    if isinstance(cell, str):
        return cell
    if is_missing(cell):
        return ""
    raise TypeError(
        f"cell {row} must be a str or missing (None or NaN), got {short(cell)} "
        f"({type(cell).__name__})."
    )
