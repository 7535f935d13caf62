"""The driver's end of the fork server: workers are asked for here."""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from mmbench.errors import EngineError

# Numerical libraries read these when they are imported.
ONE_THREAD = {
    f"{library}_NUM_THREADS": "1"
    for library in ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "VECLIB_MAXIMUM")
}
# Ctrl-C reaches every process of a terminal, but only the driver acts on it. Importing
# is a fifth faster while nobody looks for garbage.
_FORK_SERVER = """
import gc, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
gc.disable()
from mmbench.engine.execution.fork_server import main
main(int(sys.argv[1]), sys.argv[2])
"""
# What is imported of these here, the server imports too: else each worker would.
_IMPORTED = ("sklearn", "scipy", "mmbench")
_MOST_STARTS = 20


class ForkServer:
    """A process that forks workers; one that dies is replaced.

    It starts at once and imports what workers need; :meth:`load` gives it the datasets.

    Attributes
    ----------
    is_gone : bool
        Whether it has ended, and its workers with it.
    """

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="mmbench-"))
        self._changed = threading.Condition()
        self._asking = threading.Lock()
        self._exit_codes: dict[int, int] = {}
        self._datasets: Callable[[], bytes] | None = None
        self._n_starts = 0
        self._is_stopped = False
        self._start()

    def load(self, datasets: Callable[[], bytes]) -> None:
        """Hand over the datasets.

        Parameters
        ----------
        datasets : callable
            Returns the pickled mapping of digest to context.

        Raises
        ------
        EngineError
            When the server can't start.
        """
        self._datasets = datasets
        self._send_datasets()

    def fork(self) -> tuple[int, Connection]:
        """Have a worker forked; return its process number and a connection to it.

        Raises
        ------
        EngineError
            When the server can't start, or doesn't stay.
        """
        with self._asking:
            while True:
                try:
                    return self._fork()
                except (EOFError, OSError):
                    self._restart()

    def exit_code(self, pid: int, timeout: float = 0) -> int | None:
        """Return how a worker ended, or None when that is not known (yet).

        Parameters
        ----------
        pid : int
            The worker's process id.
        timeout : float, default=0
            Seconds to wait for it to end.

        Returns
        -------
        int or None
            The exit code, negative for a signal.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: pid in self._exit_codes or self.is_gone, timeout
            )
            return self._exit_codes.get(pid)

    def kill(self, pid: int) -> None:
        """End a worker and its child processes.

        Parameters
        ----------
        pid : int
            The worker's process id.
        """
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if self.exit_code(pid) is None:
                    kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        """End the server, and by that all workers and what they have started."""
        self._is_stopped = True
        with contextlib.suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)
        if not self._is_ready:
            # Nobody asked for workers, and it may still be busy importing.
            self._process.kill()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._channel.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _log(self) -> Path:
        return self._folder / "workers.log"

    def _start(self) -> None:
        self._n_starts += 1
        self._is_ready = self.is_gone = False
        self._channel, theirs = socket.socketpair()
        command = [sys.executable, "-c", _FORK_SERVER]
        paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        with theirs, self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [*command, str(theirs.fileno()), str(self._folder)],
                env=os.environ | ONE_THREAD | {"PYTHONPATH": paths},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._reader = threading.Thread(
            target=self._take_in_reports, args=(self._channel,), daemon=True
        )
        self._reader.start()
        names = [name for name in sys.modules if name.split(".")[0] in _IMPORTED]
        with contextlib.suppress(OSError):  # noticed when a worker is asked for
            self._send(pickle.dumps(names))

    def _restart(self) -> None:
        """Start another server when one that worked has died: a method may kill it."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)
        self._process.kill()
        self._process.wait()
        self._reader.join()
        if self._is_stopped:
            raise EngineError("the workers have been stopped")
        if not self._is_ready or self._n_starts == _MOST_STARTS:
            raise EngineError(f"worker processes can't start: {self._last_words()}")
        self._channel.close()
        self._start()
        self._send_datasets()

    def _send_datasets(self) -> None:
        assert self._datasets is not None  # noqa: S101
        try:
            self._send(self._datasets())
        except OSError:
            self._process.wait()
            raise EngineError(
                f"worker processes can't start: {self._last_words()}"
            ) from None

    def _send(self, data: bytes) -> None:
        self._channel.sendall(len(data).to_bytes(8, "big"))
        self._channel.sendall(data)

    def _fork(self) -> tuple[int, Connection]:
        ours, theirs = socket.socketpair()
        connection = Connection(ours.detach())
        try:
            with theirs:
                socket.send_fds(self._channel, [b"f"], [theirs.fileno()])
            while not connection.poll(1.0):
                # A method may have stopped it.
                self._process.send_signal(signal.SIGCONT)
                if self._process.poll() is not None:
                    raise EOFError
            return int(connection.recv_bytes()), connection
        except (EOFError, OSError):
            connection.close()
            raise

    def _take_in_reports(self, channel: socket.socket) -> None:
        # In a thread, since they come at any time.
        with contextlib.suppress(OSError), channel.makefile("rb") as reports:
            for report in reports:
                if report == b"ready\n":
                    self._is_ready = True
                    continue
                pid, code = report.split()
                with self._changed:
                    self._exit_codes[int(pid)] = int(code)
                    self._changed.notify_all()
        with self._changed:
            self.is_gone = True
            self._changed.notify_all()

    def _last_words(self) -> str:
        log = self._log.read_text(errors="replace").strip()
        return log.rpartition("\n")[2] or "no reason given"
