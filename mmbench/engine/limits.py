"""End a worker process that uses more time or memory than it may."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import threading
from collections.abc import Iterator
from pathlib import Path

_POLL_S = 0.05
_DIED = 70


@contextlib.contextmanager
def watch(
    time_s: float | None, memory_bytes: int | None, obituary: Path
) -> Iterator[None]:
    """End this process if the block takes too long or too much.

    Parameters
    ----------
    time_s : float or None
        Seconds of wall time. Kept by a thread of the C library, which no Python code
        can hold up.
    memory_bytes : int or None
        Resident memory of the process, looked at every 50 ms.
    obituary : path
        Where the reason is written before the process ends.
    """
    done = threading.Event()
    with obituary.open("w") as file:
        try:
            if time_s is not None:
                faulthandler.dump_traceback_later(time_s, exit=True, file=file)
            if memory_bytes is not None:
                limits = (done, memory_bytes, obituary)
                threading.Thread(target=_watch_memory, args=limits, daemon=True).start()
            yield
        finally:
            done.set()
            if time_s is not None:
                faulthandler.cancel_dump_traceback_later()
    obituary.unlink(missing_ok=True)


def cause_of_death(obituary: Path | None, time_s: float | None) -> tuple[bool, str]:
    """Return whether a dead process ran out of time, and the reason in one line."""
    text = obituary.read_text() if obituary is not None and obituary.exists() else ""
    if text.startswith("Timeout"):
        return True, f"it took longer than the time limit of {time_s:g} s"
    if text.startswith("memory"):
        return False, text.strip()
    return False, "its worker process died (a crash in native code, or killed)"


def _watch_memory(done: threading.Event, limit: int, obituary: Path) -> None:
    import psutil

    process = psutil.Process()
    while not done.wait(_POLL_S):
        used = process.memory_info().rss
        if used > limit:
            gib, limit_gib = used / 2**30, limit / 2**30
            obituary.write_text(
                f"memory: it took {gib:.2f} GiB, over the limit of {limit_gib:.2f} GiB"
            )
            os._exit(_DIED)
