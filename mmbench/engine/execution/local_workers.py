"""Worker processes on this machine, and the watch over them from outside.

A worker is forked from a server that holds the datasets (see
:mod:`mmbench.engine.execution.fork_server`) and does one task at a time. Its time and
memory are watched from here, where nothing that a method does can hold the watch up.
One that passes a limit or dies fails the task that it was doing; the next task gets
another.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from mmbench.engine.execution.forking import ForkServer
from mmbench.engine.execution.limits import NO_LIMITS, Limits, describe_exit
from mmbench.engine.execution.spawning import SpawnServer
from mmbench.engine.execution.worker import Result

if TYPE_CHECKING:
    from mmbench.engine.execution.parts import MappedPart
    from mmbench.engine.execution.shipped_files import Reading, ShippedPart
    from mmbench.engine.graph.values import Context

_POLL_S = 0.05
_SLOW_POLL_S = 1.0
_FAMILY_POLL_S = 0.25
_LIVES = 2
_KILLED = -9  # signal.SIGKILL, where there are signals

StartMethod = Literal["fork", "spawn"]


def default_start_method() -> StartMethod:
    """Return how worker processes start unless told otherwise."""
    return "fork" if hasattr(os, "fork") and hasattr(socket, "send_fds") else "spawn"


class Place(NamedTuple):
    """Where the cache is, under the same path for all workers.

    Attributes
    ----------
    root : Path
        The folder of the cache.
    namespace : str
        The part of it that was made with the same versions.
    run_folder : Path, optional
        The folder of the run in it: who sees that sees the cache.
    url : str, optional
        Where else values are kept; the folder is then this machine's part of it.
    max_bytes : int, optional
        How much the folder may hold where there is a URL.
    """

    root: Path
    namespace: str
    run_folder: Path | None = None
    url: str | None = None
    max_bytes: int | None = None


class PickledTask(NamedTuple):
    """A task on its way to a worker.

    Attributes
    ----------
    key : str
        The task's key, by which its result is known.
    pickled : bytes
        The task, pickled by cloudpickle.
    parts : tuple of str
        The parts of the run that it names.
    inputs : tuple of str
        The keys of the kept values that it reads.
    reads : tuple of Reading
        What it reads of columns as they are.
    """

    key: str
    pickled: bytes
    parts: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    reads: tuple[Reading, ...] = ()


class _WorkerEndedError(Exception):
    """A worker is gone.

    Parameters
    ----------
    reason : str
        How it ended.
    status : {"failed", "timed_out"}
        What that makes of its task.
    by_others : bool
        Whether something other than its task may have ended it.
    """

    def __init__(
        self, reason: str, status: str = "failed", *, by_others: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason, self.status, self.by_others = reason, status, by_others


class LocalWorkers:
    """Worker processes of one thread each: as many as there are callers at once.

    Its methods may be called from several threads.

    Parameters
    ----------
    start_method : {"fork", "spawn"}, optional
        How they start; by default they are forked where the system can.
    """

    def __init__(self, start_method: StartMethod | None = None) -> None:
        method = start_method or default_start_method()
        self._server = ForkServer() if method == "fork" else SpawnServer()
        self._idle: list[_Worker] = []
        self._second_lives = threading.Lock()
        self._has_datasets = False

    def load(self, contexts: Mapping[str, Context | MappedPart | ShippedPart]) -> None:
        """Give the workers the datasets, by their digests, unless they have them.

        Parameters
        ----------
        contexts : mapping of str to (Context, MappedPart or ShippedPart)
            The datasets, by their digests, or the parts that hold them.

        Raises
        ------
        EngineError
            When workers can't start.
        """
        import cloudpickle

        if not self._has_datasets:
            self._has_datasets = True
            self._server.load(lambda: bytes(cloudpickle.dumps(dict(contexts))))

    def run(
        self, tasks: Sequence[PickledTask], place: Place, limits: Limits = NO_LIMITS
    ) -> list[Result]:
        """Have tasks done one after another; what goes wrong with one stays with it.

        Parameters
        ----------
        tasks : sequence of PickledTask
            What to do.
        place : Place
            Where the cache is.
        limits : Limits, default=none
            What each piece of work may use.

        Returns
        -------
        list of Result
            In the order of the tasks.

        Raises
        ------
        EngineError
            When no worker can be started.
        """
        results: list[Result] = []
        while len(results) < len(tasks):
            results += self._on_one(tasks[len(results) :], place, limits)
        return results

    def stop(self) -> None:
        """End all workers at once: whatever is worth keeping is on disk."""
        self._server.stop()

    def _on_one(
        self, tasks: Sequence[PickledTask], place: Place, limits: Limits
    ) -> list[Result]:
        """Return the results up to the task that a worker ends with."""
        results: list[Result] = []
        try:
            # Not by extend, which would lose those before an exception.
            for result in self._answers(tasks, place, limits):
                results.append(result)  # noqa: PERF402
        except _WorkerEndedError as ended:
            task = tasks[len(results)]
            results.append(
                self._second_life(task, place, limits)
                if ended.by_others
                else _ended(task, ended)
            )
        return results

    def _second_life(self, task: PickledTask, place: Place, limits: Limits) -> Result:
        """Do a task again whose worker may have been killed by somebody else."""
        # One at a time: who killed the worker of the other must not kill it again.
        with self._second_lives:
            try:
                return next(self._answers([task], place, limits, fresh=True))
            except _WorkerEndedError as ended:
                return _ended(task, ended)

    def _answers(
        self,
        tasks: Sequence[PickledTask],
        place: Place,
        limits: Limits,
        *,
        fresh: bool = False,
    ) -> Iterator[Result]:
        """Yield results until a worker is spent, or ended."""
        worker = None if fresh else self._pop_idle()
        worker = worker or _Worker(self._server)
        try:
            worker.send([(task.pickled, *place[:3]) for task in tasks])
            for task in tasks:
                result, is_spent = worker.receive(limits)
                yield replace(result, key=task.key)
                worker.is_fresh = False
                if is_spent:
                    worker.end()
                    return
        except BaseException:
            worker.end()
            raise
        self._idle.append(worker)

    def _pop_idle(self) -> _Worker | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None


class _Worker:
    """One worker process."""

    def __init__(self, server: ForkServer | SpawnServer) -> None:
        self.is_fresh = True
        self._server = server
        self.pid, self._connection = server.fork()

    def send(self, tasks: Sequence[tuple[bytes, Path, str, Path | None]]) -> None:
        """Have it do tasks, one after another."""
        try:
            self._connection.send_bytes(pickle.dumps(tasks))
        except OSError:
            # It died while it was idle.
            raise self._death() from None

    def receive(self, limits: Limits) -> tuple[Result, bool]:
        """Wait for the result of a task, and return whether the worker ends with it."""
        message = self._message(limits)
        try:
            result: tuple[Result, bool] = pickle.loads(message)  # noqa: S301
        except Exception:  # noqa: BLE001 - a method has edited what makes messages
            raise _WorkerEndedError(
                "its worker process sent something other than a result"
            ) from None
        return result

    def end(self) -> None:
        """End it, and what it has started."""
        if self._server.exit_code(self.pid) is None:
            self._server.kill(self.pid)
        self._connection.close()

    def _message(self, limits: Limits) -> bytes:
        watch = _Watch(self.pid, limits)
        while True:
            if self._has_message(watch.pause_s):
                try:
                    message = self._connection.recv_bytes()
                except (EOFError, OSError):
                    raise self._death() from None
                if message:
                    return message
                watch.restart()
            elif self._server.exit_code(self.pid) is not None:
                if not self._has_message(0):
                    raise self._death()
            else:
                watch.look(fresh=self.is_fresh)

    def _has_message(self, timeout: float) -> bool:
        try:
            return self._connection.poll(timeout)
        except (EOFError, OSError):
            return True  # reading it tells how it ended

    def _death(self) -> _WorkerEndedError:
        code = self._server.exit_code(self.pid, timeout=2)
        if code is None and not self._server.is_gone and _is_running(self.pid):
            return _WorkerEndedError("it closed the connection of its worker process")
        # Something else may have killed it, or the server that it came from.
        by_others = code in (None, _KILLED)
        return _WorkerEndedError(describe_exit(code), by_others=by_others)


class _Watch:
    """The time and the memory of a worker since its task began."""

    def __init__(self, pid: int, limits: Limits) -> None:
        import psutil

        self._limits = limits
        self._process: psutil.Process | None
        try:
            self._process = psutil.Process(pid)
        except psutil.NoSuchProcess:
            self._process = None
        self._family_bytes, self._family_at = 0, time.monotonic()
        self._n_stops = 0
        self.pause_s = _SLOW_POLL_S if limits == NO_LIMITS else _POLL_S
        self.restart()

    def restart(self) -> None:
        """Restart the time."""
        self._began = time.monotonic()
        self._looked = self._began

    def look(self, *, fresh: bool) -> None:
        """Raise if the worker has passed a limit, or stands still for good.

        Parameters
        ----------
        fresh : bool
            Whether this is its first task, so that all memory is of this task.
        """
        import psutil

        now = time.monotonic()
        time_s, memory_bytes = self._limits
        if time_s is not None and now - self._began > time_s:
            reason = f"it took longer than the time limit of {time_s:g} s"
            raise _WorkerEndedError(reason, "timed_out")
        if self._process is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if now - self._looked >= _SLOW_POLL_S:
                self._looked = now
                self._check_stopped()
            if memory_bytes is not None:
                used = self._used_bytes(now)
                if used > memory_bytes:
                    took, most = used / 2**30, memory_bytes / 2**30
                    reason = f"it took {took:.2f} GiB, over the limit of {most:.2f} GiB"
                    raise _WorkerEndedError(reason, by_others=not fresh)

    def _check_stopped(self) -> None:
        import psutil

        assert self._process is not None  # noqa: S101
        is_stopped = self._process.status() == psutil.STATUS_STOPPED
        self._n_stops = self._n_stops + 1 if is_stopped else 0
        if self._n_stops == 2:
            raise _WorkerEndedError("it stopped its worker process (SIGSTOP)")

    def _used_bytes(self, now: float) -> int:
        import psutil

        assert self._process is not None  # noqa: S101
        if now - self._family_at >= _FAMILY_POLL_S:
            self._family_at, self._family_bytes = now, 0
            for child in self._process.children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                    # What it shares with its parent is counted there.
                    self._family_bytes += child.memory_full_info().uss
        return int(self._process.memory_info().rss) + self._family_bytes


def _ended(task: PickledTask, ended: _WorkerEndedError) -> Result:
    return Result(key=task.key, status=ended.status, reason=ended.reason)


def _is_running(pid: int) -> bool:
    import psutil

    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextlib.contextmanager
def local_workers(start_method: StartMethod | None = None) -> Iterator[LocalWorkers]:
    """Start workers, and end them at the end.

    Parameters
    ----------
    start_method : {"fork", "spawn"}, optional
        As for `LocalWorkers`.

    Yields
    ------
    LocalWorkers
        Ready to be given datasets.
    """
    workers = LocalWorkers(start_method)
    try:
        yield workers
    finally:
        workers.stop()
