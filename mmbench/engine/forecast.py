"""What a plan will cost, told before it is run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

from mmbench.engine.graph.node import Node, walk

if TYPE_CHECKING:
    from mmbench.engine.cache.store import Cache


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """How much work there is under some trials.

    Parameters
    ----------
    n_trials : int
        Trials to run.
    n_pieces : int
        Pieces of work under them, if each trial were run alone.
    n_nodes : int
        Distinct ones among these.
    n_cached : int
        Distinct ones that the cache holds already.
    expected_s : float or None
        Processor time of what is left, from the costs of like pieces in the cache;
        None when the cache knows none that are alike.
    known : float
        The share of what is left, by count, that this expectation covers.
    """

    n_trials: int
    n_pieces: int
    n_nodes: int
    n_cached: int
    expected_s: float | None
    known: float

    @property
    def shared(self) -> float:
        """The share of the pieces that need not be done, since another is the same."""
        return 1 - self.n_nodes / self.n_pieces if self.n_pieces else 0.0


def forecast(roots: Sequence[Node], cache: Cache) -> Forecast:
    """Return how much work there is under the roots of some trials.

    Parameters
    ----------
    roots : sequence of Node
        One a trial.
    cache : Cache
        What is kept of earlier runs.

    Returns
    -------
    Forecast
    """
    under = [[n for n in walk([root]) if not n.light or n is root] for root in roots]
    nodes = {node.key: node for each in under for node in each}
    past: dict[int, list[float]] = defaultdict(list)
    kind_of = _Kinds()
    left = []
    for key, node in nodes.items():
        known = None if node.light else cache.past(key)
        if known is None:
            left.append(node)
        else:
            cpu_s = sum(cost.cpu_s for cost in known.costs.values())
            past[kind_of(node)].append(cpu_s)
    expected = [fmean(past[kind]) for kind in map(kind_of, left) if past[kind]]
    return Forecast(
        n_trials=len(roots),
        n_pieces=sum(map(len, under)),
        n_nodes=len(nodes),
        n_cached=len(nodes) - len(left),
        expected_s=sum(expected) if expected or not left else None,
        known=len(expected) / len(left) if left else 1.0,
    )


class _Kinds:
    """Numbers pieces of work so that those which cost alike have the same number.

    Alike is the same step on other rows. Each node is looked at once: under a search,
    thousands of them share what is beneath.
    """

    def __init__(self) -> None:
        self._of_node: dict[str, int] = {}
        self._numbers: dict[tuple[Any, ...], int] = {}

    def __call__(self, node: Node) -> int:
        """Return the number of a node's kind."""
        if node.key not in self._of_node:
            inner = dict.fromkeys(map(self, node.inputs))
            step = repr(getattr(node.work, "estimator", None))
            kind = type(node.work).__name__, step, *inner
            number = self._numbers.setdefault(kind, len(self._numbers))
            self._of_node[node.key] = number
        return self._of_node[node.key]
