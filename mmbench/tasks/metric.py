"""Metrics: what each unit contributes, and the score as a function of the sums.

One bootstrap, one permutation test and one interval then serve every task: they draw,
swap and add up contributions, and know nothing of labels, numbers or rankings.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from scipy import sparse

from mmbench.errors import UnknownNameError
from mmbench.stats.resampling import sums_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.tasks.base import Prediction, Target

    Floats: TypeAlias = NDArray[np.float64]
    Contributions: TypeAlias = Callable[[Target, Prediction], Any]
    """Returns an array or a CSR matrix of shape (n_units, k)."""

__all__ = ["Metric", "get_metric", "scores_of", "sums_of"]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One way to score predictions.

    A metric has `contributions` and `value`, so that it can be taken of resampled
    units, or `compute`, and then has a score in every fold but no interval.

    Parameters
    ----------
    name : str
        Its name in suites, records and tables, such as ``"f1_macro"``.
    label : str
        Its heading, and its name in a sentence, such as ``"macro-F1"``.
    description : str
        One line: what is measured.
    greater_is_better : bool, default=True
        The direction of improvement.
    contributions : callable, optional
        ``contributions(target, prediction)`` returns what each unit adds to the sums,
        of shape (n_units, k), dense or CSR. Metrics that share the same function
        share the work of counting.
    value : callable, optional
        ``value(sums)`` of shape (k, ...) returns the scores, of shape (...).
    compute : callable, optional
        ``compute(target, prediction)`` returns the score where it is not a function of
        sums, such as an area under a curve.
    needs : str, optional
        The array that a prediction must have for the metric to be defined, such as
        ``"proba"``.
    is_share : bool, default=True
        Whether scores lie between 0 and 1, so that differences are given in points
        (hundredths); otherwise they are given as plain numbers.
    shows_spread : bool, default=False
        Whether tables give the standard deviation over folds beside the mean.
    needs_weight : bool, default=False
        Whether the metric is defined for targets with sample weights only.

    Raises
    ------
    ValueError
        When it has neither form, or half of one.
    """

    name: str
    label: str
    description: str
    greater_is_better: bool = True
    contributions: Contributions | None = None
    value: Callable[[Any], Any] | None = None
    compute: Callable[[Target, Prediction], float] | None = None
    needs: str | None = None
    is_share: bool = True
    shows_spread: bool = False
    needs_weight: bool = False

    def __post_init__(self) -> None:
        has_sums = self.contributions is not None and self.value is not None
        if has_sums == (self.compute is not None):
            raise ValueError(
                f"metric {self.name!r} must have either contributions and value, or "
                "compute."
            )

    @property
    def has_interval(self) -> bool:
        """Whether the score is a function of sums over units."""
        return self.contributions is not None

    @property
    def as_sums(self) -> tuple[Contributions, Callable[[Any], Any]]:
        """What is added up, and the score of the sums.

        Raises
        ------
        ValueError
            When the score is not a function of sums.
        """
        if self.contributions is None or self.value is None:
            raise ValueError(f"metric {self.name!r} is not a function of sums.")
        return self.contributions, self.value

    def check_requirements(self) -> None:
        """Check that what the metric needs is installed; most need nothing.

        Raises
        ------
        RequirementError
            When something is not; the message says how to get it.
        """

    def is_defined(self, target: Target, prediction: Prediction) -> bool:
        """Return whether targets and predictions have what the metric needs.

        Parameters
        ----------
        target : Target
            Of the scored rows.
        prediction : Prediction
            A method's prediction of them.

        Returns
        -------
        bool
            False where sample weights or the array that it needs are missing.
        """
        has_weight = target.weight is not None or not self.needs_weight
        return has_weight and (self.needs is None or self.needs in prediction.arrays)

    def weighted_by_samples(self) -> Metric:
        """Return the same metric, each row counting as much as its sample weight.

        Returns
        -------
        Metric
            Its name begins with ``sample_weighted_``. It equals scikit-learn's with
            ``sample_weight``.

        Raises
        ------
        ValueError
            When the score is not a function of sums.
        """
        count, _ = self.as_sums
        return replace(
            self,
            name=f"sample_weighted_{self.name}",
            label=f"sample-weighted {self.label}",
            description=f"{self.description}; samples count by their weight",
            contributions=_Weighted(count),
            needs_weight=True,
        )

    def score(
        self, target: Target, prediction: Prediction, sums: Floats | None = None
    ) -> float | None:
        """Score predictions.

        Parameters
        ----------
        target : Target
            What is true of the rows.
        prediction : Prediction
            What was answered for them.
        sums : ndarray of shape (k,), optional
            The sums of the contributions, where they have been taken already.

        Returns
        -------
        float or None
            None where the metric is not defined for these rows or this prediction.
        """
        if not self.is_defined(target, prediction):
            return None
        if self.compute is not None:
            found = float(self.compute(target, prediction))
        else:
            assert self.contributions is not None  # noqa: S101 - for the type checker
            assert self.value is not None  # noqa: S101 - as above
            if sums is None:
                sums = sums_of(self.contributions(target, prediction))
            found = float(self.value(sums))
        return found if math.isfinite(found) else None


@dataclass(frozen=True)
class _Weighted:
    """Contributions times the sample weights; equal where they count the same."""

    count: Contributions

    def __call__(self, target: Target, prediction: Prediction) -> Any:
        rows, weight = self.count(target, prediction), np.asarray(target.weight)
        if sparse.issparse(rows):
            return sparse.diags_array(weight) @ rows
        return rows * weight[:, np.newaxis]


def scores_of(
    metrics: Iterable[Metric], target: Target, prediction: Prediction
) -> dict[str, float | None]:
    """Score predictions by several metrics, counting once for those that share it.

    Parameters
    ----------
    metrics : iterable of Metric
        Metrics of one task.
    target : Target
        Of the scored rows.
    prediction : Prediction
        Of the same rows.

    Returns
    -------
    dict of str to float or None
        None where a metric is not defined.
    """
    counted: dict[Any, Floats] = {}
    scores: dict[str, float | None] = {}
    for metric in metrics:
        count = metric.contributions
        is_new = count not in counted and metric.is_defined(target, prediction)
        if count is not None and is_new:
            counted[count] = sums_of(count(target, prediction))
        scores[metric.name] = metric.score(target, prediction, counted.get(count))
    return scores


def get_metric(name: str, metrics: Mapping[str, Metric]) -> Metric:
    """Return a metric by name.

    Parameters
    ----------
    name : str
        The metric's name.
    metrics : mapping of str to Metric
        All metrics by name.

    Returns
    -------
    Metric
        The metric of that name.

    Raises
    ------
    UnknownNameError
        When there is none; the message lists the names.
    """
    try:
        return metrics[name]
    except KeyError:
        raise UnknownNameError("metric", name, metrics) from None
