"""One change between two runs, and all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

__all__ = ["Change", "Changes", "Outcome"]

Outcome = Literal["better", "worse", "same", "unclear"]


class Change(NamedTuple):
    """How one number of one method differs between two runs.

    Attributes
    ----------
    dataset, method : str
        Of what.
    what : str
        The number: a metric, ``"fit time"``, ``"predict time"``, ``"all work"``,
        ``"throughput"`` or ``"time"``.
    base, new : float
        The number in each run.
    change : float
        ``new - base`` of a score; of a speed, how many times slower the new one is.
    low, high : float
        What the change lies between: the 95 % interval of a score's, the change less
        and more the noise floor of a speed's.
    p_value : float
        Of no change, corrected by Holm for all scores compared; NaN for a speed.
    outcome : {"better", "worse", "same", "unclear"}
        ``"same"`` where nothing differs at all, ``"unclear"`` where what differs is not
        beyond the noise.
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
    outcome: Outcome
    how: str


@dataclass(frozen=True)
class Changes:
    """All that changed between two runs.

    Parameters
    ----------
    quality, speed : tuple of Change
        What was compared.
    notes : tuple of str
        What was not compared, and why; how much was.
    """

    quality: tuple[Change, ...]
    speed: tuple[Change, ...]
    notes: tuple[str, ...]

    @property
    def all(self) -> tuple[Change, ...]:
        """Quality first, then speed."""
        return (*self.quality, *self.speed)

    @property
    def regressions(self) -> tuple[Change, ...]:
        """What got worse by more than noise."""
        return tuple(change for change in self.all if change.outcome == "worse")
