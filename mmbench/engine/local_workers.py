"""A Dask cluster on this machine: a scheduler in this process, workers beside it.

The workers are started here rather than by ``distributed.LocalCluster``, whose workers
import the caller's main script again (so that a script without a main guard would start
clusters without end), and so that a dead one is replaced at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Numerical libraries read these when they are imported.
ONE_THREAD = {
    f"{library}_NUM_THREADS": "1"
    for library in ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "VECLIB_MAXIMUM")
}

_SETTINGS = {
    "distributed.scheduler.allowed-failures": 0,
    # Big values are files mapped into memory, which Dask would take for its own.
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.terminate": False,
}
_POLL_S = 0.1
_LOGGERS = ("distributed", "distributed.worker", "distributed.scheduler", "tornado")


class LocalWorkers:
    """Worker processes of one thread each.

    Parameters
    ----------
    address : str
        The scheduler's.
    n : int
        How many.
    folder : path
        Where Dask puts its own small files.

    Attributes
    ----------
    failure : str or None
        Why workers can't start.
    """

    def __init__(self, address: str, n: int, folder: Path) -> None:
        self.n = n
        self.failure: str | None = None
        self._address, self._folder = address, folder
        self._log = folder / "workers.log"
        self._stopped = threading.Event()
        self._dead: list[subprocess.Popen[bytes]] = []
        self._alive = [self._start() for _ in range(n)]
        self._keeper = threading.Thread(target=self._replace_dead, daemon=True)
        self._keeper.start()

    def exit_code(self, pid: int) -> int | None:
        """Return how a worker that just died ended, or None for a stranger."""
        for process in (*self._alive, *self._dead):
            if process.pid == pid:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return process.wait(timeout=5)
        return None

    def stop(self) -> None:
        """End all workers at once: whatever is worth keeping is on disk."""
        self._stopped.set()
        self._keeper.join()
        for process in self._alive:
            process.kill()
            _close(process)

    def _replace_dead(self) -> None:
        # A thread, since the driver may be waiting for what only a new worker can do.
        while not self._stopped.wait(_POLL_S):
            for place, process in enumerate(self._alive):
                if process.poll() is None:
                    continue
                _close(process)
                if not self._ready_mark(process.pid).exists():
                    # The next one would fare no better.
                    log = self._log.read_text(errors="replace").strip()
                    self.failure = log.rpartition("\n")[2] or "no reason given"
                    return
                self._dead.append(process)
                self._alive[place] = self._start()

    def _ready_mark(self, pid: int) -> Path:
        return self._folder / f"{pid}.ready"

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", __name__, self._address, str(self._folder)]
        paths = os.pathsep.join(path for path in sys.path if path)
        with self._log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own module, no shell
                command,
                env=os.environ | ONE_THREAD | {"PYTHONPATH": paths},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )


def _close(process: subprocess.Popen[bytes]) -> None:
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Set Dask up, its log lines off: they are for its developers, not our users."""
    import dask

    before = {name: logging.getLogger(name).level for name in _LOGGERS}
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        with dask.config.set(_SETTINGS):
            yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


@contextlib.contextmanager
def local_scheduler() -> Iterator[str]:
    """Start a scheduler in this process, and give its address."""
    import distributed

    make: Any = distributed.LocalCluster
    with make(
        n_workers=0,
        host="127.0.0.1",
        dashboard_address=":0",
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield str(cluster.scheduler_address)


@contextlib.contextmanager
def local_workers(address: str, n: int) -> Iterator[LocalWorkers]:
    """Start workers, and end them at the end."""
    with tempfile.TemporaryDirectory(prefix="mmbench-") as folder:
        workers = LocalWorkers(address, n, Path(folder))
        try:
            yield workers
        finally:
            workers.stop()


def main(address: str, folder: str) -> None:
    """Be a worker, until the driver is gone."""
    # Ctrl-C reaches every process of a terminal; only the driver acts on it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_driver, daemon=True).start()
    with quiet():
        asyncio.run(_serve(address, folder))


def _end_with_driver() -> None:
    # The driver holds the other end, so this returns when it ends, however it ends.
    sys.stdin.buffer.read()
    os._exit(0)


async def _serve(address: str, folder: str) -> None:
    import distributed

    worker: Any = distributed.Worker(
        address,
        nthreads=1,
        memory_limit=0,
        local_directory=folder,
        dashboard=False,
    )
    async with worker:
        (Path(folder) / f"{os.getpid()}.ready").touch()
        await worker.finished()


if __name__ == "__main__":
    main(*sys.argv[1:])
