"""The scores of the methods on one dataset, under the same resamples."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mmbench.report.answers import Answers
from mmbench.report.columns import SCORES
from mmbench.stats import (
    Interval,
    Resamples,
    bootstrap_interval,
    f1_of_classes,
    label_counts,
    label_score,
    scores_for,
)

__all__ = ["Scores"]


class Scores:
    """The scores of all methods on one dataset, with those of every resample.

    Parameters
    ----------
    answers : Answers
        What the methods answered.
    metric : str
        One of :data:`mmbench.stats.LABEL_SCORES`.
    test_share : float
        Test rows over training rows of a fold.
    """

    def __init__(self, answers: Answers, metric: str, test_share: float) -> None:
        self.answers, self.metric, self.test_share = answers, metric, test_share

    @cached_property
    def resamples(self) -> Resamples:
        """The draws of the samples."""
        return Resamples(self.answers.units)

    @cached_property
    def metrics(self) -> frozenset[str]:
        """The scores of labels that a report shows and that are defined here."""
        shown = {self.metric, *(column.metric for column in SCORES)}
        return frozenset(shown.intersection(scores_for(self.answers.y)))

    @cached_property
    def of(self) -> dict[str, float]:
        """The score of every method on all rows together."""
        return self.by(self.metric)

    def by(self, metric: str) -> dict[str, float]:
        """Return the score of every method by some metric."""
        y, n_classes = self.answers.y, self.answers.n_classes
        return {
            name: float(label_score(metric, label_counts(y, answer, n_classes)))
            for name, answer in self.answers.predicted.items()
        }

    @cached_property
    def draws(self) -> dict[str, NDArray[np.float64]]:
        """The score of every method under every resample."""
        return self.draws_by(self.metric)

    def draws_by(self, metric: str) -> dict[str, NDArray[np.float64]]:
        """Return the score of every method under every resample, by a metric."""
        return {name: drawn[metric] for name, drawn in self._drawn.items()}

    @cached_property
    def _drawn(self) -> dict[str, dict[str, NDArray[np.float64]]]:
        """The scores by method and metric; counting is what takes the time."""
        y, n_classes = self.answers.y, self.answers.n_classes
        support = self.resamples.label_counts(y, y, n_classes).support
        found = {}
        for name, answer in self.answers.predicted.items():
            counts = self.resamples.label_counts(y, answer, n_classes, support=support)
            found[name] = {
                metric: label_score(metric, counts) for metric in self.metrics
            }
        return found

    def interval(self, method: str) -> Interval:
        """Return the score of a method with its 95 % interval."""
        return bootstrap_interval(self.of[method], self.draws[method])

    def f1_of_classes(self, method: str) -> list[Interval]:
        """Return the F1 score of every class, with its 95 % interval."""
        y, n_classes = self.answers.y, self.answers.n_classes
        answer = self.answers.predicted[method]
        found = f1_of_classes(label_counts(y, answer, n_classes))
        drawn = f1_of_classes(self.resamples.label_counts(y, answer, n_classes))
        return [bootstrap_interval(*each) for each in zip(found, drawn, strict=True)]

    def fold_scores(self, method: str) -> NDArray[np.float64]:
        """Return the score of a method in every fold of every seed."""
        answers = self.answers
        rows = [answers.folds == fold for fold in range(answers.n_folds)]
        predicted = answers.predicted[method]
        counts = (
            label_counts(answers.y[row], predicted[row], answers.n_classes)
            for row in rows
        )
        return np.array([float(label_score(self.metric, each)) for each in counts])
