"""Which rows show the same item, whatever their cells hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["items_of"]


def items_of(columns: Sequence[Sequence[Any]]) -> NDArray[np.int64]:
    """Return the numbers of the distinct items that rows show.

    Parameters
    ----------
    columns : sequence of sequence
        The cells of each column.

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
