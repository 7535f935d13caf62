"""Limits on what one piece of work may use, and why its process ended."""

from __future__ import annotations

import signal
from typing import NamedTuple


class Limits(NamedTuple):
    """What one piece of work may use; None is no limit.

    Both are watched from outside the process that does the work, which can neither
    hold the watch up nor stop it.

    Attributes
    ----------
    time_s : float or None
        Seconds of wall time.
    memory_bytes : int or None
        Resident memory of the process and of those that it started.
    """

    time_s: float | None = None
    memory_bytes: int | None = None


NO_LIMITS = Limits()


def describe_exit(code: int | None) -> str:
    """Return how a process ended, in words.

    Parameters
    ----------
    code : int or None
        The exit code, negative for a signal; None where it is not known.

    Returns
    -------
    str
        A clause for the reason of a failed trial.

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
        return f"its worker process died of {_signal_name(-code)}"
    return f"it ended its worker process with exit code {code}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal has no name
        return f"signal {number}"
