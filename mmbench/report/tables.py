"""The numbers of a report, one row a method, a trial or a failure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mmbench.results import Record
from mmbench.stats import MeanStd, mean_std

__all__ = [
    "FAILURE_COLUMNS",
    "MethodRow",
    "failure_rows",
    "method_rows",
    "method_table",
    "multilabel_datasets",
    "trial_rows",
]

FAILURE_COLUMNS = (
    *("dataset", "method", "fold", "seed"),
    *("status", "reason", "traceback", "key"),
)

NOT_RUN = "not_run"
"""The status, in a table, of a planned trial that left no record."""


class MethodRow(NamedTuple):
    """One method on one dataset, over its trials that are ok.

    The fields are the columns of ``tables/methods.csv``, in their order; the last three
    only where `method_table` says so. A number is NaN when no trial gave it, or when
    only some of the trials that are ok did: no mean is taken over another set of trials
    than ``n_ok`` says. Deviations have ``n_ok - 1`` in their denominator. A throughput
    is all samples over all seconds.
    """

    dataset: str
    method: str
    modalities: str
    extractors: str
    fusion: str
    classifier: str
    n_ok: int
    n_planned: int
    accuracy_mean: float
    accuracy_std: float
    balanced_accuracy_mean: float
    precision_macro_mean: float
    recall_macro_mean: float
    f1_macro_mean: float
    f1_macro_std: float
    f1_weighted_mean: float
    log_loss_mean: float
    roc_auc_ovr_mean: float
    fit_time_s_mean: float
    predict_time_s_mean: float
    fit_samples_per_s: float
    predict_samples_per_s: float
    f1_micro_mean: float = math.nan
    f1_samples_mean: float = math.nan
    average_precision_macro_mean: float = math.nan

    @property
    def is_complete(self) -> bool:
        """Whether every planned trial is ok, so that it may be ranked."""
        return self.n_ok == self.n_planned > 0

    @property
    def is_dummy(self) -> bool:
        """Whether it only knows how frequent the classes are."""
        return self.classifier == "DummyClassifier" or self.method == "dummy"

    @property
    def is_single(self) -> bool:
        """Whether it looks at one modality alone."""
        return bool(self.modalities) and not (self.is_dummy or "+" in self.modalities)

    @property
    def is_multimodal(self) -> bool:
        """Whether it looks at several modalities."""
        return "+" in self.modalities and not self.is_dummy


_OF_LABEL_SETS = range(MethodRow._fields.index("f1_micro_mean"), len(MethodRow._fields))


def method_rows(
    plan: Mapping[str, Any], records: Mapping[str, Record]
) -> list[MethodRow]:
    """Return a row for every planned pair of dataset and method.

    Parameters
    ----------
    plan : mapping
        What ``plan.json`` holds.
    records : mapping of str to Record
        The last record of each key; those of other plans are ignored.

    Returns
    -------
    list of MethodRow
        In the order of the plan's trials.
    """
    trials: dict[tuple[str, str], list[Record | None]] = defaultdict(list)
    for trial in plan["trials"]:
        trials[trial["dataset"], trial["method"]].append(records.get(trial["key"]))
    return [
        _method_row(dataset, method, plan["methods"][method], found)
        for (dataset, method), found in trials.items()
    ]


def _method_row(
    dataset: str,
    method: str,
    described: Mapping[str, Any],
    found: Sequence[Record | None],
) -> MethodRow:
    ok = [record for record in found if record is not None and record.status == "ok"]
    accuracy, f1_macro = _score(ok, "accuracy"), _score(ok, "f1_macro")
    return MethodRow(
        dataset=dataset,
        method=method,
        modalities=_text(_modalities(described, dataset)),
        extractors=_text(described.get("extractors")),
        fusion=_text(described.get("fusion")),
        classifier=_text(described.get("classifier")),
        n_ok=len(ok),
        n_planned=len(found),
        accuracy_mean=accuracy.mean,
        accuracy_std=accuracy.std,
        balanced_accuracy_mean=_score(ok, "balanced_accuracy").mean,
        precision_macro_mean=_score(ok, "precision_macro").mean,
        recall_macro_mean=_score(ok, "recall_macro").mean,
        f1_macro_mean=f1_macro.mean,
        f1_macro_std=f1_macro.std,
        f1_weighted_mean=_score(ok, "f1_weighted").mean,
        log_loss_mean=_score(ok, "log_loss").mean,
        roc_auc_ovr_mean=_score(ok, "roc_auc_ovr").mean,
        fit_time_s_mean=mean_std(_numbers(r.fit_time_s for r in ok)).mean,
        predict_time_s_mean=mean_std(_numbers(r.predict_time_s for r in ok)).mean,
        fit_samples_per_s=_rate((r.n_train, r.fit_time_s) for r in ok),
        predict_samples_per_s=_rate((r.n_test, r.predict_time_s) for r in ok),
        f1_micro_mean=_score(ok, "f1_micro").mean,
        f1_samples_mean=_score(ok, "f1_samples").mean,
        average_precision_macro_mean=_score(ok, "average_precision_macro").mean,
    )


def multilabel_datasets(plan: Mapping[str, Any]) -> frozenset[str]:
    """Return the datasets of a plan whose samples may have several labels."""
    return frozenset(
        name for name, entry in plan["datasets"].items() if entry.get("is_multilabel")
    )


def method_table(
    plan: Mapping[str, Any], rows: Sequence[MethodRow]
) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Return the header and the rows of ``tables/methods.csv``.

    Parameters
    ----------
    plan : mapping
        What ``plan.json`` holds.
    rows : sequence of MethodRow
        What `method_rows` returned, in any order.

    Returns
    -------
    (tuple of str, list of tuple)
        The scores of label sets are columns where the plan has a dataset of several
        labels a sample, or some method such a score. All other runs have the columns
        that they always had.
    """
    known = any(not math.isnan(float(row[i])) for row in rows for i in _OF_LABEL_SETS)
    n = None if known or multilabel_datasets(plan) else _OF_LABEL_SETS.start
    return MethodRow._fields[:n], [row[:n] for row in rows]


def trial_rows(
    plan: Mapping[str, Any], records: Mapping[str, Record]
) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Return the header and the rows of ``tables/trials.csv``: one a planned trial."""
    metrics = [_text(metric) for metric in plan.get("scoring") or ()]
    header = (
        *("dataset", "method", "fold", "seed", "status", "reason"),
        *("n_train", "n_test", *metrics, "fit_time_s", "predict_time_s", "key"),
    )
    rows: list[tuple[object, ...]] = []
    for trial in plan["trials"]:
        key = trial["key"]
        start = (trial["dataset"], trial["method"], trial["fold"], trial["seed"])
        record = records.get(key)
        if record is None:
            rows.append((*start, NOT_RUN, *[None] * (len(header) - 6), key))
            continue
        scores = [record.scores.get(metric) for metric in metrics]
        end = (*scores, record.fit_time_s, record.predict_time_s, key)
        counts = (record.status, record.reason, record.n_train, record.n_test)
        rows.append((*start, *counts, *end))
    return header, rows


def failure_rows(
    plan: Mapping[str, Any], records: Mapping[str, Record]
) -> list[tuple[object, ...]]:
    """Return the rows of ``tables/failures.csv``: one a trial that is not ok."""
    return [
        (
            *(trial["dataset"], trial["method"], trial["fold"], trial["seed"]),
            *(record.status, record.reason, record.traceback, record.key),
        )
        for trial, record in planned_records(plan, records)
        if record.status != "ok"
    ]


def planned_records(
    plan: Mapping[str, Any], records: Mapping[str, Record]
) -> Iterator[tuple[Mapping[str, Any], Record]]:
    """Yield each planned trial that left a record, with that record."""
    for trial in plan["trials"]:
        if trial["key"] in records:
            yield trial, records[trial["key"]]


def _modalities(described: Mapping[str, Any], dataset: str) -> object:
    value = described.get("modalities")
    return value.get(dataset) if isinstance(value, Mapping) else value


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _score(ok: Sequence[Record], metric: str) -> MeanStd:
    return mean_std(_numbers(record.scores.get(metric) for record in ok))


def _numbers(values: Iterable[float | None]) -> list[float]:
    return [math.nan if value is None else value for value in values]


def _rate(pairs: Iterable[tuple[int | None, float | None]]) -> float:
    """Return samples a second over all trials, NaN when a trial's are not known."""
    samples = seconds = 0.0
    for n, duration in pairs:
        if not n or duration is None:
            return math.nan
        samples, seconds = samples + n, seconds + duration
    return samples / seconds if seconds > 0 else math.nan
