"""A fixed piece of work, timed beside the methods: how fast the machine was meanwhile.

Processor time of the same code differs by half between a machine that is idle and one
whose cores, caches and memory are shared with others. The time of the yardstick differs
alike, so the ratio of the two tells slower code from a busy machine.
"""

from __future__ import annotations

import functools
import itertools
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.engine.execution.worker import Result

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.engine.cache.store import Cache

__all__ = ["Yardstick", "Yardsticks", "yardstick_s"]

_EVERY_S = 1.0
_RECENT = 9
_FEWEST = 3
_PREFIX = "yardstick-"


@functools.lru_cache(maxsize=1)
def _arrays() -> tuple[NDArray[Any], NDArray[Any], list[str]]:
    numbers = np.random.RandomState(0).standard_normal((160, 160))
    return numbers, numbers.repeat(3), [f"word{n % 97}" for n in range(6000)]


def _work() -> int:
    """Do a bit of what methods do: products, passes over memory, plain Python."""
    square, long, words = _arrays()
    for _ in range(4):
        square @ square
    np.sort(long)
    (np.exp(-long * long) + long).sum()
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + len(word)
    return len(counts)


def yardstick_s(at_least_s: float = 0.0) -> float:
    """Return the processor time, in seconds, that the fixed work takes now.

    Parameters
    ----------
    at_least_s : float, default=0
        The processor time to look for: the longer, the less chance is in it.

    Returns
    -------
    float
        The median of three runs or more, since the first finds none of its data in the
        processor's caches.
    """
    ends = [time.process_time()]
    while len(ends) <= _FEWEST or ends[-1] - ends[0] < at_least_s:
        _work()
        ends.append(time.process_time())
    return median(end - start for start, end in itertools.pairwise(ends))


@dataclass(frozen=True)
class Yardstick:
    """The task of timing the fixed work.

    Parameters
    ----------
    key : str
        Of the result.
    """

    key: str

    def perform(self, cache: Cache) -> Result:  # noqa: ARG002 - as every task
        """Time it."""
        return Result(key=self.key, status="ok", value=yardstick_s())


class Yardsticks:
    """The yardstick's times during a run, and which were taken beside which work."""

    def __init__(self) -> None:
        self.beside: dict[str, float] = {}
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._numbers = itertools.count()
        self._next_at = 0.0

    def due(self) -> list[Yardstick]:
        """Return a yardstick to time before the next batch, once a second.

        Until the first time is known, every batch gets one.
        """
        if self._recent and time.monotonic() < self._next_at:
            return []
        self._next_at = time.monotonic() + _EVERY_S
        return [Yardstick(f"{_PREFIX}{next(self._numbers)}")]

    def sorted_out(self, results: Iterable[Result]) -> list[Result]:
        """Keep the yardstick's times, and return all other results.

        Parameters
        ----------
        results : iterable of Result
            Of batches.

        Returns
        -------
        list of Result
            Of nodes, in their order.
        """
        others = []
        for result in results:
            if not result.key.startswith(_PREFIX):
                others.append(result)
                if self._recent:
                    now = median(self._recent)
                    self.beside.update(dict.fromkeys(result.costs, now))
            elif result.status == "ok":
                self._recent.append(result.value)
        return others

    def average(self, costs: Sequence[tuple[str, float]]) -> float | None:
        """Return the yardstick's time beside several pieces of work.

        Parameters
        ----------
        costs : sequence of (str, float)
            Node key and processor time.

        Returns
        -------
        float or None
            Such that their processor time over it is the sum of each over its own;
            None where none is known.
        """
        known = [
            (cpu_s, self.beside[key]) for key, cpu_s in costs if key in self.beside
        ]
        relative = sum(cpu_s / beside for cpu_s, beside in known)
        return sum(cpu_s for cpu_s, _ in known) / relative if relative else None
