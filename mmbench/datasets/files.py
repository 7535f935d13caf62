"""The files that a dataset consists of: found, counted, and compared with its card."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mmbench.errors import DataError
from mmbench.untrusted import check_regular

if TYPE_CHECKING:
    from mmbench.datasets.card import Card, DataFile

__all__ = ["check_files", "checksum_of_folder", "find_root"]

# A downloaded archive has its data a few folders deep, never deeper.
_MAX_DEPTH = 4


def _checksum_of_file(path: Path) -> str:
    """Return ``sha256:`` and the digest of what a file holds."""
    check_regular(path)
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def checksum_of_folder(folder: Path) -> str:
    r"""Return the digest of the list of all files under a folder.

    The list is what ``sha256sum`` prints in that folder, its lines sorted by path, so
    anybody can check it::

        find . -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum |
            sha256sum

    Parameters
    ----------
    folder : Path
        The folder.

    Returns
    -------
    str
        ``sha256:`` and 64 hexadecimal digits. It depends on the names and on what the
        files hold, on nothing else.
    """
    digest = hashlib.sha256()
    for name in _names(folder):
        of_file = _checksum_of_file(folder / name).removeprefix("sha256:")
        digest.update(f"{of_file}  {name}\n".encode("utf-8", "surrogateescape"))
    return f"sha256:{digest.hexdigest()}"


def find_root(folder: Path, card: Card) -> Path:
    """Return the folder at or under `folder` that holds all files of a card.

    Parameters
    ----------
    folder : Path
        Where to look, at most four folders deep; the shallowest is taken.
    card : Card
        Names the files.

    Returns
    -------
    Path

    Raises
    ------
    DataError
        When there is none; the message names what is missing from the nearest one.
    """
    nearest: Sequence[DataFile] = card.files
    for candidate in _folders(folder):
        missing = [each for each in card.files if not (candidate / each.path).exists()]
        if not missing:
            return candidate
        nearest = min(nearest, missing, key=len)
    others = f" and {len(nearest) - 1} more" if len(nearest) > 1 else ""
    raise DataError(
        f"{folder} does not hold dataset {card.name!r}: {nearest[0].path}{others} is "
        f"missing. How to get it: {card.obtain}"
    )


def check_files(root: Path, card: Card) -> str:
    """Compare files with a card.

    Parameters
    ----------
    root : Path
        The folder that holds them.
    card : Card
        Names the files, how many they are, and their checksums where they are known.

    Returns
    -------
    str
        ``sha256:`` and the digest of all that was read, checksums that the card
        doesn't state included: the dataset's identity.

    Raises
    ------
    DataError
        When a file is missing, or a folder's number of files or a checksum differs; the
        message names the first such file.
    """
    identity = hashlib.sha256(f"{card.name} {card.version}\n".encode())
    for each in card.files:
        found = _checked(root / each.path, each, card)
        identity.update(f"{found}  {each.path}\n".encode())
    return f"sha256:{identity.hexdigest()}"


def _checked(path: Path, expected: DataFile, card: Card) -> str:
    try:
        if expected.is_folder:
            n_files = len(_names(path))
            if expected.n_files is not None and n_files != expected.n_files:
                raise DataError(
                    f"dataset {card.name!r}: {expected.path} must hold "
                    f"{expected.n_files:,} files, got {n_files:,}."
                )
            found = checksum_of_folder(path)
        else:
            found = _checksum_of_file(path)
    except OSError as error:
        raise DataError(
            f"dataset {card.name!r}: {expected.path} can't be read: {error.strerror}."
        ) from error
    if expected.checksum not in (None, found):
        raise DataError(
            f"dataset {card.name!r}: {expected.path} does not match its card: "
            f"expected {expected.checksum}, got {found}."
        )
    return found


def _names(folder: Path) -> list[str]:
    """Return the paths of all files under a folder, sorted as bytes are."""
    if not folder.is_dir():
        raise NotADirectoryError(None, "it is not a folder")
    found = [
        (Path(place) / name).relative_to(folder).as_posix()
        for place, _, names in os.walk(folder)
        for name in names
    ]
    return sorted(found, key=os.fsencode)


def _folders(folder: Path, depth: int = _MAX_DEPTH) -> Iterator[Path]:
    """Yield a folder and those under it, the shallow ones first."""
    level = [folder]
    for _ in range(depth + 1):
        yield from level
        level = [
            child
            for parent in level
            for child in sorted(parent.iterdir())
            if child.is_dir() and not (child.is_symlink() or child.name[0] == ".")
        ]
