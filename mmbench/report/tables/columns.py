"""The columns of the ranked tables: what they are called and what counts as good."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mmbench.presentation.numbers import (
    bytes_text,
    number_text,
    rate_text,
    score_text,
    seconds_text,
)
from mmbench.report.tables.costs import CostRow
from mmbench.report.tables.methods import MethodRow
from mmbench.report.tables.speeds import SpeedRow
from mmbench.tasks import Metric

__all__ = [
    "COLUMNS",
    "COST_COLUMNS",
    "COUNTED",
    "QUERIES",
    "SPEEDS",
    "Column",
    "ScoreColumn",
    "score_columns",
]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One number of a method, as a report shows it.

    Parameters
    ----------
    field : str
        The field of `MethodRow`, `CostRow` or `SpeedRow`.
    label : str
        The heading; for a score, also its name in a sentence.
    about : str
        What it is, in a few words.
    text : callable
        Writes the number.
    greater_is_better : bool, default=True
        Its direction.
    """

    field: str
    label: str
    about: str
    text: Callable[[float], str] = score_text
    greater_is_better: bool = True

    def value(self, row: MethodRow | CostRow | SpeedRow) -> float:
        """Return the number, NaN where there is none.

        Parameters
        ----------
        row : MethodRow, CostRow or SpeedRow
            A row that has the column's field.

        Returns
        -------
        float
            In the column's unit.
        """
        return float(getattr(row, self.field))

    def spread(self, row: MethodRow | CostRow | SpeedRow) -> float:  # noqa: ARG002
        """Return the standard deviation over folds, NaN where it is not shown.

        Parameters
        ----------
        row : MethodRow, CostRow or SpeedRow
            A row that has the column's field.

        Returns
        -------
        float
            In the column's unit.
        """
        return math.nan

    def merit(self, row: MethodRow) -> float:
        """Return the number turned so that the greater one is the better.

        Parameters
        ----------
        row : MethodRow
            A row that has the column's field.

        Returns
        -------
        float
            NaN where there is no number.
        """
        return self.value(row) if self.greater_is_better else -self.value(row)

    def show(self, row: MethodRow | CostRow | SpeedRow) -> str:
        """Return the number with its deviation, where it has one.

        Parameters
        ----------
        row : MethodRow, CostRow or SpeedRow
            A row that has the column's field.

        Returns
        -------
        str
            A dash where there is no number.
        """
        spread, text = self.spread(row), self.text(self.value(row))
        return text if math.isnan(spread) else f"{text} ± {self.text(spread)}"

    def best(self, rows: Sequence[MethodRow]) -> str | None:
        """Return how the best number is written; a floor's speed is no merit.

        Parameters
        ----------
        rows : sequence of MethodRow
            The ranked methods.

        Returns
        -------
        str or None
            None where no method has a number.
        """
        real = [row for row in rows if not row.is_floor]
        known = [row for row in real if not math.isnan(self.value(row))]
        return self.text(self.value(max(known, key=self.merit))) if known else None


@dataclass(frozen=True, kw_only=True)
class ScoreColumn(Column):
    """The mean score of a method.

    Parameters
    ----------
    field, label, about, text, greater_is_better
        As in `Column`.
    metric : Metric
        What it is the mean of.
    """

    metric: Metric

    def value(self, row: Any) -> float:
        """Return the mean, NaN where there is none."""
        return float(row.scores.get(self.metric.name, math.nan))

    def spread(self, row: Any) -> float:
        """Return the standard deviation over folds, NaN where it is not shown."""
        shown = row.stds if self.metric.shows_spread else {}
        return float(shown.get(self.metric.name, math.nan))


def score_columns(metrics: Iterable[Metric]) -> tuple[ScoreColumn, ...]:
    """Return the columns of some metrics.

    Parameters
    ----------
    metrics : iterable of Metric
        The metrics, in the order of the columns.

    Returns
    -------
    tuple of ScoreColumn
        One a metric.
    """
    return tuple(
        ScoreColumn(
            field=f"{metric.name}_mean",
            label=metric.label,
            about=metric.description,
            text=score_text if metric.is_share else number_text,
            greater_is_better=metric.greater_is_better,
            metric=metric,
        )
        for metric in metrics
    )


COLUMNS = (
    Column(
        field="fit_time_s_mean",
        label="fit time",
        about="time to fit on the training rows of one fold, mean over folds",
        text=seconds_text,
        greater_is_better=False,
    ),
    Column(
        field="samples_per_s",
        label="samples/s",
        about="samples predicted per second: measured alone, or else in the trials",
        text=rate_text,
    ),
)
"""The numbers of a ranked table beside scores."""

COST_COLUMNS = (
    Column(
        field="standalone_s",
        label="standalone",
        about="time of all the work under the method, as if it had been run alone",
        text=seconds_text,
        greater_is_better=False,
    ),
    Column(
        field="marginal_s",
        label="marginal",
        about="time of the work that no other method here needed",
        text=seconds_text,
        greater_is_better=False,
    ),
    Column(
        field="peak_rss_bytes",
        label="peak memory",
        about="peak memory of a process while it worked for the method",
        text=bytes_text,
        greater_is_better=False,
    ),
)
"""The costs of a method."""

COUNTED = Column(
    field="n_ok",
    label="trials",
    about="trials that are ok, whose costs these are",
    text=lambda value: f"{value:.0f}",
)
"""How many trials the costs are of."""

SPEEDS = (
    Column(
        field="samples_per_s",
        label="samples/s",
        about="samples answered per second in large batches, median over repeats",
        text=rate_text,
    ),
    Column(
        field="samples_per_s_q1",
        label="lower quartile",
        about="a quarter of the repeats were slower than this",
        text=rate_text,
    ),
    Column(
        field="samples_per_s_q3",
        label="upper quartile",
        about="a quarter of the repeats were faster than this",
        text=rate_text,
    ),
    Column(
        field="latency_p50_s",
        label="latency p50",
        about="time to answer for one sample, median",
        text=seconds_text,
        greater_is_better=False,
    ),
    Column(
        field="latency_p95_s",
        label="latency p95",
        about="95th percentile of the time to answer for one sample",
        text=seconds_text,
        greater_is_better=False,
    ),
    Column(
        field="model_bytes",
        label="model size",
        about="size of all that was learnt from one fold's training rows",
        text=bytes_text,
        greater_is_better=False,
    ),
)
"""What is measured with the machine to itself."""

QUERIES = Column(
    field="queries_per_s",
    label="queries/s",
    about="queries embedded and ranked per second, among the items of the timed batch; "
    "samples/s is how many pairs are indexed: embedded on both sides",
    text=rate_text,
)
"""What is measured where a task ranks."""
