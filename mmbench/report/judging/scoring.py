"""The scores of the methods on one dataset, and how certain their differences are."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.stats import Estimates
from mmbench.tasks import Metric, PooledPredictions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.report.judging.trained_anew import TrainedAnew

    Floats = NDArray[np.float64]

__all__ = ["Scores"]


class Scores:
    """The scores of all methods on one dataset.

    All are turned so that the greater one is the better.

    Parameters
    ----------
    pooled : PooledPredictions
        What the methods predicted.
    metric : Metric
        What methods are compared by; it has an interval.
    metrics : iterable of Metric
        What else tables show; those without an interval are left out.
    test_share : float
        Test rows over training rows of a fold.
    retrained : TrainedAnew, optional
        How much training adds to the variance of some methods' scores.
    """

    def __init__(
        self,
        pooled: PooledPredictions,
        metric: Metric,
        metrics: Iterable[Metric],
        test_share: float,
        retrained: TrainedAnew | None = None,
    ) -> None:
        self.pooled, self.metric, self.test_share = pooled, metric, test_share
        self.retrained = retrained
        every = {each.name: each for each in (metric, *metrics) if each.has_interval}
        self.metrics = every
        self._estimates: dict[str, tuple[list[str], Estimates]] = {}

    @cached_property
    def of(self) -> dict[str, float]:
        """The score of every method that has one, on all rows together."""
        return self.by(self.metric)

    def by(self, metric: Metric) -> dict[str, float]:
        """Return the score of every method that has one, by some metric.

        Parameters
        ----------
        metric : Metric
            A metric that is a function of sums.

        Returns
        -------
        dict of str to float
            Turned so that more is better; without methods whose score is not finite.
        """
        count, value = metric.as_sums
        found = {
            method: _sign(metric) * float(value(self.pooled.sums(method, count)))
            for method, said in self.pooled.methods.items()
            if count in said.counted
        }
        return {name: score for name, score in found.items() if np.isfinite(score)}

    def estimates(self, metric: Metric | None = None) -> tuple[list[str], Estimates]:
        """Return the methods that have a score, and what is known of the scores.

        Parameters
        ----------
        metric : Metric, optional
            By default, what methods are compared by.

        Returns
        -------
        names : list of str
            The methods, in the order of the estimates.
        estimates : Estimates
            About these fitted models.
        """
        metric = metric or self.metric
        if metric.name not in self._estimates:
            self._estimates[metric.name] = self._estimated(metric)
        return self._estimates[metric.name]

    def _estimated(self, metric: Metric) -> tuple[list[str], Estimates]:
        count, value = metric.as_sums
        names = [*self.by(metric)]
        found = Estimates.of(
            value,
            [self.pooled.methods[name].counted[count].by_block for name in names],
            greater_is_better=metric.greater_is_better,
        )
        return names, found

    def fold_scores(self, method: str) -> Floats:
        """Return the score of a method in every fold of every seed.

        Parameters
        ----------
        method : str
            The method's name.

        Returns
        -------
        ndarray of shape (n_trials,)
            Turned so that more is better.
        """
        count, _ = self.metric.as_sums
        counted = self.pooled.methods[method].counted[count]
        return _sign(self.metric) * _values(self.metric, counted.by_fold.T)


def _sign(metric: Metric) -> int:
    return 1 if metric.greater_is_better else -1


def _values(metric: Metric, sums: Any) -> Floats:
    _, value = metric.as_sums
    return np.asarray(value(sums), np.float64)
