"""The scores of the methods on one dataset, under the same resamples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.stats import paired_permutation_test
from mmbench.tasks import Metric, PooledPredictions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Scores"]


class Scores:
    """The scores of all methods on one dataset, with those of every resample.

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
    """

    def __init__(
        self,
        pooled: PooledPredictions,
        metric: Metric,
        metrics: Iterable[Metric],
        test_share: float,
    ) -> None:
        self.pooled, self.metric, self.test_share = pooled, metric, test_share
        every = {each.name: each for each in (metric, *metrics) if each.has_interval}
        self.metrics = every

    @cached_property
    def of(self) -> dict[str, float]:
        """The score of every method that has one, on all rows together."""
        return self.by(self.metric)

    def by(self, metric: Metric) -> dict[str, float]:
        """Return the score of every method that has one, by some metric."""
        count, value = metric.as_sums
        found = {
            method: _sign(metric) * float(value(self.pooled.sums(method, count)))
            for method, said in self.pooled.methods.items()
            if count in said.counted
        }
        return {name: score for name, score in found.items() if np.isfinite(score)}

    def draws_of(self, methods: Sequence[str], metric: Metric | None = None) -> Floats:
        """Return the scores of some methods under every resample.

        Parameters
        ----------
        methods : sequence of str
            Which.
        metric : Metric, optional
            By default, what methods are compared by.

        Returns
        -------
        ndarray of shape (n_methods, n_resamples)
        """
        name = (metric or self.metric).name
        return np.stack([self._drawn[method][name] for method in methods])

    @cached_property
    def _drawn(self) -> dict[str, dict[str, Floats]]:
        """The scores by method and metric; adding up is what takes the time."""
        found: dict[str, dict[str, Floats]] = {}
        for method, said in self.pooled.methods.items():
            drawn: dict[Any, Any] = {}
            for count in said.counted:
                needed = [m for m in self.metrics.values() if m.contributions is count]
                if not needed:
                    continue
                sums = self.pooled.resampled_sums(method, count)
                drawn |= {m.name: _sign(m) * _values(m, sums) for m in needed}
            found[method] = drawn
        return found

    def fold_scores(self, method: str) -> Floats:
        """Return the score of a method in every fold of every seed."""
        count, _ = self.metric.as_sums
        counted = self.pooled.methods[method].counted[count]
        return _sign(self.metric) * _values(self.metric, counted.by_fold.T)

    def p_value(self, first: str, second: str) -> float:
        """Return that of no difference between two methods, by permutation."""
        count, value = self.metric.as_sums
        one, other = (
            self.pooled.methods[name].counted[count] for name in (first, second)
        )
        return paired_permutation_test(value, one.by_block, other.by_block)


def _sign(metric: Metric) -> int:
    return 1 if metric.greater_is_better else -1


def _values(metric: Metric, sums: Any) -> Floats:
    _, value = metric.as_sums
    return np.asarray(value(sums), np.float64)
