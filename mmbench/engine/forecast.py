"""What a plan will cost, told before it is run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple

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
        Processor time of what is left, from the costs of comparable pieces; None
        when none are known.
    peak_bytes : int
        The most memory that a process is expected to hold; 0 where nothing is known.
    steps_s : mapping of str to float
        Of the expected time, what each kind of step takes, the longest first.
    known : float
        The share of what is left, by count, that this expectation covers.
    """

    n_trials: int
    n_pieces: int
    n_nodes: int
    n_cached: int
    expected_s: float | None
    peak_bytes: int
    steps_s: Mapping[str, float]
    known: float

    @property
    def shared(self) -> float:
        """The share of the pieces that need not be done, since another is the same."""
        return 1 - self.n_nodes / self.n_pieces if self.n_pieces else 0.0


class Expected(NamedTuple):
    """What a piece of work is expected to cost.

    Attributes
    ----------
    cpu_s : float
        Processor time.
    peak_bytes : int
        The most memory that its process will hold.
    """

    cpu_s: float
    peak_bytes: int


def forecast(
    roots: Sequence[Node],
    cache: Cache,
    piloted: Callable[[Node, Node], Expected | None] | None = None,
) -> Forecast:
    """Return how much work there is under the roots of some trials.

    Parameters
    ----------
    roots : sequence of Node
        One per trial.
    cache : Cache
        What is kept of earlier runs.
    piloted : callable, optional
        Returns what a piece of work, under a root, will cost where the cache knows
        nothing alike; None where that is not known either.

    Returns
    -------
    Forecast
    """
    under = [[n for n in walk([root]) if not n.light or n is root] for root in roots]
    nodes = {
        n.key: (n, root) for root, of in zip(roots, under, strict=True) for n in of
    }
    past: dict[int, list[Expected]] = defaultdict(list)
    kind_of = Kinds()
    left = []
    for key, (node, root) in nodes.items():
        known = None if node.light else cache.past(key)
        if known is None:
            left.append((node, root))
        else:
            costs = known.costs.values()
            cpu_s = sum(cost.cpu_s for cost in costs)
            peak = max(cost.peak_rss_bytes for cost in costs)
            past[kind_of(node)].append(Expected(cpu_s, peak))
    steps: dict[str, float] = defaultdict(float)
    peak_bytes, n_known = 0, 0
    for node, root in left:
        expected = _mean(past[kind_of(node)])
        if expected is None and piloted is not None:
            expected = piloted(node, root)
        if expected is not None:
            n_known += 1
            steps[step_name(node)] += expected.cpu_s
            peak_bytes = max(peak_bytes, expected.peak_bytes)
    return Forecast(
        n_trials=len(roots),
        n_pieces=sum(map(len, under)),
        n_nodes=len(nodes),
        n_cached=len(nodes) - len(left),
        expected_s=sum(steps.values()) if n_known or not left else None,
        peak_bytes=peak_bytes,
        steps_s=dict(sorted(steps.items(), key=lambda item: -item[1])),
        known=n_known / len(left) if left else 1.0,
    )


def _mean(found: Sequence[Expected]) -> Expected | None:
    if not found:
        return None
    return Expected(fmean(e.cpu_s for e in found), max(e.peak_bytes for e in found))


def step_name(node: Node) -> str:
    """Return what a step is called, such as the class of its estimator.

    Parameters
    ----------
    node : Node
        A piece of work.

    Returns
    -------
    str
    """
    estimator = getattr(node.work, "estimator", None)
    return type(node.work if estimator is None else estimator).__name__


class Kinds:
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
