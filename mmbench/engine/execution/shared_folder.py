"""Whether a process sees the cache: the folder of the run in it stands for it."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

from mmbench.errors import StoreError

__all__ = ["check_seen", "is_seen"]


def check_seen(folder: Path, dask_worker: Any = None) -> None:
    """Raise unless this process can work in the folder that the driver made for a run.

    Its name is redrawn for each run, so that nobody who sees it sees another cache.

    Parameters
    ----------
    folder : path
        ``tmp/run-...`` in the cache.
    dask_worker : distributed.Worker, optional
        Whose process this is; in a task of Dask's that is found out.

    Raises
    ------
    StoreError
        Names the cache and the process. No method is to blame for it.
    """
    is_there = is_seen(folder)
    if is_there and os.access(folder, os.W_OK | os.X_OK):
        return
    problem = "can't write to" if is_there else "doesn't see"
    raise StoreError(
        f"{_process(dask_worker)} {problem} the cache {folder.parent.parent} (it "
        f"looked for {folder}): was it deleted meanwhile, or is it not shared with "
        "that machine? Every worker must see the same cache under the same path. "
        "Finished trials are kept; run the same command again."
    )


def is_seen(folder: Path) -> bool:
    """Return whether this process sees the folder that the driver made for a run.

    Parameters
    ----------
    folder : path
        ``tmp/run-...`` in the cache.

    Returns
    -------
    bool
        Whether it is there; it may be for reading only.
    """
    try:
        return folder.is_dir()
    except OSError:
        return False


def _process(dask_worker: Any) -> str:
    """Name this process: by its address, where it is a worker of Dask's."""
    here = f"process {os.getpid()} on {socket.gethostname()}"
    try:
        from distributed import get_worker

        return f"worker {(dask_worker or get_worker()).address} ({here})"
    except (ImportError, ValueError):
        return here
