"""How long a run still takes, from what its phases took so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

__all__ = ["Estimate", "Phase"]

# What a unit of each phase takes, in trials, until it is seen: as in the quick suite.
_WEIGHTS = {
    "trials": 1.0,
    "retraining": 0.3,
    "learning curve": 0.5,
    "throughput": 0.35,
    "timing": 0.35,
    "ablation": 0.2,
    "report": 2.5,
}


@dataclass
class Phase:
    """A phase of a run and how far it is.

    Parameters
    ----------
    name : str
        One of trials, retraining, learning curve, throughput, timing, ablation,
        report.
    n_units : int
        How many units it has; an estimate until it begins.
    n_idle : int
        Those known to need no work, which say nothing about how long others take.
    n_done : int, default=0
        Units that are over, idle ones included.
    n_worked : int, default=0
        Those of them that needed work.
    began_at, ended_at : float or None, default=None
        When, by the clock, in seconds; None before.
    worked_at : list of float, default=[]
        When each unit that needed work was over.
    """

    name: str
    n_units: int
    n_idle: int = 0
    n_done: int = 0
    n_worked: int = 0
    began_at: float | None = None
    ended_at: float | None = None
    worked_at: list[float] = field(default_factory=list)

    def advance(self, now: float, *, worked: bool) -> None:
        """Count a unit as done.

        Parameters
        ----------
        now : float
            The clock's time, in seconds.
        worked : bool
            Whether the unit needed work.
        """
        self.n_done += 1
        self.n_worked += worked
        if worked:
            self.worked_at.append(now)
        self.n_idle = max(self.n_idle, self.n_done - self.n_worked)
        self.n_units = max(self.n_units, self.n_done)

    @property
    def n_left(self) -> int:
        """The number of units that still have to be worked on."""
        over = self.ended_at is not None
        return 0 if over else max(0, self.n_units - self.n_idle - self.n_worked)

    def unit_s(self, now: float) -> float:
        """Return what a unit takes, by the later half of them.

        The first units of a phase pay for work that later ones share.

        Parameters
        ----------
        now : float
            The clock's time, in seconds.

        Returns
        -------
        float
            Seconds; the last units may take long, so time since the last one counts.
        """
        end = now if self.ended_at is None else self.ended_at
        half = self.n_worked // 2
        start = self.worked_at[half - 1] if half else self.began_at or 0.0
        return max(0.0, end - start) / (self.n_worked - half)

    @property
    def weight(self) -> float:
        """What a unit of it takes, in trials."""
        return _WEIGHTS[self.name]


class Estimate:
    """What a run has done and has left, over all of its phases.

    Parameters
    ----------
    clock : callable, default=time.monotonic
        Returns the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began_at = clock()
        self._phases: dict[str, Phase] = {}
        self.current: Phase | None = None

    def expect(self, units: Mapping[str, int]) -> None:
        """Take in how many units the phases ahead will about have.

        Parameters
        ----------
        units : mapping of str to int
            The number of units by phase; phases without any are left out.
        """
        self._phases = {name: Phase(name, n) for name, n in units.items() if n}

    def enter(self, phase: str, n_units: int, *, n_idle: int = 0) -> None:
        """End the phase that is, and begin the next one.

        Parameters
        ----------
        phase : str
            The next phase's name.
        n_units : int
            How many units it has.
        n_idle : int, default=0
            How many of them are known to need no work.
        """
        now = self._clock()
        if self.current is not None:
            self.current.ended_at = now
        self.current = Phase(phase, n_units, n_idle, began_at=now)
        self._phases[phase] = self.current

    def advance(self, *, worked: bool = True) -> None:
        """Count a unit of the phase that is as done.

        Parameters
        ----------
        worked : bool, default=True
            Whether the unit needed work.
        """
        if self.current is not None:
            self.current.advance(self._clock(), worked=worked)

    def elapsed_s(self) -> float:
        """Return the time since the start."""
        return max(0.0, self._clock() - self._began_at)

    def left_s(self) -> float | None:
        """Return the time that is left; None as long as nothing has been worked on."""
        # A copy: phases may begin meanwhile, where a log is written by another thread.
        now, phases = self._clock(), list(self._phases.values())
        worked = [phase for phase in phases if phase.n_worked]
        if not worked:
            return None
        seen = sum(phase.weight * phase.n_worked for phase in worked)
        unit_s = sum(phase.unit_s(now) * phase.n_worked for phase in worked) / seen
        return sum(
            (phase.unit_s(now) if phase.n_worked else unit_s * phase.weight)
            * phase.n_left
            for phase in phases
        )

    def share(self) -> float:
        """Return which share of the work is done, between 0 and 1."""
        done = sum(phase.weight * phase.n_worked for phase in self._phases.values())
        left = sum(phase.weight * phase.n_left for phase in self._phases.values())
        return done / (done + left) if done + left else 0.0
