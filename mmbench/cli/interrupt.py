"""Ctrl-C ends the command soon, whatever it is doing."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator

from mmbench.cli.console import stderr

__all__ = ["INTERRUPTED", "soon_after_interrupt"]

INTERRUPTED = 130
"""The exit code of a command that was interrupted."""

_PATIENCE_S = 8.0


@contextlib.contextmanager
def soon_after_interrupt(say: Callable[[], None]) -> Iterator[None]:
    """End the process some seconds after the first Ctrl-C, should it still run then.

    Python acts on a signal between two of its own instructions, so a fit or a parse
    that is one long call into C, or a pool of threads that is waited for, would hold
    it up for as long as they take. What is on disk is whole at any moment.

    Parameters
    ----------
    say : callable
        Says that the command was interrupted, before the process ends.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    seen, notify = socket.socketpair()
    notify.setblocking(False)
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(seen, over, say), daemon=True)
    watcher.start()
    before = signal.set_wakeup_fd(notify.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        over.set()
        # Its end is what the watcher reads if no signal came.
        notify.close()
        watcher.join()
        seen.close()


def _watch(seen: socket.socket, over: threading.Event, say: Callable[[], None]) -> None:
    while number := seen.recv(1):
        if number[0] == signal.SIGINT and not over.wait(_PATIENCE_S):
            # A bar may have hidden it.
            stderr().show_cursor(True)
            say()
            os._exit(INTERRUPTED)
