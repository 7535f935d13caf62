"""The methods that the main comparison of a run may name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mmbench.errors import StoreError
from mmbench.fusion import describe
from mmbench.tasks import sums_of

if TYPE_CHECKING:
    from mmbench.datasets import Dataset
    from mmbench.engine.plan import Plan
    from mmbench.results import ResultStore
    from mmbench.tasks import Metric

__all__ = ["at_most", "contenders"]

# Of fusions and of single modalities; the runner-up may be as good when retrained.
_OF_EACH_KIND = 2
# Where there are no fusions, reports compare every two of so many.
_FEW_METHODS = 5


def contenders(
    plan: Plan, store: ResultStore, which: str = "headline"
) -> dict[str, list[str]]:
    """Return the methods that the main comparison on each dataset may name.

    Parameters
    ----------
    plan : Plan
        What was run.
    store : ResultStore
        What it left.
    which : str, default="headline"
        ``"all"`` for every method that could be compared.

    Returns
    -------
    dict of str to list of str
        By dataset: the two best that look at several modalities and the two best that
        look at one, or the five best where there is one kind only. Of methods whose
        trials are all ok and that look at something. Empty where there are not two.
    """
    found = {}
    for dataset in plan.suite.datasets:
        scores = _scores(plan, dataset, store)
        best = sorted(scores, key=lambda method: -scores[method])
        names = best if which == "all" else _of_headline(plan, dataset, best)
        if len(names) > 1:
            found[dataset.name] = names
    return found


def at_most(plan: Plan, dataset: Dataset, which: str) -> tuple[int, int]:
    """Return how many methods there are to compare, and how many contenders at most.

    Parameters
    ----------
    plan : Plan
        What will be run.
    dataset : Dataset
        One of its datasets.
    which : str
        ``"all"`` for every method that could be compared.

    Returns
    -------
    tuple of (int, int)
        Floors don't count.
    """
    floors = dataset.task.answers.floors()
    covered = (name for name in plan.suite.methods if plan.suite.covers(dataset, name))
    names = [name for name in covered if name not in floors]
    if _compared_by(plan, dataset) is None:
        return len(names), 0
    chosen = names if which == "all" else _of_headline(plan, dataset, names)
    return len(names), len(chosen)


def _of_headline(plan: Plan, dataset: Dataset, best: Sequence[str]) -> list[str]:
    methods = plan.suite.methods
    is_fused = {
        name: "+" in describe(methods[name], dataset.modalities).modalities
        for name in best
    }
    fused = [name for name in best if is_fused[name]][:_OF_EACH_KIND]
    single = [name for name in best if not is_fused[name]][:_OF_EACH_KIND]
    return [*fused, *single] if fused and single else [*best[:_FEW_METHODS]]


def _scores(plan: Plan, dataset: Dataset, store: ResultStore) -> dict[str, float]:
    """Return the pooled scores of the methods that can be compared, more is better."""
    metric = _compared_by(plan, dataset)
    if metric is None or not store.exists():
        return {}
    floors, keys = set(dataset.task.answers.floors()), _keys(plan, dataset, store)
    found = {
        method: _pooled_score(dataset, metric, of_method, store)
        for method, of_method in keys.items()
        if method not in floors
    }
    return {name: score for name, score in found.items() if math.isfinite(score)}


def _compared_by(plan: Plan, dataset: Dataset) -> Metric | None:
    """Return what reports compare methods by."""
    known = {m.name: m for m in plan.suite.metrics_for(dataset.task)}
    main = dataset.task.metrics_by_name[dataset.task.main_metric]
    wanted = known.get(plan.suite.ranked_by(dataset)), main
    return next((metric for metric in wanted if metric and metric.has_interval), None)


def _keys(plan: Plan, dataset: Dataset, store: ResultStore) -> dict[str, list[str]]:
    """Return the trials of the methods all of whose trials are ok."""
    finished = store.finished()
    keys: dict[str, list[str]] = {}
    for key, trial in plan.trials.items():
        if trial.dataset == dataset.name:
            keys.setdefault(trial.method, []).append(key)
    return {name: own for name, own in keys.items() if finished.issuperset(own)}


def _pooled_score(
    dataset: Dataset, metric: Metric, keys: Sequence[str], store: ResultStore
) -> float:
    count, value = metric.as_sums
    sums = []
    for key in keys:
        try:
            target, said = dataset.task.answers.load(store.predictions(key).arrays)
        except StoreError:
            return math.nan
        if not metric.is_defined(target, said):
            return math.nan
        sums.append(sums_of(count(target, said)))
    score = float(value(np.sum(sums, axis=0)))
    return score if metric.greater_is_better else -score
