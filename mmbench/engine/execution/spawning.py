"""Worker processes that are started afresh, where the system can't fork them.

Each imports all it needs and reads the datasets from a file, so it is there within
seconds rather than milliseconds, and shares no memory with the others. It connects to a
port of the loopback interface and shows the token that it was given through its
standard input, which nobody else can read.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from mmbench.engine.execution.forking import ONE_THREAD
from mmbench.errors import EngineError

__all__ = ["SpawnServer", "serve"]

_SPAWNED = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
from mmbench.engine.execution.spawning import serve
serve(int(sys.argv[1]), sys.argv[2])
"""
_POLL_S = 0.2
_TOKEN_BYTES = 32


class SpawnServer:
    """Starts worker processes, each by itself; to be used as a `ForkServer` is.

    Attributes
    ----------
    is_gone : bool
        False: there is no server process that could end.
    """

    is_gone = False

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="mmbench-"))
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def load(self, datasets: Callable[[], bytes]) -> None:
        """Keep the datasets where workers read them.

        Parameters
        ----------
        datasets : callable
            Returns the pickled mapping of digest to context.
        """
        self._datasets.write_bytes(datasets())

    def fork(self) -> tuple[int, Connection]:
        """Start a worker; return its process number and a connection to it.

        Raises
        ------
        EngineError
            When it can't start.
        """
        token = secrets.token_bytes(_TOKEN_BYTES)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(_POLL_S)
            process = self._start(listener.getsockname()[1], token)
            self._processes[process.pid] = process
            ours = _accepted(listener, token, process)
        if ours is None:
            raise EngineError(f"worker processes can't start: {self._last_words()}")
        connection = Connection(ours.detach())
        # On some systems what was started is a launcher of the process itself.
        pid = int(connection.recv_bytes())
        self._processes[pid] = process
        return pid, connection

    def exit_code(self, pid: int, timeout: float = 0) -> int | None:
        """Return how a worker ended, or None when it has not (yet).

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
        process = self._processes[pid]
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(timeout) if timeout else process.poll()
        return None

    def kill(self, pid: int) -> None:
        """End a worker and what it has started.

        Parameters
        ----------
        pid : int
            The worker's process id.
        """
        import psutil

        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            for each in (*process.children(recursive=True), process):
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.kill()
        self._processes[pid].wait()

    def stop(self) -> None:
        """End all workers and what they have started."""
        for pid, process in list(self._processes.items()):
            if process.poll() is None:
                self.kill(pid)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _datasets(self) -> Path:
        return self._folder / "datasets"

    @property
    def _log(self) -> Path:
        return self._folder / "workers.log"

    def _start(self, port: int, token: bytes) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        with self._log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [sys.executable, "-c", _SPAWNED, str(port), str(self._datasets)],
                env=os.environ | ONE_THREAD | {"PYTHONPATH": paths},
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
                # The terminal's Ctrl-C doesn't reach it.
                start_new_session=True,
            )
        assert process.stdin is not None  # noqa: S101
        with contextlib.suppress(OSError), process.stdin as pipe:
            pipe.write(token)
        return process

    def _last_words(self) -> str:
        log = self._log.read_text(errors="replace").strip()
        return log.rpartition("\n")[2] or "no reason given"


def serve(port: int, datasets: str) -> None:
    """Do what the driver asks for, in a process that it has started.

    Parameters
    ----------
    port : int
        Where it listens.
    datasets : str
        The file of the datasets.
    """
    import pickle

    channel = socket.create_connection(("127.0.0.1", port))
    channel.sendall(sys.stdin.buffer.read(_TOKEN_BYTES))
    from mmbench.engine.execution import fork_server, worker

    # Written by the driver, which started this process.
    contexts = pickle.loads(Path(datasets).read_bytes())  # noqa: S301
    worker.contexts.update(worker.protected(contexts))
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    with contextlib.suppress(OSError):  # the driver is gone
        fork_server.answer_tasks(Connection(channel.detach()))
    os._exit(0)


def _accepted(
    listener: socket.socket, token: bytes, process: Any
) -> socket.socket | None:
    """Return the connection of a process that was just started, None if it ended."""
    while process.poll() is None:
        with contextlib.suppress(TimeoutError):
            ours, _ = listener.accept()
            ours.settimeout(5)
            with contextlib.suppress(OSError):
                shown = ours.recv(len(token), socket.MSG_WAITALL)
                if hmac.compare_digest(shown, token):
                    ours.settimeout(None)
                    return ours
            ours.close()
    return None
