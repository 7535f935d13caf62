"""Files on their way between the processes of a Dask cluster that share no disk.

Each run has an operation of its own, by the name of the run, that answers with a piece
of a file: on the scheduler, for what the driver has put there; on every worker, for the
values that it holds. What is asked for is a name, never a path.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["fetched", "hub_plugin", "piece_of", "put_file"]

_PIECE_BYTES = 2**24
_WAIT_S = 60.0


def piece_of(path: Path | None, offset: int) -> dict[str, Any] | None:
    """Return a piece of a file and its size, or None where there is no such file.

    Parameters
    ----------
    path : Path or None
        The file.
    offset : int
        The first byte.

    Returns
    -------
    dict or None
        ``data`` and ``size``, in bytes.
    """
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return {"data": file.read(_PIECE_BYTES), "size": path.stat().st_size}
    except OSError:
        return None


def hub_plugin(run_id: str, client_id: str) -> Any:
    """Return what makes the scheduler hand on files of a run's driver.

    Its class is pickled by value: the scheduler needs no mmbench.

    Parameters
    ----------
    run_id : str
        Names the run; ``run_id`` and ``run_id-put`` are the operations.
    client_id : str
        The driver's: files are removed when it is gone.

    Returns
    -------
    distributed.SchedulerPlugin
        To be registered.
    """
    from distributed import SchedulerPlugin

    piece_bytes = _PIECE_BYTES

    class Hub(SchedulerPlugin):
        """Keeps files of a run in a temporary folder."""

        def __init__(self) -> None:
            self.name = f"{run_id}-hub"

        async def start(self, scheduler: Any) -> None:
            """Offer the operations."""
            import tempfile
            from pathlib import Path

            self.folder = Path(tempfile.mkdtemp(prefix="mmbench-"))
            scheduler.handlers[run_id] = self.get
            scheduler.handlers[f"{run_id}-put"] = self.put

        def path(self, name: str) -> Any:
            """Return where a file is; its name has no way out of the folder."""
            pieces = name.split("/")
            if any(piece in ("", ".", "..") or "\\" in piece for piece in pieces):
                raise ValueError(f"{name!r} is not a file name")
            return self.folder.joinpath(*pieces)

        def get(self, name: str, offset: int) -> dict[str, Any] | None:
            """Return a piece of a file."""
            path = self.path(name)
            if not path.is_file():
                return None
            with path.open("rb") as file:
                file.seek(offset)
                return {"data": file.read(piece_bytes), "size": path.stat().st_size}

        def put(self, name: str, offset: int, data: bytes, size: int) -> str:
            """Add a piece to a file, which is there once it is whole."""
            path = self.path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_name(f"{path.name}.unfinished")
            with unfinished.open("ab" if offset else "wb") as file:
                file.write(data)
            if offset + len(data) == size:
                unfinished.replace(path)
            return "OK"

        def remove_client(self, scheduler: Any, client: str) -> None:
            """Forget the run when its driver is gone."""
            import shutil

            if client == client_id:
                shutil.rmtree(self.folder, ignore_errors=True)
                scheduler.handlers.pop(run_id, None)
                scheduler.handlers.pop(f"{run_id}-put", None)
                scheduler.plugins.pop(self.name, None)

    return Hub()


def put_file(client: Any, run_id: str, name: str, path: Path) -> None:
    """Put a file of the driver on the scheduler.

    Parameters
    ----------
    client : distributed.Client
        Connected to it.
    run_id : str
        Names the run.
    name : str
        What the file is called there.
    path : Path
        The file.
    """
    put = getattr(client.scheduler, f"{run_id}-put")
    size, offset = path.stat().st_size, 0
    with path.open("rb") as file:
        while True:
            data = file.read(_PIECE_BYTES)
            client.sync(put, name=name, offset=offset, data=data, size=size)
            offset += len(data)
            if offset >= size:
                return


def fetched(
    worker: Any,
    run_id: str,
    name: str,
    path: Path,
    *,
    peer: str | None = None,
    wait: bool = False,
    checksum: str | None = None,
) -> bool:
    """Fetch a file from the scheduler or another worker, unless it is here.

    Parameters
    ----------
    worker : distributed.Worker
        The one that needs it; called from a thread of its tasks.
    run_id : str
        Names the run.
    name : str
        What the file is called there.
    path : Path
        Where it goes.
    peer : str, optional
        The address of the worker that has it; by default the scheduler has.
    wait : bool, default=False
        Whether the driver is about to put it there.
    checksum : str, optional
        Its SHA-256; a file with another one counts as not there.

    Returns
    -------
    bool
        Whether it is here now.

    Raises
    ------
    OSError
        When who has it is gone.
    """
    until = time.monotonic() + _WAIT_S * wait
    temporary = path.with_name(f"{uuid.uuid4().hex}.tmp")
    ask = _asking(worker, run_id, name, peer)
    while not path.exists():
        try:
            if _is_copied(ask, temporary) and _is_right(temporary, checksum):
                temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        if not path.exists() and time.monotonic() >= until:
            return False
        if not path.exists():
            time.sleep(0.2)
    return True


def _asking(
    worker: Any, run_id: str, name: str, peer: str | None
) -> Callable[[int], dict[str, Any] | None]:
    from distributed.utils import sync

    async def ask(offset: int) -> Any:
        remote = worker.scheduler if peer is None else worker.rpc(peer)
        return await getattr(remote, run_id)(name=name, offset=offset)

    return lambda offset: sync(worker.loop, ask, offset)


def _is_copied(ask: Callable[[int], dict[str, Any] | None], path: Path) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        while True:
            piece = ask(file.tell())
            if piece is None:
                return False
            file.write(piece["data"])
            if file.tell() >= piece["size"]:
                return True


def _is_right(path: Path, checksum: str | None) -> bool:
    if checksum is None:
        return True
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == checksum
