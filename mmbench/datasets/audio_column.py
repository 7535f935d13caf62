"""From the cells of an audio column to references of recordings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mmbench.datasets.audio_files import is_usable
from mmbench.datasets.columns import Column, Values, is_missing
from mmbench.datasets.confinement import confined
from mmbench.errors import DataError

__all__ = ["audio_values"]


def audio_values(column: Column, root: Path) -> Values:
    """Find every recording of a column.

    Parameters
    ----------
    column : Column
        Cells are paths relative to `root`, encoded recordings (bytes), or arrays.
    root : Path
        The folder that paths must stay in.

    Returns
    -------
    Values
        Absolute paths, bytes, arrays, or None; a recording that can't be used counts
        as missing.

    Raises
    ------
    DataError
        When a path leads out of `root`, a cell is something else, or there is no
        recording at all.
    """
    root = root.resolve()
    values = [_recording(column, i, root) for i in range(len(column.cells))]
    missing = [i for i, value in enumerate(values) if value is None]
    if len(missing) == len(values):
        raise DataError(f"column {column.name!r} has no recording, under {root}.")
    what = "are empty, not found or no readable WAV file, and count as missing"
    return Values(values, (column.notice(missing, what),) if missing else ())


def _recording(column: Column, position: int, root: Path) -> Any:
    cell = column.cells[position]
    if isinstance(cell, bytes | np.ndarray):
        return cell if is_usable(cell) else None
    if is_missing(cell):
        return None
    if not isinstance(cell, str):
        raise column.error(
            position,
            f"holds a {type(cell).__name__}; a recording must be a path, bytes or an "
            "array.",
        )
    path = confined(root, cell)
    if path is None:
        raise column.error(
            position, f"the path {cell!r} leaves {root}; recordings must lie under it."
        )
    return str(path) if is_usable(path) else None
