"""Which modality carries a method: its answers as modalities go missing or get mixed.

After the trials, every method is asked again about its test rows, changed: modalities
taken away from all or some of the rows, or shuffled among them. Nothing is refitted,
and what looks at one modality only is not even asked again: to it, a changed row is
another row that it has answered for, or a missing one.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.engine.after.fitted_nodes import (
    FittedNodes,
    all_live,
    forget,
    last,
    live_inputs,
    no_warnings,
    reads_columns,
)
from mmbench.engine.after.perturbations import MISSING, changes, origin
from mmbench.engine.execution.local_executor import all_results
from mmbench.engine.execution.progress import SILENT, Progress
from mmbench.engine.execution.worker import Result, contexts, heartbeat
from mmbench.engine.graph.blocks import stacked
from mmbench.engine.graph.node import Fitted, Node
from mmbench.engine.graph.values import answer_part, take
from mmbench.engine.graph.works import Concatenate, Source
from mmbench.fusion import SelectColumns, columns_of
from mmbench.tasks import Prediction

if TYPE_CHECKING:
    from mmbench.datasets import Dataset
    from mmbench.engine.after.perturbations import Change, Origin
    from mmbench.engine.cache.store import Cache
    from mmbench.engine.execution.executor import Executor
    from mmbench.engine.plan import Plan


@dataclass
class ModalityAblation:
    """Asks the nodes of one dataset and fold about changed test rows.

    Parameters
    ----------
    learnt : FittedNodes
        What they have learnt.
    modalities : mapping of str to str
        Column to modality, or to its view.
    """

    learnt: FittedNodes
    modalities: Mapping[str, str]
    _looks: dict[str, frozenset[str]] = field(default_factory=dict)
    _intact: dict[str, Any] = field(default_factory=dict)

    def ask(self, root: Node, origins: Sequence[Origin]) -> list[Prediction]:
        """Return the answers for the test rows under each change.

        Parameters
        ----------
        root : Node
            The node of a method's answer.
        origins : sequence of Origin
            Where each row gets each modality from, for each change.

        Returns
        -------
        list of Prediction
            One a change.
        """
        models: dict[str, Fitted] = {}
        return [self._answer(root, rows, models, {}) for rows in origins]

    def _looks_at(self, node: Node) -> frozenset[str]:
        if node.key not in self._looks:
            self._looks[node.key] = self._found_looks(node)
        return self._looks[node.key]

    def _found_looks(self, node: Node) -> frozenset[str]:
        if isinstance(node.work, Source):
            return frozenset(self.modalities.values())
        estimator = getattr(node.work, "estimator", None)
        if isinstance(estimator, SelectColumns):
            return frozenset(self.modalities[name] for name in columns_of(estimator))
        return frozenset().union(*map(self._looks_at, live_inputs(node)))

    def _answer(
        self,
        node: Node,
        rows: Origin,
        models: dict[str, Fitted],
        known: dict[str, Any],
    ) -> Any:
        if node.key in known:
            return known[node.key]
        looks = self._looks_at(node)
        if isinstance(node.work, Source):
            answer: Any = self._changed_columns(self._with_missing(node), rows)
        elif len(looks) == 1:
            answer = take(self._with_missing(node), rows[next(iter(looks))])
        else:
            if node.key not in models:
                models[node.key] = self.learnt.fitted(node)
            parts = [self._answer(n, rows, models, known) for n in live_inputs(node)]
            heartbeat()
            answer = models[node.key].answer(parts)
        known[node.key] = answer
        return answer

    def _changed_columns(self, X: Any, rows: Origin) -> Any:
        columns = {
            column: X[column].iloc[rows[modality]].reset_index(drop=True)
            for column, modality in self.modalities.items()
        }
        return type(X)(columns)

    def _with_missing(self, node: Node) -> Any:
        """Return a node's answers for the test rows and, last, for a missing one."""
        if node.key not in self._intact:
            self._intact[node.key] = self._found_intact(node)
        return self._intact[node.key]

    def _found_intact(self, node: Node) -> Any:
        if isinstance(node.work, Source):
            X = take(self.learnt.context.X, self.learnt.rows.apply)
            return X.reset_index(drop=True).reindex(range(len(X) + 1))
        if isinstance(node.work, Concatenate):
            # The costly answers are there; only a missing row's is not.
            test = answer_part(self.learnt.value(node), self.learnt.rows)
            return stacked([test, self._for_missing(node.inputs[0])])
        parts = [self._with_missing(inner) for inner in live_inputs(node)]
        heartbeat()
        return self.learnt.fitted(node).answer(parts)

    def _for_missing(self, node: Node) -> Any:
        """Return a node's answer for a row where all is missing."""
        if isinstance(node.work, Source):
            return self._with_missing(node).iloc[MISSING:]
        parts = [self._for_missing(inner) for inner in live_inputs(node)]
        return self.learnt.fitted(node).answer(parts)


@dataclass(frozen=True, kw_only=True)
class Ablation:
    """The task of asking a method about changed test rows.

    Parameters
    ----------
    key : str
        The trial's key.
    root : Node
        Of the method.
    modalities : mapping of str to str
        Column to modality, or to its view.
    fold : int
        Which fold it is.
    folder : path
        Where this run left what it learnt.
    """

    key: str
    root: Node
    modalities: Mapping[str, str]
    fold: int
    folder: Path

    def perform(self, cache: Cache) -> Result:
        """Ask it, together with those that were asked on the same fold."""
        root, rows = self.root, self.root.rows
        assert rows is not None  # noqa: S101

        def make() -> ModalityAblation:
            learnt = FittedNodes(contexts[root.dataset], rows, cache, self.folder)
            return ModalityAblation(learnt, self.modalities)

        kinds = sorted(set(self.modalities.values()))
        n_rows = len(rows.apply)
        origins = [origin(each, kinds, n_rows, self.fold) for each in changes(kinds)]
        with no_warnings():
            prober = last(("asked", root.dataset, rows.digest, self.folder), make)
            return Result(key=self.key, status="ok", value=prober.ask(root, origins))


def probe(
    plan: Plan,
    executor: Executor,
    finished: Container[str],
    folder: Path,
    progress: Progress = SILENT,
) -> dict[str, dict[str, Any]]:
    """Ask every method about changed test rows, over all folds of the first seed.

    Parameters
    ----------
    plan : Plan
        What was run.
    executor : Executor
        Where to ask.
    finished : container of str
        Keys of the trials that are ok; a method is asked if all its folds are.
    folder : path
        Where this run left what it learnt.
    progress : Progress, default=silent
        Is notified of every trial that was asked about.

    Returns
    -------
    dict of str to dict of str to dict
        By dataset and method: ``changes``, each :class:`Change` with the scores of all
        test rows under it; or the ``reason`` why it can't answer for changed rows.
    """
    asked = {d.name: probed_trials(plan, d.name, finished) for d in plan.suite.datasets}
    n_asked = sum(len(keys) for folds in asked.values() for keys in folds.values())
    progress.enter("ablation", n_asked)
    found = {}
    for d in plan.suite.datasets:
        how: dict[str, Any] = {"executor": executor, "folder": folder}
        if scores := _probe_dataset(plan, d, asked[d.name], progress=progress, **how):
            found[d.name] = scores
    forget()
    return found


def _probe_dataset(
    plan: Plan,
    dataset: Dataset,
    asked: Mapping[int, Sequence[str]],
    *,
    executor: Executor,
    folder: Path,
    progress: Progress,
) -> dict[str, dict[str, Any]]:
    name, task = dataset.name, dataset.task
    context, planned = plan.context(name), planned_changes(plan, name)
    tested, batches = [], []
    for fold, keys in asked.items():
        roots = {k: root for k, root in plan.roots(keys).items() if can_ask(root)}
        for _ in range(len(keys) - len(roots)):
            progress.advance(worked=False)
        rows = next((root.rows for root in roots.values() if root.rows), None)
        if rows is None:
            continue
        tested.append(rows.apply)
        how: dict[str, Any] = {"fold": fold, "folder": folder}
        how["modalities"] = dataset.sources
        batches.append([Ablation(key=k, root=r, **how) for k, r in roots.items()])
    results = {}
    for result in all_results(executor, batches):
        results[result.key] = result
        progress.advance()
    answers: dict[str, list[list[Prediction]]] = defaultdict(list)
    reasons: dict[str, str] = {}
    for each in itertools.chain.from_iterable(batches):
        result, method = results[each.key], plan.trials[each.key].method
        if result.status == "ok":
            answers[method].append(result.value)
        else:
            reasons[method] = str(result.reason)

    def scores_of_folds(answers: Sequence[Prediction]) -> dict[str, float | None]:
        if task.independent_rows:
            target = context.target.take(np.concatenate(tested))
            return plan.suite.scores(task, target, Prediction.concatenate(answers))
        targets = map(context.target.take, tested)
        pairs = zip(targets, answers, strict=True)
        return _mean_scores([plan.suite.scores(task, *pair) for pair in pairs])

    def scored(of_folds: list[list[Prediction]]) -> list[dict[str, Any]]:
        return [
            change._asdict() | {"scores": scores_of_folds(each)}
            for change, each in zip(planned, zip(*of_folds, strict=True), strict=True)
        ]

    failed = {method: {"reason": reason} for method, reason in reasons.items()}
    scores = {m: {"changes": scored(p)} for m, p in answers.items() if m not in failed}
    return scores | failed


def _mean_scores(
    of_folds: Sequence[Mapping[str, float | None]],
) -> dict[str, float | None]:
    """Return the mean of each score over folds, None where one of them has none."""
    found: dict[str, float | None] = {}
    for name in of_folds[0]:
        scores = [each[name] for each in of_folds]
        known = [score for score in scores if score is not None]
        found[name] = sum(known) / len(known) if len(known) == len(scores) else None
    return found


def probed_trials(
    plan: Plan, dataset: str, finished: Container[str]
) -> dict[int, list[str]]:
    """Return the keys of the trials to ask about, by fold.

    They are those of the first seed, of the methods whose every fold is finished.

    Parameters
    ----------
    plan : Plan
        The planned trials.
    dataset : str
        The dataset's name.
    finished : container of str
        Keys of trials that are ok.

    Returns
    -------
    dict of int to list of str
        Fold to keys; nothing where no modality can be done without.
    """
    if not planned_changes(plan, dataset):
        return {}
    seed = plan.suite.seeds[0]
    trials = {
        key: trial
        for key, trial in plan.trials.items()
        if (trial.dataset, trial.seed) == (dataset, seed)
    }
    partial = {trial.method for key, trial in trials.items() if key not in finished}
    by_fold: dict[int, list[str]] = defaultdict(list)
    for key, trial in trials.items():
        if trial.method not in partial:
            by_fold[trial.fold].append(key)
    return by_fold


def planned_changes(plan: Plan, dataset: str) -> list[Change]:
    """Return what is done to the test rows of a dataset.

    Parameters
    ----------
    plan : Plan
        The planned trials.
    dataset : str
        The dataset's name.

    Returns
    -------
    list of Change
        Empty where its task says that no modality can be done without.
    """
    found = plan.datasets[dataset]
    if not found.task.data.is_ablated(found.sources):
        return []
    return list(changes(sorted(set(found.sources.values()))))


def can_ask(root: Node) -> bool:
    """Return whether the engine can look into a method.

    What it can't look into would have to start from changed pictures each time.

    Parameters
    ----------
    root : Node
        The node of a method's answer.

    Returns
    -------
    bool
        Whether every part of it starts from features.
    """
    return not any(map(reads_columns, all_live(root)))
