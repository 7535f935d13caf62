"""Where a cache is: a folder, or a URL with a folder of this machine before it."""

from __future__ import annotations

from pathlib import Path

from mmbench.spec import digest_of

__all__ = ["cache_folder", "level_folder"]


def cache_folder(chosen: Path | str | None = None) -> Path:
    """Return the folder of the cache: the chosen one, or the user's.

    Parameters
    ----------
    chosen : path or str, optional
        The user's choice, made absolute; by default the system's folder for caches.

    Returns
    -------
    Path
        It need not exist.
    """
    if chosen is not None:
        return Path(chosen).absolute()
    import platformdirs

    return Path(platformdirs.user_cache_dir("mmbench", appauthor=False))


def level_folder(url: str) -> Path:
    """Return the folder of this machine before a cache that is named by a URL.

    Parameters
    ----------
    url : str
        Where all values are.

    Returns
    -------
    Path
        In the user's cache folder; it need not exist.
    """
    return cache_folder() / "beyond" / digest_of(url)[:16]
