"""Which task and which metrics the datasets of a plan have.

Only this module knows how older versions of mmbench wrote down what the task is.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from mmbench.checks import Finding, check_of
from mmbench.checks.catalogue import NOTE
from mmbench.errors import StoreError
from mmbench.presentation.numbers import count_text
from mmbench.report.text.facts import plain_text
from mmbench.results.plan import greater_is_better
from mmbench.tasks import TASKS, Metric, Task, all_metrics

if TYPE_CHECKING:
    from mmbench.tasks import Prediction, Target

__all__ = ["findings_of", "ignored_by", "metrics_of", "size_text", "task_of"]


def task_of(name: str, entry: Mapping[str, Any]) -> Task:
    """Return the task of a dataset.

    Parameters
    ----------
    name : str
        The dataset's name.
    entry : mapping
        What ``plan.json`` says of it. That of an older version says in free words what
        the task is, and perhaps whether samples may have several labels.

    Returns
    -------
    Task

    Raises
    ------
    StoreError
        When the task is not known here.
    """
    called = str(entry.get("task"))
    if called in TASKS:
        return TASKS[called]
    if "ranked_by" in entry:
        raise StoreError(
            f"dataset {name!r} has the task {called!r}, which is not registered; "
            f"import the module that calls mmbench.tasks.register_task for it. Known "
            f"tasks: {', '.join(TASKS)}."
        )
    return TASKS["multilabel" if entry.get("is_multilabel") else "classification"]


def size_text(entry: Mapping[str, Any]) -> str:
    """Return how large a dataset of ``plan.json`` is, in words.

    Parameters
    ----------
    entry : mapping of str to object
        The dataset's entry.

    Returns
    -------
    str
        Empty where the plan says nothing.

    Examples
    --------
    >>> size_text({"n_samples": 400, "size": "23 labels, several per sample"})
    '400 samples, 23 labels, several per sample'
    >>> size_text({"n_samples": 2670, "n_classes": 12})
    '2,670 samples, 12 classes'
    """
    n_samples = entry.get("n_samples")
    counted = count_text(n_samples, "sample") if isinstance(n_samples, int) else ""
    said = entry.get("size", _old_size(entry))
    return ", ".join(filter(None, (counted, str(said))))


def findings_of(entry: Mapping[str, Any]) -> list[Finding]:
    """Return the notices of a dataset as findings.

    Parameters
    ----------
    entry : mapping
        What ``plan.json`` says of it. That of an older version has no codes, so its
        notices are notes.

    Returns
    -------
    list of Finding
    """
    notices = map(plain_text, entry.get("notices") or ())
    codes = map(plain_text, entry.get("notice_codes") or ())
    pairs = itertools.zip_longest(notices, codes, fillvalue="")
    return [check_of(code or NOTE.code).found(text) for text, code in pairs if text]


def ignored_by(plan: Mapping[str, Any]) -> list[str] | None:
    """Return the codes of the checks whose warnings a run ignores.

    Parameters
    ----------
    plan : mapping
        What ``plan.json`` holds.

    Returns
    -------
    list of str or None
        None for a run of an older version, whose warnings have no codes.
    """
    ignored = plan.get("ignored")
    return None if ignored is None else list(map(plain_text, ignored))


def _old_size(entry: Mapping[str, Any]) -> str:
    n_classes = entry.get("n_classes")
    if not isinstance(n_classes, int):
        return ""
    if entry.get("is_multilabel"):
        return f"{count_text(n_classes, 'label')}, several per sample"
    return count_text(n_classes, "class")


def metrics_of(
    plan: Mapping[str, Any], task: Task, own: Iterable[Metric] = ()
) -> tuple[Metric, ...]:
    """Return the metrics that a dataset of some task was scored by.

    Parameters
    ----------
    plan : mapping
        What ``plan.json`` holds.
    task : Task
        The dataset's task.
    own : iterable of Metric
        Metrics that a user wrote, which the plan only names.

    Returns
    -------
    tuple of Metric
        In the plan's order; the task's main one if there is none. One that nobody knows
        here has neither words nor interval, only what the run recorded.
    """
    given = {metric.name: metric for metric in own}
    known = {**given, **task.metrics_by_name}
    others = all_metrics().keys() - known.keys()
    found = tuple(
        known.get(name) or _recorded(name, plan)
        for name in map(str, plan.get("scoring") or ())
        if name not in others
    )
    return found or (task.metrics_by_name[task.main_metric],)


def _recorded(name: str, plan: Mapping[str, Any]) -> Metric:
    """Return a metric of which only the recorded scores are known."""
    return Metric(
        name=name,
        label=name,
        description="a metric of the run's own, as it was recorded",
        greater_is_better=greater_is_better(plan, name),
        compute=_unknown,
        is_share=False,
    )


def _unknown(_target: Target, _prediction: Prediction) -> float:
    return math.nan
