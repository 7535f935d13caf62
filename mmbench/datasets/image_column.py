"""From the cells of an image column to checked image references."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mmbench.columns import Column, is_missing
from mmbench.datasets.confinement import confined
from mmbench.datasets.image_files import ImageCheck, check_images
from mmbench.errors import DataError

__all__ = ["ImageValues", "image_values"]

NO_PATH = "not a path"


class ImageValues(NamedTuple):
    """A checked column of images.

    Attributes
    ----------
    values : list of str, bytes or None
        Absolute paths, encoded images, None where there is none that can be used.
    checksums : list of str
        The SHA-256 of each image, empty where there is none.
    notices : tuple of str
        How many can't be used, and why.
    """

    values: list[str | bytes | None]
    checksums: list[str]
    notices: tuple[str, ...]


def image_values(column: Column, root: Path) -> ImageValues:
    """Find and check every image of a column.

    Parameters
    ----------
    column : Column
        Cells are paths relative to `root`, encoded images (bytes), or a mapping with
        one of these under ``"bytes"`` or ``"path"``, as Hugging Face's tables have.
    root : Path
        The folder that paths must stay in.

    Returns
    -------
    ImageValues
        An image that can't be used counts as missing.

    Raises
    ------
    DataError
        When a path leads out of `root`, a cell is something else, or no image of the
        column can be used.
    """
    root = root.resolve()
    sources = [_source(column, i, root) for i in range(len(column.cells))]
    # A file that many rows share is checked once.
    distinct = [
        each for each in dict.fromkeys(sources) if isinstance(each, Path | bytes)
    ]
    checks: Mapping[Any, ImageCheck] = dict(
        zip(distinct, check_images(distinct), strict=True)
    ) | {None: ImageCheck("", ""), NO_PATH: ImageCheck(NO_PATH, "")}
    found = [checks[source] for source in sources]
    values = [
        None if check.trouble or source is None else _reference(source)
        for source, check in zip(sources, found, strict=True)
    ]
    notices = _notices(column, sources, found)
    if all(value is None for value in values):
        raise DataError(
            f"column {column.name!r} has no image that can be used, under {root}: "
            f"{' '.join(notices)}"
        )
    return ImageValues(values, [check.checksum for check in found], notices)


def _source(column: Column, position: int, root: Path) -> Path | bytes | str | None:
    """Return a cell's file, its bytes, `NO_PATH`, or None where it is missing."""
    cell = column.cells[position]
    if isinstance(cell, Mapping):
        cell = cell.get("bytes") or cell.get("path")
    if is_missing(cell):
        return None
    if isinstance(cell, bytes):
        return cell
    if not isinstance(cell, str):
        raise column.error(
            position,
            f"holds a {type(cell).__name__}; an image must be a path or bytes.",
        )
    try:
        path = confined(root, cell)
    except (OSError, ValueError, RuntimeError):
        return NO_PATH
    if path is None:
        raise column.error(
            position,
            f"the path {cell!r} leaves {root}; images must lie under it (or set "
            "the image root to a folder above all of them).",
        )
    return path


def _reference(source: Path | bytes | str) -> str | bytes:
    return source if isinstance(source, bytes) else str(source)


def _notices(
    column: Column, sources: Sequence[Any], checks: Sequence[ImageCheck]
) -> tuple[str, ...]:
    notices = []
    empty = [i for i, source in enumerate(sources) if source is None]
    if empty:
        notices.append(column.notice(empty, "are empty and count as missing"))
    bad = [i for i, check in enumerate(checks) if check.trouble]
    if bad:
        counts = Counter(checks[i].trouble for i in bad)
        reasons = ", ".join(f"{n:,} {why}" for why, n in counts.most_common())
        cell = column.cells[bad[0]]
        example = f"{cell!r} in row" if isinstance(cell, str) else "row"
        notices.append(
            f"column {column.name!r}: {len(bad):,} of {len(checks):,} images can't be "
            f"used and count as missing: {reasons} (the first is {example} "
            f"{column.rows[bad[0]]})."
        )
    return tuple(notices)
