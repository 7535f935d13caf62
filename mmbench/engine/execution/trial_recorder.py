"""From ends of trials to records: scored, costed, and on disk."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.engine.after.fitted_nodes import all_live, live_inputs
from mmbench.engine.environment import versions
from mmbench.engine.graph.node import Node, walk
from mmbench.engine.graph.search_outcomes import search_names
from mmbench.results import NodeCost, Predictions, Record, ResultStore

if TYPE_CHECKING:
    from mmbench.engine.cache.store import Cost
    from mmbench.engine.execution.schedule import Finished, Schedule
    from mmbench.engine.execution.yardstick import Yardsticks
    from mmbench.engine.plan import Plan
    from mmbench.suite import Trial
    from mmbench.tasks import Prediction

_ENDINGS = {
    "failed": "failed",
    "timed_out": "ran out of time",
    "skipped": "was skipped",
}


class TrialRecorder:
    """Turns ends of trials into records, and writes them.

    Parameters
    ----------
    plan : Plan
        What was planned.
    roots : mapping of str to Node
        Trial key to the root of its work.
    schedule : Schedule
        Knows what every piece of work cost and warned about.
    yardsticks : Yardsticks
        Know how fast the machine was meanwhile.
    """

    def __init__(
        self,
        plan: Plan,
        roots: Mapping[str, Node],
        schedule: Schedule,
        yardsticks: Yardsticks,
    ) -> None:
        self._yardsticks = yardsticks
        self._plan, self._roots, self._schedule = plan, roots, schedule
        self._methods = {node.key: plan.trials[t].method for t, node in roots.items()}
        self._versions = versions()

    def enter(self, ended: Sequence[Finished], store: ResultStore) -> list[Record]:
        """Write the records of trials, and return them.

        Parameters
        ----------
        ended : sequence of Finished
            Trials that ended; without any, nothing is written.
        store : ResultStore
            The results folder.

        Returns
        -------
        list of Record
            One per trial, in their order.
        """
        if not ended:
            return []
        entries = [self._entry(each) for each in ended]
        store.extend(entries)
        return [record for record, _ in entries]

    def skip(self, reasons: Mapping[str, str], store: ResultStore) -> list[Record]:
        """Write the records of trials that were never begun, and return them.

        Parameters
        ----------
        reasons : mapping of str to str
            Trial key to what has to be installed or fetched first.
        store : ResultStore
            The results folder.

        Returns
        -------
        list of Record
            One per trial, in their order.
        """
        records = [
            Record(**self._fields(key), status="skipped", reason=reason)
            for key, reason in reasons.items()
        ]
        if records:
            store.extend([(record, None) for record in records])
        return records

    def _fields(self, key: str) -> dict[str, Any]:
        """Return what every record of a trial says that ends now."""
        trial = self._plan.trials[key]
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        return {
            "key": key,
            "suite": self._plan.suite.name,
            "dataset": trial.dataset,
            "method": trial.method,
            "fold": trial.fold,
            "seed": trial.seed,
            "ended_at": now,
            "versions": self._versions,
        }

    def _entry(self, ended: Finished) -> tuple[Record, Predictions | None]:
        trial = self._plan.trials[ended.trial]
        root, result = self._roots[ended.trial], ended.result
        fields = self._fields(ended.trial)
        predictions = None
        if result.status == "ok":
            predictions, scores = self._scored(root, trial.dataset, result.value)
            fit_time_s, predict_time_s = self._times(root, trial.dataset)
            record = Record(
                **fields,
                status="ok",
                scores=scores,
                n_train=len(root.rows.train) if root.rows else None,
                n_test=len(predictions.sample_ids),
                fit_time_s=fit_time_s,
                predict_time_s=predict_time_s,
                nodes=self._node_costs(root),
                cached_nodes=self._cached(root),
                yardstick_s=self._yardsticks.average(
                    [(node.key, cost.cpu_s) for node, cost in self._costs(root)]
                ),
                warnings=(
                    *self._told(root),
                    *self._plan.suite.warnings_of(trial.method),
                ),
                computed_with=self._computed_with(root),
                searches=self._searches(root, trial),
            )
        else:
            record = Record(**fields, **self._failure(ended))
        return record, predictions

    def _failure(self, ended: Finished) -> dict[str, Any]:
        result, culprit = ended.result, ended.culprit
        blamed = self._methods.get(culprit.key)
        is_own = self._roots[ended.trial].key == culprit.key
        if result.status != "skipped" and blamed is not None and not is_own:
            reason = f"needs {blamed}, which {_ENDINGS[result.status]}: {result.reason}"
            return {"status": "skipped", "reason": reason}
        return {
            "status": result.status,
            "reason": result.reason,
            "traceback": result.traceback,
        }

    def _scored(
        self, root: Node, dataset: str, answered: Prediction
    ) -> tuple[Predictions, dict[str, float | None]]:
        samples, task = self._plan.samples[dataset], self._plan.datasets[dataset].task
        test = root.rows.apply if root.rows else np.arange(len(samples.y))
        target = self._plan.targets[dataset].take(test)
        scores = self._plan.suite.scores(task, target, answered)
        ids = np.asarray(samples.X.index[test])
        groups = None if samples.groups is None else samples.groups[test]
        arrays = task.answers.dump(target, answered)
        return Predictions(ids, arrays, groups, target.weight), scores

    def _told(self, root: Node) -> tuple[str, ...]:
        """Return what any work under a trial warned about, each message once."""
        told = (self._schedule.told.get(node.key, ()) for node in walk([root]))
        return tuple(dict.fromkeys(message for each in told for message in each))

    def _computed_with(self, root: Node) -> tuple[str, ...]:
        """Return the precisions and devices that work under a trial chose."""
        costs = {cost.computed_with for _, cost in self._costs(root)}
        return tuple(sorted(costs - {""}))

    def _searches(self, root: Node, trial: Trial) -> dict[str, Mapping[str, Any]]:
        """Return what the searches inside a method found in the training rows."""
        found = {
            node: cost.search
            for node, cost in self._costs(root)
            if cost.search is not None and _of_same_rows(node, root)
        }
        if not found:
            return {}
        method, context = self._plan.ready(trial), self._plan.context(trial.dataset)
        return {
            name: outcome
            for node, outcome in found.items()
            for name in search_names(node, method, context)
        }

    def _costs(self, root: Node) -> Iterator[tuple[Node, Cost]]:
        """Yield the work under a trial that was done, and what it cost.

        Candidates that failed left nothing, and their search is done all the same.
        """
        for node in walk([root]):
            cost = self._schedule.costs.get(node.key)
            if cost is not None:
                yield node, cost

    def _node_costs(self, root: Node) -> dict[str, NodeCost]:
        return {
            node.short_key: NodeCost(
                round(cost.wall_s, 6), round(cost.cpu_s, 6), cost.peak_rss_bytes
            )
            for node, cost in self._costs(root)
            if cost.wall_s > 0
        }

    def _cached(self, root: Node) -> tuple[str, ...]:
        """Return the work under a trial that was not done in this run."""
        return tuple(
            node.short_key
            for node, cost in self._costs(root)
            if cost.wall_s > 0 and node.key in self._schedule.cached
        )

    def _times(self, root: Node, dataset: str) -> tuple[float, float]:
        """Return what fitting and predicting cost the method if it were alone."""
        if root.rows is None:
            return 0.0, 0.0
        n_samples = len(self._plan.samples[dataset].y)
        answering = {node.key for node in all_live(root, self._needed_inputs)}
        fit_s = predict_s = 0.0
        for node, cost in self._costs(root):
            answers = node.key in answering
            if node.rows is None:
                fit_s += cost.wall_s * len(root.rows.train) / n_samples
                predict_s += answers * cost.wall_s * len(root.rows.apply) / n_samples
            elif answers or _of_same_rows(node, root):
                # A bag asks the models of its inner folds.
                fit_s += cost.fit_s
                predict_s += answers * cost.apply_s
            else:
                # Inner folds are work of fitting, also where they predict.
                fit_s += cost.wall_s
        return fit_s, predict_s

    def _needed_inputs(self, node: Node) -> Sequence[Node]:
        """Return the inputs that a method would have to ask if it were alone."""
        cost = self._schedule.costs.get(node.key)
        if node.rows is None or cost is None:
            return node.inputs
        inputs = live_inputs(node)
        if cost.needs is None:
            return inputs
        return [inner for i, inner in enumerate(inputs) if i in cost.needs]


def _of_same_rows(node: Node, root: Node) -> bool:
    """Return whether a node is of a trial's own rows, rather than of an inner fold."""
    return (
        node.rows is not None
        and root.rows is not None
        and node.rows.digest == root.rows.digest
    )
