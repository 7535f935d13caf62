"""Where a run may write: checked before any data is read."""

from __future__ import annotations

import os
from pathlib import Path

from mmbench.errors import UsageError

__all__ = ["check_places", "default_out"]

# The first things that a run makes in its folder: where one of them is, the folder is
# a run's.
_MARKS = frozenset({"plan.json", "records.jsonl", "predictions"})


def default_out(suite: str) -> Path:
    """Return where the results of a suite go unless something else is asked for.

    Parameters
    ----------
    suite : str
        The suite's name.

    Returns
    -------
    Path
        ``reports/NAME``, relative to the working folder.

    Raises
    ------
    UsageError
        When the name is not a name of a folder.
    """
    if Path(suite).name != suite or suite in ("", ".", ".."):
        raise UsageError(
            f"give --out DIR: the suite's name {suite!r} is not a folder name."
        )
    return Path("reports") / suite


def check_places(out: Path, cache: Path | str | None) -> None:
    """Refuse folders that a run can't write to, or whose files are somebody else's.

    Parameters
    ----------
    out : Path
        The folder of results; it need not exist.
    cache : Path, str or None
        The folder of cached values, or the URL; None for the user's folder.

    Raises
    ------
    UsageError
        When a folder can't be written, or ``out`` has files that are not mmbench's.
    StoreError
        When another run writes to ``out``.
    """
    from mmbench.engine.cache.object_store import ObjectStore
    from mmbench.results import ResultStore

    _check_writable("--out", out)
    if isinstance(cache, Path):
        _check_writable("--cache", cache)
    elif cache is not None:
        ObjectStore(cache, "")
    _check_own(out)
    ResultStore(out).check_free()


def _check_writable(option: str, folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{option} must be a folder, but {folder} is a file.")
    there = next(p for p in (folder, *folder.absolute().parents) if p.exists())
    if not (there.is_dir() and os.access(there, os.W_OK)):
        raise UsageError(
            f"{option} {folder} can't be written: {there} is not writable."
        )


def _check_own(out: Path) -> None:
    if not out.exists():
        return
    names = sorted(path.name for path in out.iterdir())
    if names and not _MARKS.intersection(names):
        raise UsageError(
            f"--out {out} holds other files, such as {names[0]!r}; give a new or "
            "empty folder, or one of an earlier run."
        )
