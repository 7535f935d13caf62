"""What to do next: nodes become ready as their inputs are done, in batches."""

from __future__ import annotations

import heapq
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mmbench.engine.cache.store import Cache, Costs, Past
from mmbench.engine.execution.worker import Result
from mmbench.engine.graph.node import Node, walk
from mmbench.engine.graph.values import Failed
from mmbench.errors import DataWarning, StoreError
from mmbench.tasks import Prediction

# A batch is filled with small nodes until it is expected to take this long, which makes
# the few milliseconds that a batch costs a small part of it.
_BATCH_S = 0.2
_MOST_IN_BATCH = 256
# Nodes that are known to take longer start as soon as they can, whatever the order of
# the trials: one left to the end would run alone.
_LONG_S = 0.5
# A value that is made and lost more often than this will be lost again.
_MOST_LOSSES = 5


@dataclass
class _Unit:
    """A node that is scheduled: a heavy one, or the root of a trial."""

    node: Node
    order: int
    inputs: tuple[str, ...]
    waits_for: set[str] = field(default_factory=set)
    readers: set[str] = field(default_factory=set)
    awaited_by: set[str] = field(default_factory=set)
    trials: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A trial whose root is done, or can't be.

    Attributes
    ----------
    trial : str
        The trial's key.
    result : Result
        Of its root, or of the node that ended it.
    culprit : Node
        That node.
    """

    trial: str
    result: Result
    culprit: Node


class Schedule:
    """The state of a run: what is done, what is ready, what waits.

    Parameters
    ----------
    roots : mapping of str to Node
        Trial key to the root of its work.
    cache : Cache
        Where values of earlier runs are.
    """

    def __init__(self, roots: Mapping[str, Node], cache: Cache) -> None:
        self.cache = cache
        self.costs: dict[str, Any] = {}
        self.cached: set[str] = set()
        self.told: dict[str, tuple[str, ...]] = {}
        self.values: dict[str, Any] = {}
        self.n_open = len(roots)
        self._units: dict[str, _Unit] = {}
        self._ready: list[tuple[float, int, str]] = []
        self._scheduled: set[str] = set()
        self._done: set[str] = set()
        self._dead: set[str] = set()
        self._mean_s: dict[Any, float] = {}
        self._pasts: dict[str, Past | None] = {}
        self._losses: Counter[str] = Counter()
        self._found: list[Finished] = []
        for trial, root in roots.items():
            self._unit(root).trials.append(trial)
        for key in [unit.node.key for unit in self._units.values() if unit.trials]:
            self._require(key)

    @property
    def n_units(self) -> int:
        """The number of nodes that are scheduled, or were found in the cache."""
        return len(self._units)

    def found(self) -> Iterator[Finished]:
        """Yield the trials that the cache already answers, once."""
        while self._found:
            yield self._found.pop()

    def next_batch(self) -> list[Node]:
        """Return ready nodes that are worth a trip together; none when all wait."""
        batch: list[Node] = []
        expected_s = 0.0
        while self._ready and len(batch) < _MOST_IN_BATCH and expected_s < _BATCH_S:
            key = self._ready[0][-1]
            if key in self._dead or key in self._done:
                heapq.heappop(self._ready)
                continue
            mean_s = self._mean_s.get(_kind(self._units[key].node), _BATCH_S)
            if batch and expected_s + mean_s > _BATCH_S:
                break
            heapq.heappop(self._ready)
            batch.append(self._units[key].node)
            expected_s += mean_s
        return batch

    def given(self, node: Node) -> dict[str, Any]:
        """Return the inputs of a node that travel with it.

        Parameters
        ----------
        node : Node
            A node that is ready.

        Returns
        -------
        dict of str to object
            Values by the inputs' keys; all others are in the cache.
        """
        inputs = self._units[node.key].inputs
        return {key: self.values[key] for key in inputs if key in self.values}

    def settle(self, result: Result) -> list[Finished]:
        """Take in a result, and return the trials that it ends.

        Parameters
        ----------
        result : Result
            Of a node of a batch; of a node that is settled, it is ignored.

        Returns
        -------
        list of Finished
            Empty while trials wait for other nodes.
        """
        unit = self._units[result.key]
        if result.key in self._done or result.key in self._dead:
            return []
        if result.status == "lost":
            for message in result.warnings:
                warnings.warn(message, DataWarning, stacklevel=2)
            self._again(unit, str(result.reason))
            return []
        if result.status != "ok":
            return self._bury(unit, result)
        self._learn(unit.node, result.costs)
        self.costs.update(result.costs)
        if result.warnings:
            self.told[result.key] = result.warnings
        if result.value is not None and (unit.readers or not unit.trials):
            self.values[result.key] = result.value
        self._mark_done(unit)
        return self._ended(unit, result)

    def _unit(self, node: Node) -> _Unit:
        if node.key in self._units:
            return self._units[node.key]
        heavy = {inner.key: inner for inner in node.heavy_inputs()}
        # Inputs come first, so the order is one in which everything can be done.
        for inner in heavy.values():
            read = self._unit(inner)
            read.readers.add(node.key)
            read.awaited_by.add(node.key)
        unit = _Unit(node=node, order=len(self._units), inputs=tuple(heavy))
        self._units[node.key] = unit
        return unit

    def _require(self, key: str) -> None:
        """See to it that a node is done: by the cache, or by scheduling it."""
        unit = self._units[key]
        if key in self._done or key in self._scheduled or self._from_cache(unit):
            return
        self._scheduled.add(key)
        for inner in unit.inputs:
            self._require(inner)
        unit.waits_for = {inner for inner in unit.inputs if inner not in self._done}
        if not unit.waits_for:
            self._push(unit)

    def _from_cache(self, unit: _Unit) -> bool:
        costs = self._known_costs(unit.node)
        if costs is None:
            return False
        if unit.trials:
            value = self.cache.read(unit.node.key)
            if not isinstance(value, Prediction):
                return False
            result = Result(key=unit.node.key, status="ok", value=value, costs=costs)
            self._found += self._ended(unit, result)
        self.cached |= costs.keys() - self.costs.keys()
        self.costs.update(costs)
        self._done.add(unit.node.key)
        self._release_inputs(unit)
        return True

    def _known_costs(self, root: Node) -> Costs | None:
        """Return the costs of all that stands under a kept node, if all are known.

        A value whose cost is unknown is made again: a cached feature still costs.
        """
        if root.light:
            return None
        found: dict[str, Any] = {}
        for node in walk([root]):
            if not node.light:
                if node.key not in self._pasts:
                    costed = [inner.key for inner in node.light_inputs()]
                    self._pasts[node.key] = self.cache.past(node.key, costed)
                past = self._pasts[node.key]
                if past is None:
                    return None
                found |= past.costs
                if past.told:
                    self.told[node.key] = past.told
        return found

    def _push(self, unit: _Unit) -> None:
        expected_s = self._mean_s.get(_kind(unit.node), 0.0)
        urgency = expected_s if expected_s >= _LONG_S else 0.0
        heapq.heappush(self._ready, (-urgency, unit.order, unit.node.key))

    def _mark_done(self, unit: _Unit) -> None:
        key = unit.node.key
        self._done.add(key)
        for reader in unit.readers:
            waiting = self._units[reader]
            if key in waiting.waits_for:
                waiting.waits_for.discard(key)
                if not waiting.waits_for and reader not in self._dead:
                    self._push(waiting)
        self._release_inputs(unit)

    def _release_inputs(self, unit: _Unit) -> None:
        """Release the values whose last reader this was."""
        for inner in unit.inputs:
            awaited_by = self._units[inner].awaited_by
            awaited_by.discard(unit.node.key)
            if not awaited_by:
                self.values.pop(inner, None)

    def _ended(self, unit: _Unit, result: Result) -> list[Finished]:
        self.n_open -= len(unit.trials)
        return [
            Finished(trial=trial, result=result, culprit=unit.node)
            for trial in unit.trials
        ]

    def _bury(self, unit: _Unit, result: Result) -> list[Finished]:
        """End every trial that needs a node that can't be done."""
        ended = []
        doomed = [unit]
        while doomed:
            each = doomed.pop()
            if each.node.key in self._dead:
                continue
            self._dead.add(each.node.key)
            self._release_inputs(each)
            self.n_open -= len(each.trials)
            ended += [
                Finished(trial=trial, result=result, culprit=unit.node)
                for trial in each.trials
            ]
            readers = [self._units[reader] for reader in each.readers]
            doomed += [r for r in readers if not self._does_without(r, each, result)]
        return ended

    def _does_without(self, reader: _Unit, failed: _Unit, result: Result) -> bool:
        """Give a reader what stands for a failed input, if it can do without it."""
        key = failed.node.key
        if result.status != "failed" or not reader.node.work.tolerant:
            return False
        self.values[key] = Failed(str(result.reason))
        reader.waits_for.discard(key)
        if not reader.waits_for and reader.node.key not in self._dead:
            self._push(reader)
        return True

    def _again(self, unit: _Unit, lost: str) -> None:
        """Make an input again that could not be believed, and then the node."""
        if lost in self._done:  # else another reader missed it before
            self._forget(lost)
        unit.waits_for = {lost}
        self._require(lost)

    def _forget(self, lost: str) -> None:
        """Let a value be made again, but not for ever."""
        self._losses[lost] += 1
        if self._losses[lost] > _MOST_LOSSES:
            raise StoreError(
                f"the cache {self.cache.root} loses what is put into it: entry "
                f"{lost[:12]} was made {_MOST_LOSSES} times and could not be read "
                "back. Give another folder with --cache; finished trials are kept."
            )
        self._done.discard(lost)
        self._scheduled.discard(lost)
        self._pasts.pop(lost, None)
        self.cache.drop(lost)

    def _learn(self, node: Node, costs: Costs) -> None:
        took_s = sum(cost.wall_s for cost in costs.values())
        kind = _kind(node)
        known = self._mean_s.get(kind, took_s)
        # The mean follows slowly downwards and at once upwards, to keep batches short.
        self._mean_s[kind] = max(took_s, 0.7 * known + 0.3 * took_s, 1e-4)


def _kind(node: Node) -> Any:
    estimator = getattr(node.work, "estimator", None)
    return type(node.work), type(estimator), node.dataset
