"""Folders with a folder for each class: of pictures, recordings, videos, texts."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from mmbench.checks.catalogue import NOTE
from mmbench.clips import VIDEO_SUFFIXES
from mmbench.datasets.confinement import confined
from mmbench.datasets.splits import PARTS
from mmbench.datasets.tables.files import SUFFIXES
from mmbench.datasets.tables.separated import decoded
from mmbench.datasets.tables.table import Table, table_of_rows
from mmbench.errors import DataError
from mmbench.untrusted import check_regular

__all__ = ["IMAGE_SUFFIXES", "table_of_folder"]

IMAGE_SUFFIXES = frozenset(
    {".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}
)
"""What names of pictures end in."""

_KINDS = {
    **dict.fromkeys(IMAGE_SUFFIXES, "image"),
    **dict.fromkeys(VIDEO_SUFFIXES, "video"),
    ".wav": "audio",
    ".txt": "text",
}


def table_of_folder(root: Path) -> Table:
    """Return a row for each file of class folders, such as ``photos/cat/1.jpg``.

    Parameters
    ----------
    root : Path
        Holds a folder for each class, or folders ``train`` and ``test`` that do. Files
        may lie deeper in the folder of their class.

    Returns
    -------
    Table
        Columns ``label``; ``image``, ``audio`` and ``video`` (paths relative to `root`)
        and ``text`` (what the files hold), those that there are; and ``split`` where
        there are the folders of one. Files of several kinds that are called alike, such
        as ``cat/1.jpg`` and ``cat/1.txt``, are one row.

    Raises
    ------
    DataError
        When there are no class folders, or a file can't be read.
    """
    paths = sorted(_visible(root))
    tops = {path.parts[0] for path in paths if len(path.parts) > 1}
    depth = 2 if tops and all(top.lower() in PARTS for top in tops) else 1
    rows: dict[str, dict[str, Any]] = defaultdict(dict)
    left_out = []
    for path in paths:
        kind = _KINDS.get(path.suffix.lower())
        if kind is None or len(path.parts) <= depth:
            left_out.append(path)
            continue
        row = rows[str(path.with_suffix(""))]
        if kind in row:  # two pictures of one name are two samples
            row = rows[str(path)]
        row["label"] = path.parts[depth - 1]
        if len(tops) > 1 and depth == 2:
            row["split"] = path.parts[0]
        row[kind] = _text(root, path) if kind == "text" else str(path)
    if not rows:
        raise DataError(_no_samples(paths))
    return table_of_rows(list(rows.values()))._replace(
        notices=_notices(left_out, len(paths))
    )


def _visible(root: Path) -> Iterator[PurePosixPath]:
    """Yield the files under a folder, relative to it, but for hidden ones."""
    for place, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith("."):
                yield PurePosixPath((Path(place) / name).relative_to(root).as_posix())


def _text(root: Path, path: PurePosixPath) -> str:
    try:
        found = confined(root.resolve(), str(path))
        if found is None:
            raise DataError("it leads out of the folder.")
        check_regular(found)
        return decoded(found.read_bytes())
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}.") from error
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def _no_samples(paths: Sequence[PurePosixPath]) -> str:
    known = {*SUFFIXES} - {".txt"}
    tables = [str(path) for path in paths if path.suffix.lower() in known]
    such = f", such as {tables[0]}" if tables else ""
    return (
        f"this is a folder without class folders; give the table file in it{such}, or "
        "a folder with one subfolder of files for each class, such as photos/cat/1.jpg."
    )


def _notices(left_out: Sequence[PurePosixPath], n_files: int) -> tuple[Any, ...]:
    if not left_out:
        return ()
    return (
        NOTE.found(
            f"{len(left_out):,} of {n_files:,} files are left out, because they are "
            f"not a picture (.jpg, .png, ...), text (.txt), recording (.wav) or video "
            f"(.mp4, ...) in a class folder (the first: {left_out[0]})."
        ),
    )
