"""The first Ctrl-C asks a run to stop, the second stops it at once."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

_log = logging.getLogger(__name__)

_PATIENCE_S = 4.0


class Interrupt:
    """A request to stop, and whether what runs has had its time to finish."""

    def __init__(self) -> None:
        self._asked_at: float | None = None

    def ask(self) -> None:
        """Request that the run stop."""
        self._asked_at = time.monotonic()

    @property
    def is_asked(self) -> bool:
        """Whether the run should start nothing new."""
        return self._asked_at is not None

    @property
    def is_overdue(self) -> bool:
        """Whether the run should not wait for what runs any longer."""
        waited_s = time.monotonic() - (self._asked_at or 0)
        return self.is_asked and waited_s > _PATIENCE_S


@contextlib.contextmanager
def patient_interrupt() -> Iterator[Interrupt]:
    """Turn the first Ctrl-C into a request to stop; the second stops at once."""
    interrupt = Interrupt()

    def ask(_number: int, _frame: Any) -> None:
        if interrupt.is_asked:
            raise KeyboardInterrupt
        interrupt.ask()
        _log.warning(
            "finishing tasks that end within %.0f s; press Ctrl-C again to stop at "
            "once",
            _PATIENCE_S,
        )

    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return
    before = signal.signal(signal.SIGINT, ask)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
