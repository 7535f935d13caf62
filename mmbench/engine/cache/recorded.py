"""Which cache a run was given, noted so that what comes later finds it again."""

from __future__ import annotations

import os
from pathlib import Path

from mmbench.results import ResultStore

__all__ = ["recorded_cache", "seen_from"]


def seen_from(out_dir: Path, cache: Path | str) -> str:
    """Return the way to a cache from a folder of results, so that both can be moved.

    Parameters
    ----------
    out_dir : Path
        The folder of results.
    cache : path
        The cache that a run is given.

    Returns
    -------
    str
        Relative, but for a cache on another drive.

    Examples
    --------
    >>> seen_from(Path("runs/out"), "runs/cache")
    '../cache'
    """
    try:
        return Path(os.path.relpath(cache, out_dir)).as_posix()
    except ValueError:
        return Path(cache).absolute().as_posix()


def recorded_cache(store: ResultStore) -> Path | None:
    """Return the cache that a run was given.

    Parameters
    ----------
    store : ResultStore
        What the run left.

    Returns
    -------
    Path or None
        None where it used the user's. It need not exist any more.
    """
    said = store.environment().get("cache")
    return None if said is None else Path(os.path.normpath(store.out_dir / str(said)))
