"""One change between two runs, what is missing from the newer one, and all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

__all__ = ["Change", "Changes", "Lost", "Outcome"]

Outcome = Literal["better", "worse", "same", "unclear"]


class Change(NamedTuple):
    """How one number of one method differs between two runs.

    Attributes
    ----------
    dataset, method : str
        The names of both.
    what : str
        The number: a metric, ``"processor time"``, ``"throughput"`` or ``"time"``.
    base, new : float
        The number in each run.
    change : float
        ``new - base`` of a score; of a speed, how many times slower the new one is.
    low, high : float
        The change's 95 % interval, simultaneous over all that is compared by the same
        number.
    p_value : float
        Of no change, corrected in the same way; NaN for a speed.
    detectable : float
        The smallest change that four of five such comparisons find, in the unit of
        `change`; NaN where not known.
    outcome : {"better", "worse", "same", "unclear"}
        ``"same"`` where nothing differs at all, ``"unclear"`` where what differs is not
        significant, or not enough to matter.
    how : str
        How the two were compared.
    """

    dataset: str
    method: str
    what: str
    base: float
    new: float
    change: float
    low: float
    high: float
    p_value: float
    detectable: float
    outcome: Outcome
    how: str


class Lost(NamedTuple):
    """What the base run has and the new one lacks.

    Attributes
    ----------
    dataset, method : str
        Which; no method for a whole dataset.
    n_base, n_new : int
        Trials that are ok in each.
    reason : str
        Why.
    """

    dataset: str
    method: str
    n_base: int
    n_new: int
    reason: str


@dataclass(frozen=True)
class Changes:
    """All that changed between two runs.

    Parameters
    ----------
    quality, speed : tuple of Change
        What was compared.
    lost : tuple of Lost
        What could not be, since the new run lacks it or it is of other data.
    notes : tuple of str
        What else was not compared, and why; how much was.
    """

    quality: tuple[Change, ...]
    speed: tuple[Change, ...]
    lost: tuple[Lost, ...]
    notes: tuple[str, ...]

    @property
    def all(self) -> tuple[Change, ...]:
        """Quality first, then speed."""
        return (*self.quality, *self.speed)

    @property
    def regressions(self) -> tuple[Change, ...]:
        """What got significantly worse."""
        return tuple(change for change in self.all if change.outcome == "worse")

    @property
    def exit_code(self) -> int:
        """0 for nothing worse or lost, 1 for something, 2 for nothing comparable."""
        if not self.all:
            return 2
        return 1 if self.regressions or self.lost else 0
