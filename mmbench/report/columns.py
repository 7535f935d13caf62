"""The columns of the ranked tables: what they are called and what counts as good."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mmbench.report.costs import CostRow
from mmbench.report.numbers import bytes_text, rate_text, score_text, seconds_text
from mmbench.report.speeds import SpeedRow
from mmbench.report.tables import MethodRow

__all__ = [
    "COLUMNS",
    "COST_COLUMNS",
    "COUNTED",
    "SCORES",
    "SPEEDS",
    "Column",
    "of_label_sets",
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
    std : str, optional
        The field that holds the deviation.
    """

    field: str
    label: str
    about: str
    text: Callable[[float], str] = score_text
    greater_is_better: bool = True
    std: str | None = None

    @property
    def metric(self) -> str:
        """The metric that a score is the mean of."""
        return self.field.removesuffix("_mean")

    def value(self, row: MethodRow | CostRow | SpeedRow) -> float:
        """Return the number, NaN where there is none."""
        return float(getattr(row, self.field))

    def merit(self, row: MethodRow) -> float:
        """Return the number turned so that the greater one is the better."""
        return self.value(row) if self.greater_is_better else -self.value(row)

    def show(self, row: MethodRow | CostRow | SpeedRow) -> str:
        """Return the number with its deviation, where it has one."""
        spread = float(getattr(row, self.std)) if self.std else math.nan
        text = self.text(self.value(row))
        return text if math.isnan(spread) else f"{text} ± {self.text(spread)}"

    def best(self, rows: Sequence[MethodRow]) -> str | None:
        """Return how the best number is written; the dummy's speed is no merit."""
        real = [row for row in rows if not row.is_dummy]
        known = [row for row in real if not math.isnan(self.value(row))]
        return self.text(self.value(max(known, key=self.merit))) if known else None


SCORES = (
    Column(
        field="f1_macro_mean",
        label="macro-F1",
        about="F1 averaged over classes, so that a rare one counts as much as any",
        std="f1_macro_std",
    ),
    Column(
        field="f1_micro_mean",
        label="micro-F1",
        about="F1 of all pairs of a sample and a label, so that each pair counts alike",
    ),
    Column(
        field="f1_samples_mean",
        label="sample-F1",
        about="F1 of each sample's own labels, averaged over samples",
    ),
    Column(
        field="average_precision_macro_mean",
        label="mAP",
        about="average precision of each label's ranking, averaged over labels",
    ),
    Column(
        field="accuracy_mean",
        label="accuracy",
        about="share of samples whose class is right",
        std="accuracy_std",
    ),
    Column(
        field="balanced_accuracy_mean",
        label="balanced accuracy",
        about="share of samples found in each class, averaged over classes",
    ),
    Column(
        field="roc_auc_ovr_mean",
        label="ROC AUC",
        about="how well each class is ranked before the rest, averaged over classes",
    ),
    Column(
        field="log_loss_mean",
        label="log loss",
        about="surprise at the true class in nats; the smaller the better",
        greater_is_better=False,
    ),
)
"""The scores, those that rank the methods first; a report shows those it has."""

# What a score is called where a sample may have several labels.
_OF_LABEL_SETS: dict[str, dict[str, Any]] = {
    "f1_macro_mean": {
        "about": "F1 averaged over labels, so that a rare one counts as much as any"
    },
    "accuracy_mean": {
        "label": "exact match",
        "std": None,
        "about": "share of samples given all their labels and no other",
    },
    "roc_auc_ovr_mean": {
        "about": "how well those with a label are ranked before the rest, averaged "
        "over labels"
    },
    "log_loss_mean": {
        "about": "surprise at whether a sample has a label, in nats, averaged over "
        "both; the smaller the better"
    },
}


def of_label_sets(column: Column) -> Column:
    """Return a column in the words that fit where a sample may have several labels.

    Examples
    --------
    >>> accuracy = next(score for score in SCORES if score.metric == "accuracy")
    >>> of_label_sets(accuracy).label
    'exact match'
    """
    return replace(column, **_OF_LABEL_SETS.get(column.field, {}))


COLUMNS = (
    *SCORES,
    Column(
        field="fit_time_s_mean",
        label="fit time",
        about="time to fit on the training rows of one fold, mean over folds",
        text=seconds_text,
        greater_is_better=False,
    ),
    Column(
        field="predict_samples_per_s",
        label="samples/s",
        about="samples predicted per second of prediction time",
        text=rate_text,
    ),
)
"""The numbers that a ranked table shows; ``tables/methods.csv`` has the others too."""

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
        about="most memory that a process held while it worked for the method",
        text=bytes_text,
        greater_is_better=False,
    ),
)
"""The costs of a method."""

COUNTED = Column(
    field="n_ok",
    label="trials",
    about="trials that are ok, which these are the costs of",
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
        about="a quarter of the repeats was slower than this",
        text=rate_text,
    ),
    Column(
        field="samples_per_s_q3",
        label="upper quartile",
        about="a quarter of the repeats was faster than this",
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
        about="time to answer for one sample that 95 % stay below",
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
