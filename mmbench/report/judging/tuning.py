"""Tuned methods beside their defaults: what tuning added, and what it cost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from mmbench.report.judging.comparisons import Comparison, compared
from mmbench.report.judging.questions import PAIR, Ask
from mmbench.report.judging.scoring import Scores
from mmbench.report.run import OnDataset, Run

if TYPE_CHECKING:
    from mmbench.report.tables.methods import MethodRow

__all__ = [
    "TUNING_COLUMNS",
    "TuningCurve",
    "TuningRow",
    "tuning_curves",
    "tuning_rows",
]

_TUNED = "/tuned"
# What the outermost search of a tuned method is called in records; searches inside the
# method are named by the parameters where they stand.
_TUNERS = {
    "GridSearchCV": "random",
    "HalvingGridSearchCV": "halving",
    "OptunaSearchCV": "optuna",
}


_Search: TypeAlias = "tuple[str, Mapping[str, Any]]"


class TuningRow(NamedTuple):
    """A method, tuned and as it is.

    The fields are the columns of ``tables/tuning.csv``.

    Attributes
    ----------
    dataset, method, metric : str
        Which; the tuned one is called ``method/tuned``.
    default, tuned : float
        The scores, means over trials.
    estimate, low, high : float
        By how much the tuned one is better, with its 95 % interval, simultaneous over
        the methods of a dataset.
    p_value : float
        Of no difference, corrected likewise.
    conclusion : str
        ``"better"``, ``"worse"``, ``"equivalent"`` or ``"no significant difference"``.
    n_candidates : int
        Candidates that were tried in each trial, the default among them.
    n_other, n_trials : int
        In how many trials another candidate than the default was chosen, and of how
        many.
    cost_ratio : float
        The time to fit of the tuned one over that of the default.
    tuner : str
        How candidates were tried: ``"random"``, ``"halving"`` or ``"optuna"``.
    """

    dataset: str
    method: str
    metric: str
    default: float
    tuned: float
    estimate: float
    low: float
    high: float
    p_value: float
    conclusion: str
    n_candidates: int
    n_other: int
    n_trials: int
    cost_ratio: float
    tuner: str


TUNING_COLUMNS = TuningRow._fields


def tuning_rows(here: OnDataset, scores: Scores | None, run: Run) -> list[TuningRow]:
    """Compare every tuned method with its default.

    Parameters
    ----------
    here : OnDataset
        What was done on a dataset.
    scores : Scores or None
        The methods' scores there.
    run : Run
        What the results folder holds.

    Returns
    -------
    list of TuningRow
        In the order of the plan; empty where nothing was tuned, or no score has an
        interval.
    """
    rows = {row.method: row for row in here.rows if row.is_complete}
    known = {} if scores is None else scores.of
    pairs = [
        (name.removesuffix(_TUNED), name)
        for name in rows
        if name.endswith(_TUNED) and {name, name.removesuffix(_TUNED)} <= known.keys()
    ]
    if scores is None or not pairs:
        return []
    asks = [Ask(PAIR, tuned, "", [tuned], [default]) for default, tuned in pairs]
    found = compared(
        here.name,
        [*rows.values()],
        scores,
        {PAIR: len(run.datasets)},
        rope=run.rope,
        asks=asks,
    )
    return [
        _row(each, rows[default], rows[tuned], _searches(run, here, tuned))
        for each, (default, tuned) in zip(found, pairs, strict=True)
    ]


class TuningCurve(NamedTuple):
    """How far a search has come with each candidate.

    Attributes
    ----------
    method : str
        The method as it is.
    fusion : str
        Its kind of fusion; empty without any.
    gains : tuple of float
        Lead of the best candidate so far over the untuned method,
        in the inner folds: the mean over trials, the first being 0.
    """

    method: str
    fusion: str
    gains: tuple[float, ...]


def tuning_curves(here: OnDataset, run: Run) -> list[TuningCurve]:
    """Follow the searches of tuned methods, candidate by candidate.

    Parameters
    ----------
    here : OnDataset
        What was done on a dataset.
    run : Run
        What the results folder holds.

    Returns
    -------
    list of TuningCurve
        In the order of the plan. Without those of successive halving, whose scores are
        of other rows each round.
    """
    found = []
    for row in here.rows:
        if row.is_complete and row.method.endswith(_TUNED):
            gains = [_gains(each) for _, each in _searches(run, here, row.method)]
            if gains and all(gains):
                mean = tuple(map(fmean, zip(*gains, strict=False)))
                name = row.method.removesuffix(_TUNED)
                found.append(TuningCurve(name, row.fusion, mean))
    return found


def _gains(search: Mapping[str, Any]) -> list[float]:
    scores = [
        -math.inf if score is None else float(score)
        for score in search.get("mean_test_score", ())
    ]
    if "iter" in search or not scores or math.isinf(scores[0]):
        return []
    return [best - scores[0] for best in accumulate(scores, max)]


def _row(
    found: Comparison,
    default: MethodRow,
    tuned: MethodRow,
    searches: Sequence[_Search],
) -> TuningRow:
    times = default.fit_time_s_mean, tuned.fit_time_s_mean
    return TuningRow(
        dataset=found.dataset,
        method=default.method,
        metric=found.metric,
        default=default.scores.get(found.metric, math.nan),
        tuned=tuned.scores.get(found.metric, math.nan),
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        p_value=found.p_value,
        conclusion=found.conclusion,
        n_candidates=max((_n_candidates(each) for _, each in searches), default=0),
        n_other=sum(bool(each.get("best_params")) for _, each in searches),
        n_trials=len(searches),
        cost_ratio=times[1] / times[0] if times[0] > 0 else math.nan,
        tuner=next((_TUNERS[_class_of(name)] for name, _ in searches), ""),
    )


def _searches(run: Run, here: OnDataset, method: str) -> list[_Search]:
    """Return what the outermost search of each trial of a method is, and found."""
    keys = [trial["key"] for trial in here.trials if trial["method"] == method]
    records = [run.records[key] for key in keys if key in run.records]
    return [
        (name, found)
        for record in records
        for name, found in record.searches.items()
        if _class_of(name) in _TUNERS
    ]


def _class_of(name: str) -> str:
    """Return the class of a search whose name may say which label it is about."""
    return name.partition(" ")[0]


def _n_candidates(search: Mapping[str, Any]) -> int:
    """Count candidates; halving tries the good ones again on more rows."""
    rounds = search.get("iter") or [0] * len(search.get("params", ()))
    return sum(each == 0 for each in rounds)
