"""From the cells of an audio column to references of recordings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mmbench.checks.catalogue import UNUSABLE_RECORDINGS
from mmbench.columns import Column, Values, is_missing
from mmbench.datasets.audio_files import is_usable
from mmbench.datasets.references import Folders, located, remedies
from mmbench.errors import DataError

__all__ = ["audio_values"]


def audio_values(column: Column, folders: Folders) -> Values:
    """Find every recording of a column.

    Parameters
    ----------
    column : Column
        Cells are paths, encoded recordings (bytes), or arrays.
    folders : Folders
        Where relative paths start; no path may leave it.

    Returns
    -------
    Values
        Absolute paths, bytes, arrays, or None; a recording that can't be used counts
        as missing.

    Raises
    ------
    DataError
        When a path leads out of the folder, a cell is something else, or there is no
        recording at all.
    """
    found = [_recording(column, i, folders) for i in range(len(column.cells))]
    reasons = [each for each in found if isinstance(each, str)]
    values = [_value(each) for each in found]
    missing = [i for i, value in enumerate(values) if value is None]
    hint = remedies(reasons)
    if len(missing) == len(values):
        raise DataError(
            f"column {column.name!r} has no recording, under {folders.root}.{hint}"
        )
    what = "are empty, not found or not a readable WAV file, and count as missing"
    if not missing:
        return Values(values)
    notice = UNUSABLE_RECORDINGS.found(column.notice(missing, what), hint)
    return Values(values, (notice,))


def _recording(column: Column, position: int, folders: Folders) -> Any:
    """Return a cell's file, its content, or why it has none."""
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
    return located(column, position, folders, "recordings")


def _value(found: Any) -> Any:
    if isinstance(found, Path):
        return str(found) if is_usable(found) else None
    return None if isinstance(found, str) else found
