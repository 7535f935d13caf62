"""A Dask cluster on this machine: a scheduler in this process, workers beside it.

The workers are started here rather than by ``distributed.LocalCluster``, whose workers
import the caller's main script again (so that a script without a main guard would start
clusters without end), and so that a dead one is replaced at once.
"""

from __future__ import annotations

import contextlib
import logging
import os
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
    # Nobody looks at its profile, which costs a worker a few per cent of its time.
    "distributed.worker.profile.enabled": False,
    # Nor at how busy the machine is, which is looked up 2 and 50 times a second.
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.tick.interval": "1s",
}
# Ctrl-C reaches every process of a terminal, but only the driver acts on it. Importing
# is a fifth faster while nobody looks for garbage.
_NURSERY = """
import gc, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
gc.disable()
from mmbench.engine.nursery import main
main(sys.argv[1])
"""
_LOGGERS = ("distributed", "distributed.worker", "distributed.scheduler", "tornado")


class LocalWorkers:
    """Worker processes of one thread each, forked from a nursery.

    The nursery starts at once and imports what workers need while the scheduler starts;
    :meth:`join` tells it where the scheduler is.

    Parameters
    ----------
    n : int
        How many.
    folder : path
        Where Dask puts its own small files.

    Attributes
    ----------
    failure : str or None
        Why workers can't start.
    """

    def __init__(self, n: int, folder: Path) -> None:
        self.n = n
        self.failure: str | None = None
        self._address = ""
        self._folder = folder
        self._log = folder / "workers.log"
        self._changed = threading.Condition()
        self._stopped = False
        self._exit_codes: dict[int, int] = {}
        self._nursery = self._start_nursery()
        self._orders: Any = self._nursery.stdin
        self._reports: Any = self._nursery.stdout
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def join(self, address: str) -> None:
        """Have the workers started, for the scheduler at an address."""
        self._address = address
        for _ in range(self.n):
            self._order_worker()

    def exit_code(self, pid: int) -> int | None:
        """Return how a worker that just died ended, or None for a stranger."""
        with self._changed:
            self._changed.wait_for(lambda: pid in self._exit_codes, timeout=5)
            return self._exit_codes.get(pid)

    def stop(self) -> None:
        """End all workers at once: whatever is worth keeping is on disk."""
        with self._changed:
            self._stopped = True
        with contextlib.suppress(BrokenPipeError):
            self._orders.close()
        if not self._address:
            # Nobody asked for workers, and it may still be busy importing.
            self._nursery.kill()
        self._nursery.wait()
        self._keeper.join()

    def _start_nursery(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", _NURSERY, str(self._folder)]
        paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        with self._log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own module, no shell
                command,
                env=os.environ | ONE_THREAD | {"PYTHONPATH": paths},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )

    def _order_worker(self) -> None:
        # That the nursery is gone is seen, and told of, by the keeper.
        with contextlib.suppress(BrokenPipeError):
            self._orders.write(f"{self._address}\n".encode())
            self._orders.flush()

    def _keep(self) -> None:
        """Take in the nursery's reports, and replace workers that die."""
        # A thread, since the driver may be waiting for what only a new worker can do.
        with self._reports as reports:
            for report in reports:
                pid, code = report.decode().split()
                with self._changed:
                    self._bury(int(pid), int(code))
                    self._changed.notify_all()
        if not self._stopped:
            self._fail()

    def _bury(self, pid: int, code: int) -> None:
        self._exit_codes[pid] = code
        if self._stopped:
            return
        if (self._folder / f"{pid}.ready").exists():
            self._order_worker()
        else:
            # The next one would fare no better.
            self._fail()

    def _fail(self) -> None:
        log = self._log.read_text(errors="replace").strip()
        self.failure = log.rpartition("\n")[2] or "no reason given"


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Set Dask up, its log lines off: they are for its developers, not our users."""
    import dask

    # Importing it adds settings, which would be lost with ours at the end.
    import distributed  # noqa: F401

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
def local_workers(n: int) -> Iterator[LocalWorkers]:
    """Start workers, and end them at the end."""
    with tempfile.TemporaryDirectory(
        prefix="mmbench-", ignore_cleanup_errors=True
    ) as folder:
        workers = LocalWorkers(n, Path(folder))
        try:
            yield workers
        finally:
            workers.stop()
