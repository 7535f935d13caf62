"""Cells that name a file: found inside of a folder, or why not and what to do."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mmbench.checks import Check, Finding
from mmbench.checks.catalogue import MISSING_VALUES
from mmbench.columns import Column
from mmbench.datasets.confinement import confined
from mmbench.untrusted import short

__all__ = [
    "BACKSLASHES",
    "NO_PATH",
    "Folders",
    "located",
    "missing_files",
    "remedies",
]

NO_PATH = "not a path"
BACKSLASHES = "not found, with backslashes"
_ADDRESS = "a URL"
_FILE_ADDRESS = "a file:// address"
_BASE64 = "base64 text"

_REMEDIES = {
    _ADDRESS: "nothing is downloaded: save the files, and give their paths",
    _FILE_ADDRESS: "give the path alone, without file://",
    _BASE64: "decode it into files and give their paths, or give bytes in Parquet",
    BACKSLASHES: "write paths with / instead",
}

# What pictures and sounds begin with, in base64: PNG, JPEG, GIF, WEBP and WAV, TIFF.
_ENCODED_STARTS = ("iVBORw0KGgo", "/9j/", "R0lGOD", "UklGR", "SUkqA", "TU0AK")
_ENCODED = re.compile(r"[A-Za-z0-9+/_\-\s]+={0,2}\s*")
_LEAST_ENCODED = 64
_MIXED = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+://")


class Folders:
    """The folder that paths must stay in, and where relative ones may start.

    Parameters
    ----------
    root : Path
        Paths must not leave it, links included; relative ones start in it.
    table : Path, optional
        The folder of the table. A relative path that leads to nothing from `root`
        starts here, if it stays in `root`.
    """

    def __init__(self, root: Path, table: Path | None = None) -> None:
        self.root = root.resolve()
        self.table = None if table is None else table.absolute()

    def find(self, path: str) -> Path | None:
        """Return where a path leads to, None for outside of the root.

        Parameters
        ----------
        path : str
            A file's path as a cell has it, relative or absolute.

        Returns
        -------
        Path or None
            A path under the root, whether there is a file or not.

        Raises
        ------
        OSError, ValueError, RuntimeError
            When the system can't follow the path.
        """
        found = confined(self.root, path)
        if self.table is None or (found is not None and _exists(found)):
            return found
        beside = confined(self.root, str(self.table / path))
        return beside if beside is not None and _exists(beside) else found

    def remedy(self, path: str, noun: str) -> str:
        """Return what to do about a path that leaves the root.

        Parameters
        ----------
        path : str
            The path as a cell has it.
        noun : str
            What must lie under the root, such as ``"images"``.

        Returns
        -------
        str
            A clause for an error message.
        """
        if self.table is None:
            return f"{noun} must lie under it"
        starts_here = Path(path).is_absolute() or self.table.resolve() == self.root
        target = (self.root / path).resolve()
        above = os.path.commonpath([self.root, target])
        how = (
            ""
            if starts_here
            else f", and write the path as {os.path.relpath(target, above)!r}"
        )
        return (
            f"{noun} must lie under it: it leads to {str(target)!r}, so set the image "
            f"root (--image-root) to {above!r}, or to another folder above all of "
            f"them{how}"
        )


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is too long
        return False


def located(column: Column, position: int, folders: Folders, noun: str) -> Path | str:
    """Return the file that a cell names, or why it names none.

    Parameters
    ----------
    column : Column
        The cell at `position` is a string.
    position : int
        Which cell.
    folders : Folders
        Where files are.
    noun : str
        What the files are, in the plural.

    Returns
    -------
    Path or str
        The file need not exist. A reason may have a remedy, see :func:`remedies`.

    Raises
    ------
    DataError
        When the path leads out of the folder.
    """
    cell = column.cells[position]
    reason = _no_path(cell)
    if reason:
        return reason
    try:
        path = folders.find(cell)
    except (OSError, ValueError, RuntimeError):
        return NO_PATH
    if path is None:
        raise column.error(
            position,
            f"the path {short(cell, 100)} leaves {folders.root}; "
            f"{folders.remedy(cell, noun)}.",
        )
    return BACKSLASHES if "\\" in cell and not _exists(path) else path


def remedies(reasons: Iterable[str]) -> str:
    """Return what to do about cells that name no file, empty where nothing is known.

    Parameters
    ----------
    reasons : iterable of str
        Why cells name no file; equal ones count once.

    Returns
    -------
    str
        Sentences, each behind a space.

    Examples
    --------
    >>> remedies(["not found", "a file:// address"])
    ' Of a file:// address: give the path alone, without file://.'
    """
    known = [reason for reason in dict.fromkeys(reasons) if reason in _REMEDIES]
    return "".join(f" Of {reason}: {_REMEDIES[reason]}." for reason in known)


def missing_files(
    column: Column,
    sources: Sequence[Any],
    troubles: Sequence[str],
    noun: str,
    check: Check,
) -> tuple[Finding, ...]:
    """Return how many cells are empty, and how many files can't be used and why.

    Parameters
    ----------
    column : Column
        The cells.
    sources : sequence
        Of each cell, None where it is empty.
    troubles : sequence of str
        Why each can't be used, empty where it can or is empty.
    noun : str
        What the files are, in the plural.
    check : Check
        Of files that can't be used.

    Returns
    -------
    tuple of Finding
        None where all is well.
    """
    notices = []
    empty = [i for i, source in enumerate(sources) if source is None]
    if empty:
        what = "are empty and count as missing"
        notices.append(MISSING_VALUES.found(column.notice(empty, what)))
    bad = [i for i, trouble in enumerate(troubles) if trouble]
    if bad:
        counts = Counter(troubles[i] for i in bad)
        reasons = ", ".join(f"{n:,} {why}" for why, n in counts.most_common())
        cell = column.cells[bad[0]]
        example = f"{short(cell, 100)} in row" if isinstance(cell, str) else "row"
        sentence = (
            f"column {column.name!r}: {len(bad):,} of {len(troubles):,} {noun} can't "
            f"be used and count as missing: {reasons} (the first is {example} "
            f"{column.rows[bad[0]]}).{remedies(counts)}"
        )
        notices.append(check.found(sentence))
    return tuple(notices)


def _no_path(cell: str) -> str:
    text = cell.strip()
    if text[:7].lower() == "file://":
        return _FILE_ADDRESS
    if _SCHEME.match(text):
        return _ADDRESS
    if re.match(r"data:[^,]*,", text[:200], re.IGNORECASE):
        return _BASE64
    if len(text) < _LEAST_ENCODED or not _ENCODED.fullmatch(text):
        return ""
    # No path is that long, but words joined by slashes might be.
    is_long = len(text) > 4 * _LEAST_ENCODED and _MIXED.match(text)
    return _BASE64 if is_long or text.startswith(_ENCODED_STARTS) else ""
