"""What a method scores in its run, with intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from mmbench.presentation.numbers import score_text
from mmbench.report.judging.verdicts import Judgement
from mmbench.report.run import OnDataset
from mmbench.stats import bootstrap_interval

__all__ = ["Score", "scores_of_method"]


class Score(NamedTuple):
    """A score of a method.

    Attributes
    ----------
    label : str
        What it is called.
    score : float
        Over all test rows where it has an interval, else its mean over folds.
    low, high : float or None
        The ends of its 95 % interval.
    """

    label: str
    score: float
    low: float | None = None
    high: float | None = None

    @property
    def interval(self) -> str:
        """The interval in words; empty without one."""
        if self.low is None or self.high is None:
            return ""
        return f"{score_text(self.low)} to {score_text(self.high)}"


def scores_of_method(
    method: str, here: OnDataset, judgement: Judgement
) -> Iterator[Score]:
    """Yield the scores of a method.

    Parameters
    ----------
    method : str
        The method.
    here : OnDataset
        What was done on the dataset.
    judgement : Judgement
        Has the predictions.

    Yields
    ------
    Score
        Those that tables show, in their order.
    """
    row = next(row for row in here.rows if row.method == method)
    pooled = judgement.pooled
    said = None if pooled is None else pooled.methods.get(method)
    for column in here.leaderboard.scores:
        score, metric = column.value(row), column.metric
        if math.isnan(score):
            continue
        if pooled is None or said is None or not metric.has_interval:
            yield Score(column.label, score)
            continue
        count, value = metric.as_sums
        if count not in said.counted:
            yield Score(column.label, score)
            continue
        over_all = float(value(pooled.sums(method, count)))
        drawn = value(pooled.resampled_sums(method, count))
        n_outcomes = pooled.resamples.n_units if metric.is_share else None
        found = bootstrap_interval(over_all, drawn, n_outcomes=n_outcomes)
        if math.isnan(found.low):
            yield Score(column.label, over_all)
        else:
            yield Score(column.label, over_all, found.low, found.high)
