"""The numbers of a report, one row per method, a trial or a failure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mmbench.results import Record
from mmbench.stats import MeanStd, mean_std
from mmbench.tasks import Metric

__all__ = [
    "FAILURE_COLUMNS",
    "MethodRow",
    "failure_rows",
    "method_rows",
    "method_table",
    "trial_rows",
]

FAILURE_COLUMNS = (
    *("dataset", "method", "fold", "seed"),
    *("status", "reason", "traceback", "key"),
)

NOT_RUN = "not_run"
"""The status, in a table, of a planned trial that left no record."""


_OLD_ORDER = (
    *("accuracy", "balanced_accuracy", "precision_macro", "recall_macro"),
    *("f1_macro", "f1_weighted", "log_loss", "roc_auc_ovr"),
)
"""Scores that ``tables/methods.csv`` has always had, in this order."""

_AFTER_TIMES = ("f1_micro", "f1_samples", "average_precision_macro")
"""Scores that it got later, and which stand behind the others."""


class MethodRow(NamedTuple):
    """One method on one dataset, over its trials that are ok.

    A number is NaN when no trial gave it, or when only some of the trials that are ok
    did: no mean is taken over another set of trials than ``n_ok`` says. Deviations have
    ``n_ok - 1`` in their denominator. A throughput is all samples over all seconds.

    Attributes
    ----------
    dataset, method : str
        Their names.
    modalities, extractors, fusion, classifier : str
        What the plan says of the method.
    n_ok, n_planned : int
        Trials.
    scores, stds : mapping of str to float
        The mean of every metric over trials, and the deviation.
    fit_time_s_mean, predict_time_s_mean : float
        Seconds.
    fit_samples_per_s, predict_samples_per_s : float
        Rates.
    is_floor : bool
        Whether it looks at nothing.
    samples_per_s : float
        The speed that a report shows: as measured alone where all methods on the
        dataset were, else that of the trials (`predict_samples_per_s`).
    members : tuple of str
        The methods that it joins, where the plan says so.
    """

    dataset: str
    method: str
    modalities: str
    extractors: str
    fusion: str
    classifier: str
    n_ok: int
    n_planned: int
    scores: Mapping[str, float] = {}
    stds: Mapping[str, float] = {}
    fit_time_s_mean: float = math.nan
    predict_time_s_mean: float = math.nan
    fit_samples_per_s: float = math.nan
    predict_samples_per_s: float = math.nan
    is_floor: bool = False
    samples_per_s: float = math.nan
    members: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether every planned trial is ok, so that it may be ranked."""
        return self.n_ok == self.n_planned > 0

    @property
    def floor_name(self) -> str:
        """What sentences call it where it is a floor."""
        return "the dummy" if self.method == "dummy" else f"the floor {self.method}"

    @property
    def is_single(self) -> bool:
        """Whether it looks at one modality alone."""
        return bool(self.modalities) and not (self.is_floor or "+" in self.modalities)

    @property
    def is_multimodal(self) -> bool:
        """Whether it looks at several modalities."""
        return "+" in self.modalities and not self.is_floor


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
    metrics = [_text(metric) for metric in plan.get("scoring") or ()]
    return [
        _method_row((dataset, method), plan["methods"][method], found, metrics)
        for (dataset, method), found in trials.items()
    ]


def _method_row(
    pair: tuple[str, str],
    described: Mapping[str, Any],
    found: Sequence[Record | None],
    metrics: Sequence[str],
) -> MethodRow:
    ok = [record for record in found if record is not None and record.status == "ok"]
    dataset, method = pair
    classifier = _text(described.get("classifier"))
    scores = {metric: _score(ok, metric) for metric in metrics}
    rate = _rate((r.n_test, r.predict_time_s) for r in ok)
    return MethodRow(
        dataset=dataset,
        method=method,
        modalities=_text(_modalities(described, dataset)),
        extractors=_text(described.get("extractors")),
        fusion=_text(described.get("fusion")),
        classifier=classifier,
        n_ok=len(ok),
        n_planned=len(found),
        scores={name: score.mean for name, score in scores.items()},
        stds={name: score.std for name, score in scores.items()},
        fit_time_s_mean=mean_std(_numbers(r.fit_time_s for r in ok)).mean,
        predict_time_s_mean=mean_std(_numbers(r.predict_time_s for r in ok)).mean,
        fit_samples_per_s=_rate((r.n_train, r.fit_time_s) for r in ok),
        predict_samples_per_s=rate,
        is_floor=bool(described.get("is_floor", classifier.startswith("Dummy"))),
        samples_per_s=rate,
        members=tuple(described.get("members") or ()),
    )


def method_table(
    rows: Sequence[MethodRow], metrics: Iterable[Metric]
) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Return the header and the rows of ``tables/methods.csv``.

    Parameters
    ----------
    rows : sequence of MethodRow
        What `method_rows` returned, in any order.
    metrics : iterable of Metric
        Those that some dataset was scored by, in the plan's order.

    Returns
    -------
    (tuple of str, list of tuple)
        A column, or two with the deviation, for each metric.
    """
    spread: dict[str, bool] = {}
    for metric in metrics:
        spread[metric.name] = spread.get(metric.name, False) or metric.shows_spread
    names = sorted(spread, key=_place)
    late = [name for name in names if name in _AFTER_TIMES]
    early = [name for name in names if name not in _AFTER_TIMES]
    start, end = MethodRow._fields[:8], MethodRow._fields[10:14]
    header = (*start, *_headings(early, spread), *end, *_headings(late, spread))
    return header, [
        (
            *row[:8],
            *_cells(row, early, spread),
            *row[10:14],
            *_cells(row, late, spread),
        )
        for row in rows
    ]


def _place(metric: str) -> int:
    return _OLD_ORDER.index(metric) if metric in _OLD_ORDER else len(_OLD_ORDER)


def _headings(names: Iterable[str], spread: Mapping[str, bool]) -> Iterator[str]:
    for name in names:
        yield f"{name}_mean"
        if spread[name]:
            yield f"{name}_std"


def _cells(
    row: MethodRow, names: Iterable[str], spread: Mapping[str, bool]
) -> Iterator[float]:
    for name in names:
        yield row.scores.get(name, math.nan)
        if spread[name]:
            yield row.stds.get(name, math.nan)


def trial_rows(
    plan: Mapping[str, Any], records: Mapping[str, Record]
) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Return the header and the rows of ``tables/trials.csv``: one a planned trial.

    Parameters
    ----------
    plan : mapping of str to object
        The content of ``plan.json``.
    records : mapping of str to Record
        The last record of each key.

    Returns
    -------
    tuple of (tuple, list of tuple)
        The names of the columns, and one row per trial.
    """
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
    """Return the rows of ``tables/failures.csv``: one per trial that is not ok.

    Parameters
    ----------
    plan : mapping of str to object
        The content of ``plan.json``.
    records : mapping of str to Record
        The last record of each key.

    Returns
    -------
    list of tuple
        Dataset, method, fold, seed, status, reason, traceback and key.
    """
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
    """Yield each planned trial that left a record, with that record.

    Parameters
    ----------
    plan : mapping of str to object
        The content of ``plan.json``.
    records : mapping of str to Record
        The last record of each key.

    Yields
    ------
    tuple of (mapping, Record)
        In the order of the plan.
    """
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
    """Return samples per second over all trials, NaN when a trial's are not known."""
    samples = seconds = 0.0
    for n, duration in pairs:
        if not n or duration is None:
            return math.nan
        samples, seconds = samples + n, seconds + duration
    return samples / seconds if seconds > 0 else math.nan
