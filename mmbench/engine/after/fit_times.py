"""Fits that are done again after the trials, to know their processor time well.

Fits of a fraction of a second are timed once a fold by the trials, and processor time
of work that short differs by a third with what else the machine does. So those of the
first fold are repeated, each between two looks at the yardstick, until they took long
enough or the time for that is spent.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.engine.after.fitted_nodes import FittedNodes, last, no_warnings
from mmbench.engine.execution.local_executor import all_results
from mmbench.engine.execution.progress import SILENT, Progress
from mmbench.engine.execution.worker import Result, contexts, heartbeat
from mmbench.engine.execution.yardstick import yardstick_s
from mmbench.engine.graph.node import Node, perform, walk

if TYPE_CHECKING:
    from mmbench.engine.cache.store import Cache
    from mmbench.engine.execution.executor import Executor
    from mmbench.engine.graph.values import Rows
    from mmbench.engine.plan import Plan
    from mmbench.results import Record

__all__ = ["FitTime", "measure_fits"]

# A method that takes longer in a trial is known well enough by its folds.
_LONG_S = 1.0
# One that takes so many times its processor time waits for something.
_WAITS = 10
# What repeats may take of the processor time of the trials, or in all.
_SHARE, _LEAST_S = 0.05, 10.0
_FEWEST, _MOST, _SHORTEST_S = 5, 15, 1e-3
# The yardstick's time over that of the fit which it stands beside.
_BESIDE = 0.1
# The standard error of a median, and the standard deviation, over the median of
# absolute deviations, of normal values.
_ERROR_OF_MEDIAN = 1.2533 * 1.4826


@dataclass(frozen=True, kw_only=True)
class FitTime:
    """The processor time of fitting a method and answering, on the first fold.

    Parameters
    ----------
    cpu_s : float
        Processor time: the sum of the medians of its pieces.
    yardstick_s : float
        Of a fixed piece of work that was timed before and after each repeat.
    error : float
        The standard error of the logarithm of their ratio.
    repeats : int
        How often each piece was done, the least of them.
    """

    cpu_s: float
    yardstick_s: float
    error: float
    repeats: int


class Repeated(NamedTuple):
    """What the repeats of a node took.

    Attributes
    ----------
    cpu_s : float
        The median processor time.
    relative : float
        The median of processor time over that of the yardstick beside it.
    error : float
        The standard error of `relative`.
    repeats : int
        How often it was done.
    """

    cpu_s: float
    relative: float
    error: float
    repeats: int


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """The task of doing a node's work again and again.

    Parameters
    ----------
    key : str
        The node's.
    node : Node
        What to do.
    rows : Rows
        The fold.
    at_least_s : float
        The processor time to spend on it, if five repeats don't take longer and fifteen
        take as long.
    folder : path
        Where this run left what it learnt.
    """

    key: str
    node: Node
    rows: Rows
    at_least_s: float
    folder: Path

    def perform(self, cache: Cache) -> Result:
        """Do it, each time between two looks at the yardstick."""
        node, rows = self.node, self.rows
        context = contexts[node.dataset]

        def make() -> FittedNodes:
            return FittedNodes(context, rows, cache, self.folder)

        with no_warnings():
            nodes = last(("repeated", node.dataset, rows.digest, self.folder), make)
            inputs, seen = nodes.inputs(node), context.seen_by(node.views)
            cpu_s: list[float] = []
            beside = [yardstick_s()]
            while self._goes_on(cpu_s):
                heartbeat()
                start = time.process_time()
                perform(node.work, inputs, node.rows, seen)
                cpu_s.append(time.process_time() - start)
                beside.append(yardstick_s(_BESIDE * cpu_s[-1]))
        return Result(key=self.key, status="ok", value=summary(cpu_s, beside))

    def _goes_on(self, cpu_s: Sequence[float]) -> bool:
        is_short = len(cpu_s) < _MOST and sum(cpu_s) < self.at_least_s
        return len(cpu_s) < _FEWEST or is_short


def summary(cpu_s: Sequence[float], beside: Sequence[float]) -> Repeated:
    """Take medians: now and then something else gets in the way of a repeat.

    Parameters
    ----------
    cpu_s : sequence of float
        The processor time of each repeat.
    beside : sequence of float
        The yardstick's before the first and after each of them.

    Returns
    -------
    Repeated
        What one repeat takes.
    """
    around = (np.array(beside[:-1]) + beside[1:]) / 2
    relative = np.array(cpu_s) / around
    middle = float(np.median(relative))
    spread = float(np.median(np.abs(relative - middle)))
    return Repeated(
        cpu_s=float(np.median(cpu_s)),
        relative=middle,
        error=_ERROR_OF_MEDIAN * spread / math.sqrt(len(cpu_s)),
        repeats=len(cpu_s),
    )


def measure_fits(
    plan: Plan,
    records: Mapping[str, Record],
    executor: Executor,
    folder: Path,
    progress: Progress = SILENT,
) -> dict[str, dict[str, FitTime]]:
    """Time the fits of quick methods again, on the first fold of every dataset.

    Parameters
    ----------
    plan : Plan
        What was run.
    records : mapping of str to Record
        What its trials left, by key.
    executor : Executor
        Where to do it.
    folder : path
        Where this run left what it learnt.
    progress : Progress, default=silent
        Is notified of every piece of work that was repeated.

    Returns
    -------
    dict of str to dict of str to FitTime
        By dataset and method. Methods are left out that take a second or more in a
        trial, can't be done again, or whose repeats would take too long: all of them
        together take a twentieth of the trials' processor time, or ten seconds if
        that is more.
    """
    first = [
        key
        for dataset in plan.suite.datasets
        for key in plan.first_trials(dataset.name)
        if key in records and _is_quick(records[key])
    ]
    roots = {k: root for k, root in plan.roots(first).items() if root.rows is not None}
    pieces = {key: _pieces(root, records[key]) for key, root in roots.items()}
    spent_s = _spent_s(records[key] for key in plan.trials if key in records)
    times = budgets(pieces, max(_LEAST_S, _SHARE * spent_s))
    progress.enter("timing", len(times))
    done: dict[str, Repeated] = {}
    for result in all_results(executor, _batches(roots, pieces, times, folder)):
        if result.status == "ok":
            done[result.key] = result.value
        progress.advance(worked=True)
    found: dict[str, dict[str, FitTime]] = {}
    for key, costs in pieces.items():
        if costs and all(node.key in done for node, _ in costs):
            trial = plan.trials[key]
            of_method = _total([done[node.key] for node, _ in costs])
            found.setdefault(trial.dataset, {})[trial.method] = of_method
    return found


def _spent_s(records: Iterable[Record]) -> float:
    """Return the processor time of all work under trials, each piece once."""
    spent = {
        (record.dataset, node): cost.cpu_s
        for record in records
        for node, cost in record.nodes.items()
    }
    return math.fsum(spent.values())


def _is_quick(record: Record) -> bool:
    wall_s, cpu_s = (
        math.fsum(getattr(cost, name) for cost in record.nodes.values())
        for name in ("wall_s", "cpu_s")
    )
    return (
        bool(record.nodes) and cpu_s < _LONG_S and wall_s < max(_LONG_S, _WAITS * cpu_s)
    )


Pieces = Sequence[tuple[Node, float]]
"""The nodes under a trial that took time, each with its processor time."""


def _pieces(root: Node, record: Record) -> Pieces:
    costs = {key: cost.cpu_s for key, cost in record.nodes.items()}
    return [
        (node, costs[node.short_key])
        for node in walk([root])
        if node.short_key in costs
    ]


def budgets(pieces: Mapping[str, Pieces], budget_s: float) -> dict[str, float]:
    """Say how long each node is repeated, so that all together keep to the budget.

    Parameters
    ----------
    pieces : mapping of str to sequence of (Node, float)
        By trial, its nodes and the processor time of each.
    budget_s : float
        Processor time for all.

    Returns
    -------
    dict of str to float
        By the node's key, the processor time for it. Where five times are too much, the
        longest methods are left out.
    """
    totals = {trial: sum(s for _, s in costs) for trial, costs in pieces.items()}
    chosen = sorted(totals, key=totals.__getitem__)
    while chosen:
        cost_s = {node.key: s for trial in chosen for node, s in pieces[trial]}
        for each_s in np.geomspace(_MOST * _LONG_S, _SHORTEST_S, 60):
            taken_s = [np.clip(each_s, _FEWEST * s, _MOST * s) for s in cost_s.values()]
            if (1 + _BESIDE) * sum(taken_s) <= budget_s:
                return dict.fromkeys(cost_s, float(each_s))
        chosen.pop()
    return {}


def _batches(
    roots: Mapping[str, Node],
    pieces: Mapping[str, Pieces],
    times: Mapping[str, float],
    folder: Path,
) -> Iterator[list[Repetition]]:
    """Yield the repeats of each method, those of shared nodes with the first."""
    left = dict(times)
    for trial, costs in pieces.items():
        rows = roots[trial].rows
        assert rows is not None  # noqa: S101 - such roots are not asked
        batch = [
            Repetition(
                key=node.key,
                node=node,
                rows=rows,
                at_least_s=left.pop(node.key),
                folder=folder,
            )
            for node, _ in costs
            if node.key in left
        ]
        if batch:
            yield batch


def _total(parts: Sequence[Repeated]) -> FitTime:
    cpu_s, relative = (
        math.fsum(getattr(part, name) for part in parts)
        for name in ("cpu_s", "relative")
    )
    return FitTime(
        cpu_s=cpu_s,
        yardstick_s=cpu_s / relative,
        error=math.hypot(*(part.error for part in parts)) / relative,
        repeats=min(part.repeats for part in parts),
    )


def with_fits(
    speeds: Mapping[str, Mapping[str, Mapping[str, Any]]],
    fits: Mapping[str, Mapping[str, FitTime]],
) -> dict[str, Any]:
    """Return what ``throughput.json`` holds, with the times of fits in it.

    Parameters
    ----------
    speeds : mapping of str to mapping of str to mapping
        By dataset and method, in JSON's types.
    fits : mapping of str to mapping of str to FitTime
        By dataset and method.

    Returns
    -------
    dict of str to object
        A method's `FitTime` is its ``fit``.
    """
    return {
        dataset: {
            method: {**speed, "fit": asdict(fits[dataset][method])}
            if method in fits.get(dataset, {})
            else dict(speed)
            for method, speed in methods.items()
        }
        for dataset, methods in speeds.items()
    }
