"""How far a run is: a bar on a terminal, a line now and then anywhere else."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING

from mmbench.cli.console import is_live, one_line, stderr
from mmbench.cli.estimate import Estimate

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from mmbench.results import Record

# The silence that a log line ends: this long, or a tenth of the time so far when that
# is longer, so that a run of a day leaves a hundred lines and not ten thousand.
_SILENCE_S, _SILENT_SHARE = 10.0, 0.1
# So much is said while nothing at all ends: the run is alive.
_LONG_SILENCE_S = 60.0
_REPORT = {"report": 1}
# Beside counts and times, this fits into a terminal of 80 columns.
_BAR_COLUMNS = 16


def waiting(message: str) -> AbstractContextManager[object]:
    """Say on a terminal what is being waited for, while it lasts.

    Parameters
    ----------
    message : str
        What is being waited for.

    Returns
    -------
    context manager
        It does nothing where the standard error is not a terminal.
    """
    console = stderr()
    return console.status(message) if is_live(console) else nullcontext()


@contextlib.contextmanager
def meter(*, quiet: bool = False, verbose: bool = False) -> Iterator[Meter]:
    """Give the display of a run, from its first trial to its report.

    Parameters
    ----------
    quiet : bool, default=False
        Whether to show failures only.
    verbose : bool, default=False
        Whether to print every trial as it ends.

    Yields
    ------
    Meter
    """
    console, estimate = stderr(), Estimate()
    if quiet:
        yield Meter(console, estimate, verbose=verbose)
    elif is_live(console):
        bar = _Bar(console, estimate, verbose=verbose)
        with bar.progress:
            yield bar
    else:
        lines = _Lines(console, estimate, verbose=verbose)
        with lines.heard():
            yield lines


class Meter:
    """Says what failed; kinds of it show how far a run is, too.

    The engine notifies it of the phases.

    Parameters
    ----------
    console : Console
        Where it is shown.
    estimate : Estimate
        How long the rest takes.
    verbose : bool, default=False
        Whether to print every trial as it ends.
    """

    def __init__(
        self, console: Console, estimate: Estimate, *, verbose: bool = False
    ) -> None:
        self.console, self.estimate, self.verbose = console, estimate, verbose
        self.n_failed = 0
        self._announced: set[tuple[str, str]] = set()

    def expect(self, units: Mapping[str, int]) -> None:
        """Take in how many units the phases ahead will about have.

        Parameters
        ----------
        units : mapping of str to int
            The number of units by phase.
        """
        self.estimate.expect({**units, **_REPORT})

    def enter(self, phase: str, n_units: int, *, n_idle: int = 0) -> None:
        """Begin a phase, of whose units some are known to need no work.

        Parameters
        ----------
        phase : str
            The phase's name.
        n_units : int
            How many units it has.
        n_idle : int, default=0
            How many of them are known to need no work.
        """
        self.estimate.enter(phase, n_units, n_idle=n_idle)
        self.show(begins=n_units > 0)

    def advance(self, *, worked: bool = True) -> None:
        """Count a unit as done.

        Parameters
        ----------
        worked : bool, default=True
            Whether the unit needed work.
        """
        self.estimate.advance(worked=worked)
        self.show()

    def watch(self, records: Iterable[Record]) -> None:
        """Take records as they come, and say at once which methods fail.

        Parameters
        ----------
        records : iterable of Record
            Records of trials as they end.
        """
        for record in records:
            if self.verbose:
                _tell(self.console, record)
            if record.status in ("failed", "timed_out"):
                self.n_failed += 1
                method = record.dataset, record.method
                if method not in self._announced:
                    self._announced.add(method)
                    _announce(self.console, record)

    def show(self, *, begins: bool = False) -> None:
        """Show how far the run is.

        Parameters
        ----------
        begins : bool, default=False
            Whether a phase has just begun.
        """

    @property
    def counts(self) -> str:
        """The phase, how far it is, and how many trials failed."""
        phase = self.estimate.current
        if phase is None:
            return "starting"
        failed = f", {self.n_failed:,} failed" if self.n_failed else ""
        return f"{phase.name} {phase.n_done:,}/{phase.n_units:,}{failed}"

    @property
    def times(self) -> str:
        """The time so far, and about how much is left."""
        elapsed, left_s = _span(self.estimate.elapsed_s()), self.estimate.left_s()
        left = "" if left_s is None else f", about {_span(left_s)} left"
        return f"{elapsed} elapsed{left}"


class _Bar(Meter):
    """One line that is drawn over."""

    def __init__(
        self, console: Console, estimate: Estimate, *, verbose: bool = False
    ) -> None:
        super().__init__(console, estimate, verbose=verbose)
        self.progress = self._drawn()
        self._task = self.progress.add_task("", total=1.0)

    def show(self, *, begins: bool = False) -> None:  # noqa: ARG002 - it draws itself
        """Let the bar grow."""
        self.progress.update(self._task, completed=self.estimate.share())

    def _drawn(self) -> Progress:
        from rich.progress import BarColumn, Progress, ProgressColumn, Task
        from rich.text import Text

        class Said(ProgressColumn):
            max_refresh = 0.5

            def __init__(self, say: str, meter: Meter) -> None:
                super().__init__()
                self._say, self._meter = say, meter

            def render(self, task: Task) -> Text:  # noqa: ARG002 - rich's signature
                return Text(getattr(self._meter, self._say))

        return Progress(
            Said("counts", self),
            BarColumn(_BAR_COLUMNS),
            Said("times", self),
            console=self.console,
            transient=True,
            refresh_per_second=4,
        )


class _Lines(Meter):
    """A line now and then, for logs."""

    def __init__(
        self, console: Console, estimate: Estimate, *, verbose: bool = False
    ) -> None:
        super().__init__(console, estimate, verbose=verbose)
        self._said_at_s = 0.0

    def show(self, *, begins: bool = False) -> None:
        """Print a line where a later phase begins, or after a silence."""
        self._say(_SILENCE_S, begins=begins)

    @contextlib.contextmanager
    def heard(self) -> Iterator[None]:
        """Print a line after a long silence, too, as long as this lasts."""
        over = threading.Event()

        def say() -> None:
            while not over.wait(_SILENCE_S):
                self._say(_LONG_SILENCE_S)

        thread = threading.Thread(target=say, name="progress", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _say(self, silence_s: float, *, begins: bool = False) -> None:
        elapsed_s = self.estimate.elapsed_s()
        is_due = elapsed_s - self._said_at_s >= max(
            silence_s, elapsed_s * _SILENT_SHARE
        )
        if is_due or (begins and self._said_at_s):
            self._said_at_s = elapsed_s
            self.console.print(f"{self.counts}, {self.times}")


def _tell(console: Console, record: Record) -> None:
    scores = (f"{name} {score:.3f}" for name, score in record.scores.items() if score)
    what = f"{record.status}: {record.method} on {record.dataset}, fold {record.fold}"
    console.print(f"{what}: {', '.join(scores)}", overflow="ellipsis", no_wrap=True)


def _announce(console: Console, record: Record) -> None:
    """Say what failed when it does: who waits for hours wants to know at once."""
    what = f"failed: {record.method} on {record.dataset}, fold {record.fold}"
    reason = one_line(record.reason or record.status)
    console.print(f"{what}: {reason}", overflow="ellipsis", no_wrap=True)


def _span(seconds: float) -> str:
    return str(timedelta(seconds=round(max(0.0, seconds))))
