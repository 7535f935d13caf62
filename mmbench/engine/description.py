"""What ``plan.json`` says of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mmbench.checks import finding_of
from mmbench.fusion import describe
from mmbench.spec import digest_of, spec_of
from mmbench.suite import metric_name

if TYPE_CHECKING:
    from mmbench.datasets import Dataset
    from mmbench.engine.plan import Plan
    from mmbench.tasks import Task

__all__ = ["SCHEMA", "describe_plan", "list_trials"]

SCHEMA = 1
"""Of ``plan.json``; a reader knows by it what it can't read."""


def describe_plan(plan: Plan) -> dict[str, Any]:
    """Return what ``plan.json`` holds.

    Parameters
    ----------
    plan : Plan
        All trials of a suite.

    Returns
    -------
    dict of str to object
        Splits, metrics, datasets, methods and trials in words, names and numbers.
    """
    suite = plan.suite
    return {
        "schema": SCHEMA,
        "suite": suite.name,
        "scoring": list(map(metric_name, suite.scoring)),
        "metrics": _describe_metrics(plan),
        "cv": _describe_splits(plan),
        "seeds": list(suite.seeds),
        **_describe_fewer_rows(plan),
        "ignored": list(suite.ignore),
        "rope": suite.rope,
        "datasets": {d.name: _describe_dataset(plan, d) for d in suite.datasets},
        "methods": {name: _describe_method(plan, name) for name in suite.methods},
        "trials": list_trials(plan),
    }


def _describe_fewer_rows(plan: Plan) -> dict[str, Any]:
    most = plan.suite.max_train_rows
    return {} if most is None else {"max_train_rows": most}


def list_trials(plan: Plan) -> list[dict[str, Any]]:
    """Return the trials as ``plan.json`` lists them.

    Parameters
    ----------
    plan : Plan
        The plan that has the trials.

    Returns
    -------
    list of dict
        The key of each, and what it tries on what.
    """
    return [
        {
            "key": key,
            "dataset": trial.dataset,
            "method": trial.method,
            "fold": trial.fold,
            "seed": trial.seed,
        }
        for key, trial in plan.trials.items()
    ]


def _describe_metrics(plan: Plan) -> dict[str, Any]:
    """Return what reports need of metrics that they may not know by then."""
    tasks = [dataset.task for dataset in plan.suite.datasets]
    return {
        metric.name: {
            "label": metric.label,
            "greater_is_better": metric.greater_is_better,
        }
        for task in tasks
        for metric in plan.suite.metrics_for(task)
    }


def _describe_splits(plan: Plan) -> str:
    """Return in words how the rows of the datasets are split."""
    named: dict[str, list[str]] = {}
    for dataset in plan.suite.datasets:
        named.setdefault(_describe_split(plan, dataset), []).append(dataset.name)
    if len(named) == 1:
        return next(iter(named))
    return "; ".join(f"{', '.join(names)}: {how}" for how, names in named.items())


def _describe_split(plan: Plan, dataset: Dataset) -> str:
    how = _describe_folds(plan, dataset)
    fewer = plan.fewer_rows.get(dataset.name)
    return f"{how}, fitted to {fewer}" if fewer else how


def _describe_folds(plan: Plan, dataset: Dataset) -> str:
    samples, cv = plan.samples[dataset.name], plan.suite.cv
    if samples.split is not None:
        return "official split"
    if isinstance(cv, int):
        has_groups = samples.groups is not None
        return dataset.task.data.describe_folds(cv, has_groups=has_groups)
    spec = spec_of(cv)
    return f"{spec['class']}({spec['params']})"


def _describe_dataset(plan: Plan, dataset: Dataset) -> dict[str, Any]:
    samples = plan.samples[dataset.name]
    card = dataset.card.model_dump(mode="json") if dataset.card else {}
    # A dataset may report its leaks itself.
    notices = list(dict.fromkeys((*dataset.notices, *plan.leaks[dataset.name])))
    return card | {
        "version": dataset.version,
        "source": dataset.source,
        "licence": dataset.licence,
        "checksum": dataset.checksum,
        "modalities": dict(dataset.modalities),
        "n_samples": len(samples.y),
        **dataset.task.data.describe(plan.targets[dataset.name]),
        "size": dataset.task.data.size_text(plan.targets[dataset.name]),
        "task": dataset.task.name,
        "splits": _describe_split(plan, dataset),
        "ranked_by": plan.suite.ranked_by(dataset),
        "notices": notices,
        "notice_codes": [finding_of(notice).check.code for notice in notices],
    }


def _describe_method(plan: Plan, name: str) -> dict[str, Any]:
    method = plan.suite.methods[name]
    covered = [d for d in plan.suite.datasets if plan.suite.covers(d, name)]
    parts = {d.name: describe(method, d.sources) for d in covered}
    first = parts[covered[0].name]
    return {
        "digest": digest_of(method),
        "modalities": {dataset: part.modalities for dataset, part in parts.items()},
        "extractors": first.extractors,
        "fusion": first.fusion,
        "classifier": first.classifier,
        "is_floor": any(name in d.task.answers.floors() for d in covered),
        "spec": spec_of(method),
        **_members(plan, method, covered[0].task),
    }


def _members(plan: Plan, method: Any, task: Task) -> dict[str, list[str]]:
    """Return the methods that an ensemble is made of, if all are in the suite."""
    members = {digest_of(member) for member in task.answers.members(method)}
    if not members:
        return {}
    digests = {name: digest_of(each) for name, each in plan.suite.methods.items()}
    names = [name for name, digest in digests.items() if digest in members]
    # The best of some members would not be what the ensemble has to beat.
    return {"members": names} if members <= {*digests.values()} else {}
