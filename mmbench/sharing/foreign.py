"""Answers of a foreign model for the test rows of a run, as a method of that run."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from mmbench.columns import Column
from mmbench.errors import DataWarning, UnknownNameError, UsageError
from mmbench.report.judging.oof_predictions import Part, read_part
from mmbench.report.plan_reading import metrics_of, task_of
from mmbench.results import Record, ResultStore
from mmbench.sharing.answer_rows import AnswerRows, Given
from mmbench.spec import digest_of
from mmbench.tasks import Metric, Task, scores_of

__all__ = ["Added", "add_answers"]

SOURCE = "answers from elsewhere"
"""What the plan says in place of the class of a foreign method's predictor."""

_TOLD = (
    f"{DataWarning.__name__}: the answers were made elsewhere; whether the model was "
    f"trained on rows that it is scored on can't be checked here."
)


class Added(NamedTuple):
    """A method that was added to a run.

    Attributes
    ----------
    dataset, method : str
        Where, and what it is called.
    records : list of Record
        One per fold and seed.
    """

    dataset: str
    method: str
    records: list[Record]


def add_answers(
    run: ResultStore, given: Given, own_metrics: Sequence[Metric] = ()
) -> Added:
    """Score foreign answers, and make them a method of a run.

    Parameters
    ----------
    run : ResultStore
        The results folder. A method of that name that was added before is replaced.
    given : Given
        The answers.
    own_metrics : sequence of Metric, default=()
        Metrics that a user wrote, which the plan only names.

    Returns
    -------
    Added

    Raises
    ------
    UsageError
        When the run has a method of that name, has no such dataset, or lacks a method
        with all its trials whose rows could be taken.
    DataError
        When test rows lack answers or have several, ids are of no test row, or an
        answer is none of the task's.
    StoreError
        When the folder can't be read or written.
    """
    plan = run.plan()
    dataset = _dataset(plan, given.dataset)
    described = plan["methods"].get(given.name)
    if described is not None and not described.get("added"):
        raise UsageError(
            f"the run already has a method {given.name!r}; give the answers another "
            f"name."
        )
    _check_modalities(given, plan["datasets"][dataset])
    task = task_of(dataset, plan["datasets"][dataset])
    trials = _tested(plan, run, dataset)
    answers = AnswerRows(given, n_seeds=len({trial["seed"] for trial in trials}))
    found = {trial["key"]: run.predictions(trial["key"]) for trial in trials}
    answers.check_ids({str(i) for each in found.values() for i in each.sample_ids})
    metrics, beside = metrics_of(plan, task, own_metrics), run.records()
    entries = []
    for trial in trials:
        predictions = found[trial["key"]]
        part = read_part(task, predictions)
        arrays, scores = _scored(task, metrics, part, answers.of(trial, part.ids))
        record = _record(trial, beside[trial["key"]], given, scores)
        entries.append((record, predictions._replace(arrays=arrays)))
    records = [record for record, _ in entries]
    planned = _with_method(plan, dataset, given, dict(zip(found, records, strict=True)))
    with run.open(planned, run.environment()) as store:
        store.extend(entries)
    return Added(dataset, given.name, records)


def _dataset(plan: Mapping[str, Any], name: str | None) -> str:
    known = list(plan["datasets"])
    if name is None and len(known) > 1:
        raise UsageError(
            f"the run has {len(known)} datasets; say which one the predictions are "
            f"for (--dataset): {', '.join(known)}."
        )
    if name is not None and name not in known:
        raise UnknownNameError("dataset", name, known)
    return name or known[0]


def _check_modalities(given: Given, entry: Mapping[str, Any]) -> None:
    known = set((entry.get("modalities") or {}).values())
    for kind in given.modalities:
        if kind not in known:
            raise UnknownNameError("modality of the dataset", kind, known)


def _tested(
    plan: Mapping[str, Any], run: ResultStore, dataset: str
) -> list[Mapping[str, Any]]:
    """Return the trials of a method that has them all: they know the test rows."""
    records, by_method = run.records(), dict[str, list[Mapping[str, Any]]]()
    for trial in plan["trials"]:
        if trial["dataset"] == dataset:
            by_method.setdefault(trial["method"], []).append(trial)
    for method, trials in by_method.items():
        found = [records.get(trial["key"]) for trial in trials]
        is_own = not plan["methods"][method].get("added")
        if is_own and all(each and each.status == "ok" for each in found):
            return trials
    raise UsageError(
        f"no method has all its trials on {dataset!r}, so the test rows are not known; "
        "run the suite to its end first."
    )


def _scored(
    task: Task, metrics: Sequence[Metric], part: Part, columns: Mapping[str, Column]
) -> tuple[Mapping[str, Any], dict[str, float | None]]:
    prediction = task.answers.from_columns(columns, part.target)
    arrays = task.answers.dump(part.target, prediction)
    # As reports will read them back.
    target, prediction = task.answers.load(
        {name: np.asarray(array) for name, array in arrays.items()}
    )
    target = target._replace(weight=part.target.weight)
    return arrays, scores_of(metrics, target, prediction)


def _record(
    trial: Mapping[str, Any],
    beside: Record,
    given: Given,
    scores: Mapping[str, float | None],
) -> Record:
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    return Record(
        key=digest_of(SOURCE, given.name, trial["key"]),
        suite=beside.suite,
        dataset=trial["dataset"],
        method=given.name,
        fold=trial["fold"],
        seed=trial["seed"],
        status="ok",
        # What the run was scored by; None where that can't be computed here.
        scores={name: scores.get(name) for name in beside.scores},
        n_train=beside.n_train,
        n_test=beside.n_test,
        fit_time_s=given.fit_time_s,
        predict_time_s=given.predict_time_s,
        ended_at=now,
        warnings=(_TOLD,),
        versions=beside.versions,
    )


def _with_method(
    plan: Mapping[str, Any],
    dataset: str,
    given: Given,
    beside: Mapping[str, Record],
) -> dict[str, Any]:
    """Return the plan with the method and its trials.

    Which trial each was scored beside stands there, too, so that a run that goes on
    knows whether it is still of the same rows.
    """
    before = plan["methods"].get(given.name) or {}
    modalities = before.get("modalities", {}) | {dataset: "+".join(given.modalities)}
    method = {
        "digest": digest_of(SOURCE, given.name),
        "modalities": modalities,
        "extractors": "",
        "fusion": "",
        "classifier": SOURCE,
        "is_floor": False,
        "added": before.get("added", {}) | {r.key: key for key, r in beside.items()},
    }
    others = [each for each in plan["trials"] if not _is_of(each, dataset, given.name)]
    return {
        **plan,
        "methods": {**plan["methods"], given.name: method},
        "trials": [*others, *_trials(beside.values())],
    }


def _trials(records: Iterable[Record]) -> Iterator[dict[str, Any]]:
    names = ("key", "dataset", "method", "fold", "seed")
    for record in records:
        yield {name: getattr(record, name) for name in names}


def _is_of(trial: Mapping[str, Any], dataset: str, method: str) -> bool:
    return bool(trial["dataset"] == dataset and trial["method"] == method)
