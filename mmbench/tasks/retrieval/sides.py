"""The two sides of a pair, and which rows show the same item on a side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SIDES", "TRUTH", "items_of", "sides_of"]

SIDES = ("text", "image")
"""What the two sides are called, whatever columns they are made of."""

TRUTH = {"key": 0, "text": 1, "image": 2, "unit": 3}
"""The columns of ``Target.truth``."""


def sides_of(sources: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the columns of each side of a pair.

    Parameters
    ----------
    sources : mapping of str to str
        Column to its modality, or the view that it is part of.

    Returns
    -------
    dict of str to tuple of str
        ``image``: the columns of images, or without any, those of the last modality or
        view. ``text``: all others.

    Raises
    ------
    DataError
        When all columns are of one modality or view.

    Examples
    --------
    >>> sides_of({"name": "text", "photo": "image", "price": "numeric"})
    {'text': ('name', 'price'), 'image': ('photo',)}
    >>> sides_of({"topic_0": "article", "topic_1": "article", "sift_0": "picture"})
    {'text': ('topic_0', 'topic_1'), 'image': ('sift_0',)}
    """
    kinds = list(dict.fromkeys(sources.values()))
    if len(kinds) < 2:
        what = f"{kinds[0]} columns only" if kinds else "no column"
        raise DataError(
            "retrieval needs two sides, such as --text COL and --image COL, got "
            f"{what}."
        )
    wanted = "image" if "image" in kinds else kinds[-1]
    return {
        "text": tuple(c for c, kind in sources.items() if kind != wanted),
        "image": tuple(c for c, kind in sources.items() if kind == wanted),
    }


def items_of(columns: Sequence[Sequence[Any]]) -> NDArray[np.int64]:
    """Return the numbers of the distinct items that rows show on one side.

    Parameters
    ----------
    columns : sequence of sequence
        The cells of each column of the side.

    Returns
    -------
    ndarray of shape (n_rows,), int64
        Equal where all cells are; -1 where all are missing. Numbers follow the order in
        which items first appear.
    """
    numbers: dict[Any, int] = {}
    found = []
    for cells in zip(*columns, strict=True):
        keys = tuple(map(_identity, cells))
        is_missing = all(key is None for key in keys)
        found.append(-1 if is_missing else numbers.setdefault(keys, len(numbers)))
    return np.array(found, np.int64)


def _identity(cell: Any) -> Any:
    """Return what tells cells apart; None for a missing one."""
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return None
    if isinstance(cell, str):
        return cell if cell.strip() else None
    if hasattr(cell, "tobytes") and not np.isscalar(cell):  # an array, a PIL image
        return bytes(cell.tobytes())
    return cell
