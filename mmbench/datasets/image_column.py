"""From the cells of an image column to checked image references."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import IMAGE_DEPTH, UNUSABLE_IMAGES
from mmbench.columns import Column, is_missing
from mmbench.datasets.image_files import ImageCheck, check_images
from mmbench.datasets.references import Folders, located, missing_files
from mmbench.errors import DataError

__all__ = ["ImageValues", "image_values"]


class ImageValues(NamedTuple):
    """A checked column of images.

    Attributes
    ----------
    values : list of str, bytes or None
        Absolute paths, encoded images, None where there is none that can be used.
    checksums : list of str
        The SHA-256 of each image, empty where there is none.
    notices : tuple of Finding
        How many can't be used, and why.
    """

    values: list[str | bytes | None]
    checksums: list[str]
    notices: tuple[Finding, ...]


def image_values(column: Column, folders: Folders) -> ImageValues:
    """Find and check every image of a column.

    Parameters
    ----------
    column : Column
        Cells are paths, encoded images (bytes), a mapping with one of these under
        ``"bytes"`` or ``"path"``, as Hugging Face's tables have, or PIL images and
        arrays of uint8, which become PNG.
    folders : Folders
        Where relative paths start; no path may leave it.

    Returns
    -------
    ImageValues
        An image that can't be used counts as missing.

    Raises
    ------
    DataError
        When a path leads out of the folder, a cell is something else, or no image of
        the column can be used.
    """
    cells = [_unwrapped(column, position) for position in range(len(column.cells))]
    column = column._replace(cells=cells)
    sources = [_source(column, i, folders) for i in range(len(column.cells))]
    # A file that many rows share is checked once.
    distinct = [
        each for each in dict.fromkeys(sources) if isinstance(each, Path | bytes)
    ]
    checks: Mapping[Any, ImageCheck] = dict(
        zip(distinct, check_images(distinct), strict=True)
    )
    # What is not a picture is None, or the reason why it is none.
    found = [
        ImageCheck(each or "", "")
        if each is None or isinstance(each, str)
        else checks[each]
        for each in sources
    ]
    values = [
        None if check.trouble or source is None else _reference(source)
        for source, check in zip(sources, found, strict=True)
    ]
    troubles = [check.trouble for check in found]
    notices = (
        *missing_files(column, sources, troubles, "images", UNUSABLE_IMAGES),
        *_losses(column, found),
    )
    if all(value is None for value in values):
        raise DataError(
            f"column {column.name!r} has no image that can be used, under "
            f"{folders.root}: {' '.join(notices)}"
        )
    return ImageValues(values, [check.checksum for check in found], notices)


def _unwrapped(column: Column, position: int) -> Any:
    """Return the bytes or the path of a cell that holds more, others as they are."""
    from PIL import Image

    cell = column.cells[position]
    if isinstance(cell, Mapping):
        return cell.get("bytes") or cell.get("path")
    if not isinstance(cell, np.ndarray | Image.Image):
        return cell
    buffer = io.BytesIO()
    try:
        image = Image.fromarray(cell) if isinstance(cell, np.ndarray) else cell
        image.save(buffer, "PNG")
    except (TypeError, ValueError, OSError) as error:
        what = f"the picture can't be kept as PNG: {error}; convert it to RGB in uint8."
        raise column.error(position, what) from error
    return buffer.getvalue()


def _source(
    column: Column, position: int, folders: Folders
) -> Path | bytes | str | None:
    """Return a cell's file, its bytes, why it has none, or None where it is missing."""
    cell = column.cells[position]
    if is_missing(cell):
        return None
    if isinstance(cell, bytes):
        return cell
    if not isinstance(cell, str):
        raise column.error(
            position,
            f"holds a {type(cell).__name__}; an image must be a path or bytes.",
        )
    return located(column, position, folders, "images")


def _reference(source: Path | bytes | str) -> str | bytes:
    return source if isinstance(source, bytes) else str(source)


def _losses(column: Column, checks: Sequence[ImageCheck]) -> Iterator[Finding]:
    """Yield what becomes of pictures of more than eight bits a channel."""
    for loss in dict.fromkeys(check.loss for check in checks if check.loss):
        rows = [column.rows[i] for i, check in enumerate(checks) if check.loss == loss]
        yield IMAGE_DEPTH.found(
            f"column {column.name!r}: {len(rows):,} of {len(checks):,} images {loss} "
            f"once in 8 bits, as methods see them (the first in row {rows[0]}): of 16 "
            "bits the upper 8 count, of floating-point pixels those from 0 to 1; scale "
            "their values to 0 to 255 and save them in 8 bits."
        )
