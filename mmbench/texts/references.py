"""Reference texts in the shapes that ``y`` may have."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["padded", "reference_lists"]


def reference_lists(y: Any) -> list[list[str]]:
    """Return the reference texts of each row as a list.

    Parameters
    ----------
    y : array-like of shape (n_rows,) or (n_rows, n_references)
        One text per row, several with ``""`` where a row has fewer than others, or a
        list of texts per row.

    Returns
    -------
    list of list of str
        At least one text per row.

    Raises
    ------
    ValueError
        When a row has no text.

    Examples
    --------
    >>> reference_lists(np.array([["a cat", "one cat"], ["a dog", ""]]))
    [['a cat', 'one cat'], ['a dog']]
    >>> reference_lists(["a cat", "a dog"])
    [['a cat'], ['a dog']]
    """
    rows = y.tolist() if isinstance(y, np.ndarray) else list(y)
    found = [
        [row] if isinstance(row, str) else [str(text) for text in row if text]
        for row in rows
    ]
    for number, texts in enumerate(found):
        if not any(texts):
            raise ValueError(f"row {number} of y has no text; each must have one.")
    return found


def padded(references: list[list[str]]) -> NDArray[np.str_]:
    """Return lists of texts as one array, which :func:`reference_lists` reads.

    Parameters
    ----------
    references : list of list of str
        One or more texts per row.

    Returns
    -------
    ndarray of shape (n_rows, n_references)
        ``""`` where a row has fewer than others.
    """
    width = max(map(len, references), default=1)
    return np.array([row + [""] * (width - len(row)) for row in references])
