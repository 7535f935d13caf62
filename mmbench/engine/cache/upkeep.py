"""What lies in a cache folder, and making it smaller."""

from __future__ import annotations

import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class Usage(NamedTuple):
    """One entry of a cache folder.

    Attributes
    ----------
    path : Path
        The entry's folder.
    size_bytes : int
        Of all its files.
    used_at : float
        When it was last read or written, in seconds since 1970.
    """

    path: Path
    size_bytes: int
    used_at: float


def entries(root: Path) -> Iterator[Usage]:
    """Yield every entry under a cache folder, of all namespaces.

    Parameters
    ----------
    root : Path
        The folder of the cache.

    Yields
    ------
    Usage
        Sorted by path.
    """
    for marker in sorted(Path(root).glob("*/??/*/entry.json")):
        folder = marker.parent
        try:
            size = sum(file.stat().st_size for file in folder.iterdir())
            yield Usage(folder, size, marker.stat().st_mtime)
        except OSError:
            continue  # another process pruned it meanwhile, or it is not an entry


def prune(
    root: Path,
    *,
    older_than_s: float | None = None,
    max_bytes: int | None = None,
) -> list[Usage]:
    """Remove entries: those unused for long, then the longest unused ones.

    Parameters
    ----------
    root : path
        The cache folder.
    older_than_s : float, optional
        Remove what was not used for so many seconds.
    max_bytes : int, optional
        Remove the longest unused until no more than this remains.

    Returns
    -------
    list of Usage
        What was removed.
    """
    kept = sorted(entries(root), key=lambda entry: entry.used_at)
    removed = []
    if older_than_s is not None:
        oldest = time.time() - older_than_s
        removed = [entry for entry in kept if entry.used_at < oldest]
        kept = kept[len(removed) :]
    if max_bytes is not None:
        total = sum(entry.size_bytes for entry in kept)
        while kept and total > max_bytes:
            total -= kept[0].size_bytes
            removed.append(kept.pop(0))
    for entry in removed:
        remove(entry.path)
    return removed


def remove(path: Path) -> None:
    """Remove a folder, or the file or link in its place, as far as that can be done.

    Parameters
    ----------
    path : Path
        It need not exist.
    """
    with suppress(OSError):
        # rmtree leaves links, and waits for what a pipe will never say.
        if stat.S_ISDIR(path.lstat().st_mode):
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
