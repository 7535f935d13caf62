"""The process that workers are forked from, and what a worker does.

It imports once what all workers need and holds the datasets, so that a worker is there
within milliseconds and its memory is shared with the others until it writes to it. It
never runs a method and starts no threads, so that forking it is safe.

It is given a socket. First it reads from there what to import and then the datasets,
each as a length of 8 bytes and a pickle; then each byte comes with an open socket and
asks for a worker at its other end. It answers with a line for each worker that ended:
its process number and its exit code, which is negative for a signal. When the socket is
closed, which is when the driver ends, however it ends, it ends all workers and itself.

A worker reads tasks from its socket and answers one after another. Code that is not of
a known package may change anything about its process: the worker that ran some ends
with it, and so does whatever it has started.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import pickle
import select
import shutil
import signal
import socket
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any, NoReturn

_POLL_S = 0.02
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


def main(descriptor: int, folder: str) -> NoReturn:
    """Fork workers as asked, until the driver is gone.

    Parameters
    ----------
    descriptor : int
        Of the socket.
    folder : str
        Removed at the end.
    """
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    channel = socket.socket(fileno=descriptor)
    _import(_received(channel))
    from mmbench.engine.execution import worker

    worker.contexts.update(worker.protected(_received(channel)))
    # What is there stays: workers needn't walk it for garbage, nor copy it by that.
    gc.freeze()
    gc.enable()
    channel.sendall(b"ready\n")
    workers: set[int] = set()
    while True:
        if select.select([channel], [], [], _POLL_S)[0]:
            asked, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
            if not asked:
                break
            workers.add(_fork(channel, descriptors[0]))
        if not _bury(workers, channel):
            break
    for pid in workers:
        _kill_group(pid)
    while _kill_children():
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)
    shutil.rmtree(folder, ignore_errors=True)
    # Nothing is left to tidy up, and taking all modules down takes half a second.
    os._exit(0)


def _import(modules: Sequence[str]) -> None:
    import psutil  # noqa: F401 - needed when a worker has ended

    from mmbench.engine.execution import worker  # noqa: F401

    for module in modules:
        # A module that can't be imported raises its error where it is needed.
        with contextlib.suppress(Exception):
            importlib.import_module(module)


def _received(channel: socket.socket) -> Any:
    size = int.from_bytes(_exactly(channel, 8), "big")
    # Written by the driver, which started this process.
    return pickle.loads(_exactly(channel, size))  # noqa: S301


def _exactly(channel: socket.socket, size: int) -> bytearray:
    data = bytearray(size)
    view = memoryview(data)
    while view:
        n_received = channel.recv_into(view)
        if not n_received:
            os._exit(0)  # the driver is gone
        view = view[n_received:]
    return data


def _bury(workers: set[int], channel: socket.socket) -> bool:
    """Report workers that ended, and end what they started; False without a driver."""
    ended = False
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            pid, status = found
            ended = True
            if pid in workers:
                workers.discard(pid)
                _kill_group(pid)
                try:
                    code = os.waitstatus_to_exitcode(status)
                    channel.sendall(f"{pid} {code}\n".encode())
                except OSError:
                    return False
    if ended:
        _kill_children(workers)
    return True


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _kill_children(spared: set[int] = frozenset()) -> bool:  # type: ignore[assignment]
    """Kill all children but workers; tell whether there are any.

    They are what dead workers had started: on Linux, orphans come here.
    """
    import psutil

    found = [child for child in psutil.Process().children() if child.pid not in spared]
    for child in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    return bool(found)


def _fork(channel: socket.socket, descriptor: int) -> int:
    pid = os.fork()
    if pid == 0:
        channel.close()
        _be_worker(descriptor)
    os.close(descriptor)
    return pid


def _be_worker(descriptor: int) -> NoReturn:
    try:
        # A session of its own: the terminal's Ctrl-C doesn't reach it.
        os.setsid()
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # Orphans of what it starts stay its own, so that their memory counts.
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        # What a method reads and prints goes nowhere.
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        answer_tasks(Connection(descriptor))
    finally:
        os._exit(0)


def answer_tasks(driver: Connection) -> None:
    """Do tasks, one after another, until the driver is gone or this process is spent.

    Parameters
    ----------
    driver : Connection
        Where tasks come from.
    """
    from mmbench.engine.execution import worker

    worker.on_heartbeat(lambda: driver.send_bytes(b""))
    driver.send_bytes(str(os.getpid()).encode())
    while True:
        try:
            # As above: from the driver, and from nowhere else.
            tasks = pickle.loads(driver.recv_bytes())  # noqa: S301
        except EOFError:
            return
        for task in tasks:
            answer, is_spent = worker.answer(*task)
            driver.send_bytes(answer)
            if is_spent:
                return


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
