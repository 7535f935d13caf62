"""From the cells of a video column to checked references of videos."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import UNUSABLE_VIDEOS
from mmbench.clips import frame_files
from mmbench.columns import Column, is_missing
from mmbench.datasets.confinement import confined
from mmbench.datasets.references import Folders, located, missing_files
from mmbench.datasets.video_files import VideoCheck, check_video
from mmbench.errors import DataError, MissingDependencyError, RequirementError
from mmbench.untrusted import short

__all__ = ["VideoValues", "video_values"]


class VideoValues(NamedTuple):
    """A checked column of videos.

    Attributes
    ----------
    values : list of str, bytes, ndarray or None
        Absolute paths, encoded videos, frames; None where none can be used.
    checksums : list of str
        The SHA-256 of each video, empty where there is none.
    notices : tuple of Finding
        How many can't be used, and why.
    """

    values: list[Any]
    checksums: list[str]
    notices: tuple[Finding, ...]


def video_values(column: Column, folders: Folders) -> VideoValues:
    """Find and check every video of a column.

    Parameters
    ----------
    column : Column
        Cells are paths of files or of folders of frames, encoded videos (bytes), or
        arrays of frames.
    folders : Folders
        Where relative paths start, and what all must stay in, the frames of a folder
        included.

    Returns
    -------
    VideoValues
        A video that can't be used counts as missing.

    Raises
    ------
    DataError
        When a path leads out of the folder, a cell is something else, or no video of
        the column can be used.
    RequirementError
        When a video takes PyAV, which is not installed.
    """
    sources = [_source(column, i, folders) for i in range(len(column.cells))]
    # A file that many rows share is checked once.
    numbers: dict[Any, int] = {}
    which = [
        numbers.setdefault(each if isinstance(each, Path | bytes) else i, i)
        for i, each in enumerate(sources)
    ]
    chosen = sorted(numbers.values())
    checks = {i: _check(column, i, sources[i]) for i in chosen}
    found = [checks[i] for i in which]
    values = [
        None if check.trouble or source is None else _reference(source)
        for source, check in zip(sources, found, strict=True)
    ]
    troubles = [check.trouble for check in found]
    notices = missing_files(column, sources, troubles, "videos", UNUSABLE_VIDEOS)
    if all(value is None for value in values):
        raise DataError(
            f"column {column.name!r} has no video that can be used, under "
            f"{folders.root}: {' '.join(notices)}"
        )
    return VideoValues(values, [check.checksum for check in found], notices)


def _source(column: Column, position: int, folders: Folders) -> Any:
    """Return a cell's path, bytes or array, why it has none, or None where missing."""
    cell = column.cells[position]
    if isinstance(cell, bytes | np.ndarray):
        return cell
    if is_missing(cell):
        return None
    if not isinstance(cell, str):
        raise column.error(
            position,
            f"holds a {type(cell).__name__}; a video must be a path, bytes or an array "
            "of frames.",
        )
    path = located(column, position, folders, "videos")
    if isinstance(path, Path) and _is_folder(path):
        for frame in frame_files(path):
            if confined(folders.root, str(frame)) is None:
                raise column.error(
                    position,
                    f"the frame {short(frame.name, 100)} of {short(cell, 100)} is a "
                    f"link that leaves {folders.root}; frames must lie under it.",
                )
    return path


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long
        return False


def _check(column: Column, position: int, source: Any) -> VideoCheck:
    if source is None or isinstance(source, str):
        return VideoCheck(source or "", "")
    try:
        return check_video(source)
    except MissingDependencyError as error:
        cell = column.cells[position]
        what = short(cell, 100) if isinstance(cell, str) else f"{len(cell)} bytes"
        raise RequirementError(
            f"row {column.rows[position]}, column {column.name!r}: {what} is read by "
            f"PyAV, and {error}"
        ) from error


def _reference(source: Any) -> Any:
    return str(source) if isinstance(source, Path) else source
