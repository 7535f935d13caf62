"""A process that imports once what all workers need, and forks them.

A worker that replaces a dead one is there within milliseconds, and what they imported
lies in memory once. The nursery never computes and starts no threads, so that forking
it is safe.

Each line of its standard input is the address of a scheduler that wants a worker. Each
line of its standard output says that a worker ended: its process number, and its exit
code, which is negative for a signal. When the standard input ends, which is when the
driver does, it ends all workers and itself.
"""

from __future__ import annotations

import asyncio
import gc
import os
import select
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, NoReturn

_POLL_S = 0.02


def main(folder: str) -> None:
    """Fork workers as asked, until the driver is gone."""
    import distributed  # noqa: F401

    from mmbench.engine import worker  # noqa: F401

    # What was imported stays: workers needn't walk it for garbage, nor copy it by that.
    gc.freeze()
    gc.enable()
    # Workers hold the end for reading, and see it close when the nursery ends.
    lifeline = os.pipe()
    workers: set[int] = set()
    pending = b""
    while True:
        if select.select([0], [], [], _POLL_S)[0]:
            received = os.read(0, 4096)
            if not received:
                break
            *addresses, pending = (pending + received).split(b"\n")
            for address in addresses:
                workers.add(_fork(address.decode(), folder, lifeline))
        while workers and (ended := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            workers.discard(ended[0])
            code = os.waitstatus_to_exitcode(ended[1])
            os.write(1, f"{ended[0]} {code}\n".encode())
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    for pid in workers:
        os.waitpid(pid, 0)
    # Nothing is left to tidy up, and taking all modules down takes half a second.
    os._exit(0)


def _fork(address: str, folder: str, lifeline: tuple[int, int]) -> int:
    pid = os.fork()
    if pid == 0:
        _be_worker(address, folder, lifeline)
    return pid


def _be_worker(address: str, folder: str, lifeline: tuple[int, int]) -> NoReturn:
    code = 1
    try:
        os.close(lifeline[1])
        # What a method reads and prints is not the nursery's.
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        threading.Thread(target=_end_with, args=lifeline[:1], daemon=True).start()
        asyncio.run(_serve(address, folder))
        code = 0
    except BaseException:
        # The driver tells the last line when no worker can start.
        traceback.print_exc()
        raise
    finally:
        sys.stderr.flush()
        os._exit(code)


def _end_with(lifeline: int) -> None:
    os.read(lifeline, 1)
    os._exit(0)


async def _serve(address: str, folder: str) -> None:
    import distributed

    from mmbench.engine.local_workers import quiet

    make: Any = distributed.Worker
    with quiet():
        worker = make(
            address,
            nthreads=1,
            memory_limit=0,
            local_directory=folder,
            dashboard=False,
        )
        async with worker:
            (Path(folder) / f"{os.getpid()}.ready").touch()
            await worker.finished()
