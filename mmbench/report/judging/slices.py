"""How well methods do on parts of a dataset, such as the values of a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.errors import StoreError
from mmbench.presentation.numbers import count_text, score_text
from mmbench.presentation.sentences import Name, Sentence, capital
from mmbench.report.judging.oof_predictions import contributions_of, read_part
from mmbench.report.run import OnDataset
from mmbench.stats import Resamples, bootstrap_interval
from mmbench.tasks import sums_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.results import Predictions
    from mmbench.tasks import Metric

__all__ = ["SLICE_COLUMNS", "SliceRow", "slice_rows", "worst_slice"]

# Of a slice with fewer samples, no interval is worth drawing.
_FEWEST_SAMPLES = 10


class SliceRow(NamedTuple):
    """The score of one method on one slice of a dataset, over all folds.

    The fields are the columns of ``tables/slices.csv``.

    Attributes
    ----------
    dataset, column, slice, method, metric : str
        Their names.
    n_samples : int
        Scored samples of the slice; one that several seeds test counts each time.
    score : float
        On all rows of the slice together.
    low, high : float or None
        The interval, simultaneous over the slices of the column at 95 % (Bonferroni);
        None where there are fewer than ten samples, or all of them score the same.
    overall : float
        The score on all rows.
    """

    dataset: str
    column: str
    slice: str
    method: str
    metric: str
    n_samples: int
    score: float
    low: float | None
    high: float | None
    overall: float


SLICE_COLUMNS = SliceRow._fields


def slice_rows(
    here: OnDataset,
    methods: Sequence[str],
    slices: Mapping[str, Any],
    read: Callable[[str], Predictions],
) -> list[SliceRow]:
    """Return the scores of methods on every slice.

    Parameters
    ----------
    here : OnDataset
        What was done on a dataset.
    methods : sequence of str
        Those to score.
    slices : mapping of str to object
        What ``slices.json`` says of the dataset.
    read : callable
        Returns the predictions of a key.

    Returns
    -------
    list of SliceRow
        By column, slice and method; empty where the metric is not a function of sums or
        rows can't be scored apart.
    """
    metric, columns = here.compared_by, slices.get("columns") or {}
    if metric is None or not columns or not here.task.independent_rows:
        return []
    rows: dict[tuple[str, str], list[SliceRow]] = {}
    for method in methods:
        try:
            known = _Known.of(here, method, metric, read)
        except StoreError:
            continue  # the report says which predictions can't be read
        for column, said in columns.items():
            code = dict(zip(slices["ids"], said["codes"], strict=True))
            codes = np.array([code.get(each, -1) for each in known.ids.tolist()])
            for number, name in enumerate(said["names"]):
                row = known.on(codes == number, len(said["names"]))
                if row:
                    found = SliceRow(here.name, column, name, method, metric.name, *row)
                    rows.setdefault((column, name), []).append(found)
    return [
        row
        for column, said in columns.items()
        for name in said["names"]
        for row in rows.get((column, name), ())
    ]


class _Known(NamedTuple):
    """What one method's predictions contribute to a metric, row by row."""

    metric: Metric
    ids: NDArray[Any]
    units: NDArray[Any]
    contributions: Any

    @classmethod
    def of(
        cls,
        here: OnDataset,
        method: str,
        metric: Metric,
        read: Callable[[str], Predictions],
    ) -> _Known:
        keys = [trial["key"] for trial in here.trials if trial["method"] == method]
        parts = [read_part(here.task, read(key)) for key in keys]
        pairs = [(part.target, part.prediction) for part in parts]
        return cls(
            metric,
            np.concatenate([part.ids for part in parts]),
            np.concatenate([part.units for part in parts]),
            contributions_of(here.task, pairs, metric.as_sums[0]),
        )

    def on(
        self, rows: NDArray[np.bool_], n_slices: int
    ) -> tuple[int, float, float | None, float | None, float] | None:
        """Return size, score, both ends of the interval and the overall score."""
        if not rows.any() or len(self.units) != len(self.ids):
            return None
        _, value = self.metric.as_sums
        some = self.contributions[np.flatnonzero(rows)]
        n, score = int(rows.sum()), float(value(sums_of(some)))
        overall = float(value(sums_of(self.contributions)))
        units = np.unique(self.units[rows], return_inverse=True)[1]
        if len(np.unique(units)) < _FEWEST_SAMPLES:
            return n, score, None, None, overall
        resamples = Resamples(units)
        drawn = value(resamples.sums_of_blocks(resamples.by_block(some)))
        n_outcomes = resamples.n_units if self.metric.is_share else None
        level = 1 - 0.05 / n_slices
        found = bootstrap_interval(score, drawn, n_outcomes=n_outcomes, level=level)
        if np.isnan(found.low):
            return n, score, None, None, overall
        return n, score, found.low, found.high, overall


def worst_slice(rows: Sequence[SliceRow], metric: Metric) -> list[Sentence]:
    """Name the slice of each column that the best method does worst on.

    Parameters
    ----------
    rows : sequence of SliceRow
        Those of one dataset; the first method is the best.
    metric : Metric
        What they are scored by.

    Returns
    -------
    list of Sentence
        One per column of two slices or more with an interval.
    """
    best = [row for row in rows if row.method == rows[0].method]
    known = [row for row in best if row.low is not None]
    names = dict.fromkeys(row.column for row in known)
    columns = {name: [row for row in known if row.column == name] for name in names}
    return [
        _sentence(own, metric) for own in columns.values() if len(own) >= _FEWEST_SLICES
    ]


def _sentence(rows: Sequence[SliceRow], metric: Metric) -> Sentence:
    sign = 1 if metric.greater_is_better else -1
    worst = min(rows, key=lambda row: sign * row.score)
    assert worst.low is not None  # noqa: S101 - left out by the caller
    assert worst.high is not None  # noqa: S101 - both ends or none
    is_inside = worst.low <= worst.overall <= worst.high
    verb = "includes" if is_inside else "excludes"
    most = "lowest" if sign > 0 else "highest"
    n = count_text(worst.n_samples, "sample")
    interval = f"{score_text(worst.low)} to {score_text(worst.high)}"
    where = f" is {most} where {worst.column} is {worst.slice}"
    said = f"{score_text(worst.score)} on {n} (95 % CI {interval}"
    over = f"simultaneous over {len(rows)} slices, which {verb} the"
    end = f"{where}: {said}, {over} {score_text(worst.overall)} on all)."
    return capital(f"{metric.label} of "), Name(worst.method), end


_FEWEST_SLICES = 2
