"""Which cache a run was given, noted so that what comes later finds it again."""

from __future__ import annotations

import os
from pathlib import Path

from mmbench.engine.cache.object_store import is_url
from mmbench.results import ResultStore

__all__ = ["recorded_cache", "seen_from"]


def seen_from(out_dir: Path, cache: Path | str) -> str:
    """Return the way to a cache from a folder of results, so that both can be moved.

    Parameters
    ----------
    out_dir : Path
        The folder of results.
    cache : path or str
        The cache that a run is given.

    Returns
    -------
    str
        Relative, but for a cache on another drive; a URL stays as it is.

    Examples
    --------
    >>> seen_from(Path("runs/out"), "runs/cache")
    '../cache'
    """
    if is_url(cache):
        return str(cache)
    try:
        return Path(os.path.relpath(cache, out_dir)).as_posix()
    except ValueError:
        return Path(cache).absolute().as_posix()


def recorded_cache(store: ResultStore) -> Path | str | None:
    """Return the cache that a run was given.

    Parameters
    ----------
    store : ResultStore
        What the run left.

    Returns
    -------
    Path, str or None
        A folder, which need not exist any more, or a URL; None for the user's.
    """
    said = store.environment().get("cache")
    if said is None or is_url(said):
        return None if said is None else str(said)
    return Path(os.path.normpath(store.out_dir / str(said)))
