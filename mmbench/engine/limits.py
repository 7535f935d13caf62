"""What a worker process leaves behind when a node ends it, and limits that end it."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_POLL_S = 0.05
_DIED = 70


class Limits(NamedTuple):
    """What one node may use; None is no limit.

    Attributes
    ----------
    time_s : float or None
        Seconds of wall time. Kept by a thread of the C library, which no Python code
        can hold up.
    memory_bytes : int or None
        Resident memory of the process, looked at every 50 ms.
    """

    time_s: float | None = None
    memory_bytes: int | None = None


NO_LIMITS = Limits()


@contextlib.contextmanager
def watch(limits: Limits, obituary: Path) -> Iterator[None]:
    """End this process if the block passes a limit, and leave word of what it did.

    Parameters
    ----------
    limits : Limits
        What the block may use.
    obituary : path
        A file that is there while the block runs. When the process dies, it stays, and
        tells that the block was running, in which process, and which limit it passed.
    """
    done = threading.Event()
    with obituary.open("w") as file:
        file.write(f"{os.getpid()}\n")
        file.flush()
        try:
            if limits.time_s is not None:
                faulthandler.dump_traceback_later(limits.time_s, exit=True, file=file)
            if limits.memory_bytes is not None:
                watched = (done, limits.memory_bytes, obituary)
                threading.Thread(
                    target=_watch_memory, args=watched, daemon=True
                ).start()
            yield
        finally:
            done.set()
            if limits.time_s is not None:
                faulthandler.cancel_dump_traceback_later()
    obituary.unlink(missing_ok=True)


class Death(NamedTuple):
    """What is known of a process that died.

    Attributes
    ----------
    pid : int
        Its process id.
    out_of_time : bool
        Whether it passed the time limit.
    reason : str or None
        Which limit it passed.
    """

    pid: int
    out_of_time: bool = False
    reason: str | None = None


def read_obituary(obituary: Path | None, limits: Limits) -> Death | None:
    """Return how the process died in a block, or None when it was not in the block."""
    if obituary is None or not obituary.exists():
        return None
    pid, _, rest = obituary.read_text().partition("\n")
    if not pid.isdigit():
        return None
    if rest.startswith("Timeout"):
        limit = f"it took longer than the time limit of {limits.time_s:g} s"
        return Death(int(pid), True, limit)
    return Death(int(pid), reason=rest.strip() or None)


def describe_exit(code: int | None) -> str:
    """Return how a process ended, in words.

    Examples
    --------
    >>> describe_exit(-11)
    'its worker process died of SIGSEGV'
    >>> describe_exit(3)
    'it ended its worker process with exit code 3'
    """
    if code is None:
        return "its worker process died"
    if code < 0:
        return f"its worker process died of {signal.Signals(-code).name}"
    return f"it ended its worker process with exit code {code}"


def _watch_memory(done: threading.Event, limit: int, obituary: Path) -> None:
    import psutil

    process = psutil.Process()
    while not done.wait(_POLL_S):
        used = process.memory_info().rss
        if used > limit:
            took, most = used / 2**30, limit / 2**30
            with obituary.open("a") as file:
                file.write(f"it took {took:.2f} GiB, over the limit of {most:.2f} GiB")
            os._exit(_DIED)
