"""A folder for one run only, beside the cache, where all its workers see it."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from mmbench.results import store_errors
from mmbench.results.lock import try_lock

_OLD_S = 24 * 3600


@contextlib.contextmanager
def run_folder(root: Path) -> Iterator[Path]:
    """Give a folder, and remove it at the end; sweep those of killed runs.

    Parameters
    ----------
    root : path
        The folder of the cache.

    Yields
    ------
    Path
        The folder, which exists.

    Raises
    ------
    StoreError
        When the cache can't be written.
    """
    with store_errors(root, "write"):
        (root / "tmp").mkdir(parents=True, exist_ok=True)
        folder = root / "tmp" / f"run-{uuid.uuid4().hex}"
        # The lock comes first: a folder whose lock is free is nobody's.
        lock = os.open(_lock_of(folder), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try_lock(lock)
        if not _is_free(_lock_of(folder)):
            _sweep(root / "tmp")
        # Else there are no locks on this file system, and all might be in use.
        with store_errors(root, "write"):
            folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)
        _lock_of(folder).unlink(missing_ok=True)


def _lock_of(folder: Path) -> Path:
    return folder.with_suffix(".lock")


def _sweep(parent: Path) -> None:
    """Remove what killed runs and workers left behind."""
    for path in parent.iterdir():
        with contextlib.suppress(OSError):
            if path.suffix != ".lock" and _is_left_behind(path):
                shutil.rmtree(path, ignore_errors=True)
                _lock_of(path).unlink(missing_ok=True)
            elif path.suffix == ".lock" and not path.with_suffix("").exists():
                _remove_if_old(path)


def _is_left_behind(folder: Path) -> bool:
    try:
        return _is_free(_lock_of(folder))
    except FileNotFoundError:
        # An entry that is being written; an old one never will be.
        return _age_s(folder) > _OLD_S


def _is_free(lock: Path) -> bool:
    descriptor = os.open(lock, os.O_RDWR)
    try:
        return try_lock(descriptor)
    finally:
        os.close(descriptor)


def _remove_if_old(lock: Path) -> None:
    if _age_s(lock) > _OLD_S:
        lock.unlink()


def _age_s(path: Path) -> float:
    return time.time() - path.stat().st_mtime
