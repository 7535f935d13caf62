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
    past: dict[Any, list[float]] = defaultdict(list)
    left = []
    for key, node in nodes.items():
        known = None if node.light else cache.past(key)
        if known is None:
            left.append(node)
        else:
            cpu_s = sum(cost.cpu_s for cost in known.costs.values())
            past[_kind(node)].append(cpu_s)
    expected = [fmean(past[_kind(node)]) for node in left if past[_kind(node)]]
    return Forecast(
        n_trials=len(roots),
        n_pieces=sum(map(len, under)),
        n_nodes=len(nodes),
        n_cached=len(nodes) - len(left),
        expected_s=sum(expected) if expected or not left else None,
        known=len(expected) / len(left) if left else 1.0,
    )


def _kind(node: Node) -> Any:
    """Name what pieces of work cost alike: the same step on other rows."""
    estimator = getattr(node.work, "estimator", None)
    inner = [_kind(each) for each in node.inputs]
    return type(node.work).__name__, repr(estimator), tuple(dict.fromkeys(inner))
