"""How far a run is: a bar on a terminal, a line now and then anywhere else."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, Self

from mmbench.cli.console import is_live, one_line, stderr

if TYPE_CHECKING:
    from rich.console import Console

    from mmbench.results import Record

# The silence that a log line ends: this long, or a tenth of the time so far when that
# is longer, so that a run of a day leaves a hundred lines and not ten thousand.
_SILENCE_S, _SILENT_SHARE = 10.0, 0.1

_MEASURING = "measuring and probing each method"


def waiting(message: str) -> AbstractContextManager[object]:
    """Say on a terminal what is being waited for, while it lasts."""
    console = stderr()
    return console.status(message) if is_live(console) else nullcontext()


def shown(records: Iterable[Record], n_trials: int) -> Iterator[Record]:
    """Hand records on, while showing how many there are and what failed.

    Parameters
    ----------
    records : iterable of Record
        As they come out of the engine, which after the last one measures how fast each
        method answers, and how well without a modality, before it ends.
    n_trials : int
        How many will come.

    Yields
    ------
    Record
        The same records.
    """
    console = stderr()
    n_failed, told = 0, set()
    with (_Bar if is_live(console) else _Lines)(console, n_trials) as meter:
        if not n_trials:
            meter.measure()
        for n_done, record in enumerate(records, start=1):
            if record.status in ("failed", "timed_out"):
                n_failed += 1
                method = record.dataset, record.method
                if method not in told:
                    told.add(method)
                    _announce(console, record)
            meter.advance(n_failed)
            if n_done == n_trials:
                meter.measure()
            yield record


def _announce(console: Console, record: Record) -> None:
    """Say what failed when it does: who waits for hours wants to know at once."""
    what = f"failed: {record.method} on {record.dataset}, fold {record.fold}"
    reason = one_line(record.reason or record.status)
    console.print(f"{what}: {reason}", overflow="ellipsis", no_wrap=True)


class _Meter(Protocol):
    def advance(self, n_failed: int) -> None: ...
    def measure(self) -> None: ...


class _Bar:
    """One line that is drawn over, with an estimate of what is left."""

    def __init__(self, console: Console, n_trials: int) -> None:
        from rich import progress

        self._status = console.status(_MEASURING)
        self._progress = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
            progress.TextColumn("passed,"),
            progress.TimeRemainingColumn(),
            progress.TextColumn("left"),
            progress.TextColumn("{task.fields[failures]}", style="red"),
            console=console,
            transient=True,
            refresh_per_second=4,
            # Trials of one suite differ a thousandfold in cost: an estimate from the
            # last few would jump.
            speed_estimate_period=1800,
        )
        self._task = self._progress.add_task("trials", total=n_trials, failures="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
        self._status.stop()

    def advance(self, n_failed: int) -> None:
        failures = f"{n_failed} failed" if n_failed else ""
        self._progress.update(self._task, advance=1, failures=failures)

    def measure(self) -> None:
        self._progress.stop()
        self._status.start()


class _Lines:
    """A line now and then, for logs."""

    def __init__(self, console: Console, n_trials: int) -> None:
        self._console, self._n_trials = console, n_trials
        self._n_done = 0
        self._start = self._said_at = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def advance(self, n_failed: int) -> None:
        self._n_done += 1
        now = time.monotonic()
        elapsed_s = now - self._start
        if now - self._said_at >= max(_SILENCE_S, elapsed_s * _SILENT_SHARE):
            self._say(elapsed_s, n_failed)
            self._said_at = now

    def measure(self) -> None:
        self._console.print(_MEASURING)

    def _say(self, elapsed_s: float, n_failed: int) -> None:
        left_s = elapsed_s / self._n_done * (self._n_trials - self._n_done)
        elapsed, left = (timedelta(seconds=round(s)) for s in (elapsed_s, left_s))
        self._console.print(
            f"{self._n_done}/{self._n_trials} trials, {n_failed} failed, "
            f"{elapsed} elapsed, about {left} left"
        )
