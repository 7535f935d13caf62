"""Scores of several methods on the same units, and the errors of their differences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmbench.stats.influence import influence_values
from mmbench.stats.resampling import ScoreOfSums

__all__ = ["Estimates"]

Floats = NDArray[np.float64]

# Differences that vary by less than this share of the scores are rounding.
_ROUNDING = 1e-9
# No p-value is smaller, so that none is zero.
_LEAST = 1e-15


@dataclass(frozen=True, eq=False)
class Estimates:
    """Scores of several methods on the same units.

    Parameters
    ----------
    scores : ndarray of shape (n_methods,)
        The greater the better.
    influence : ndarray of shape (n_units, n_methods)
        How much each unit moves each score (:func:`influence_values`).
    excess : ndarray of shape (n_methods, n_methods), optional
        The covariance that training adds to that of the units
        (:func:`excess_covariance`, :func:`retraining_covariance`). Without it, all
        claims are about these fitted models; with it, about the retrained methods.
    excess_df : int, optional
        The degrees of freedom of `excess`.

    Raises
    ------
    ValueError
        When the shapes don't fit together or a number is not finite.
    """

    scores: Floats
    influence: Floats
    excess: Floats | None = None
    excess_df: int | None = None

    def __post_init__(self) -> None:
        k = len(self.scores)
        if self.influence.ndim != 2 or self.influence.shape[1] != k:
            raise ValueError(
                f"influence must be of shape (n_units, {k}), got "
                f"{self.influence.shape}."
            )
        if (self.excess is None) != (self.excess_df is None):
            raise ValueError("excess and excess_df must be given together.")
        if self.excess is not None and self.excess.shape != (k, k):
            raise ValueError(
                f"excess must be of shape ({k}, {k}), got {self.excess.shape}."
            )
        if not (np.isfinite(self.scores).all() and np.isfinite(self.influence).all()):
            raise ValueError("scores and influence must be finite.")

    @classmethod
    def of(
        cls,
        value: ScoreOfSums,
        contributions: Sequence[Any],
        *,
        greater_is_better: bool = True,
    ) -> Estimates:
        """Score methods by a function of sums.

        Parameters
        ----------
        value : callable
            Takes sums of shape (k, ...) and returns scores of shape (...).
        contributions : sequence of ndarray or sparse array of shape (n_units, k)
            What each unit adds to each method's sums (``Resamples.by_block``).
        greater_is_better : bool, default=True
            Otherwise, scores change their sign.

        Returns
        -------
        Estimates
            About these fitted models.
        """
        sign = 1 if greater_is_better else -1
        sums = [
            np.asarray(c.sum(axis=0), np.float64).reshape(-1) for c in contributions
        ]
        return cls(
            sign * np.array([float(value(each)) for each in sums]),
            sign * np.column_stack([influence_values(value, c) for c in contributions]),
        )

    def trained_anew(self, excess: ArrayLike, df: int) -> Estimates:
        """Return the same scores as estimates of the retrained methods.

        Parameters
        ----------
        excess : array-like of shape (n_methods, n_methods)
            The covariance that training adds.
        df : int
            Its degrees of freedom.

        Returns
        -------
        Estimates
            A copy, with the larger covariance.
        """
        return replace(self, excess=np.asarray(excess, np.float64), excess_df=df)

    def take(self, methods: Sequence[int]) -> Estimates:
        """Return some methods, by number.

        Parameters
        ----------
        methods : sequence of int
            Positions of the methods, from 0.

        Returns
        -------
        Estimates
            The chosen methods, in that order.
        """
        at = np.asarray(methods, np.intp)
        excess = None if self.excess is None else self.excess[np.ix_(at, at)]
        return replace(
            self,
            scores=self.scores[at],
            influence=self.influence[:, at],
            excess=excess,
        )

    @property
    def n_units(self) -> int:
        """The number of units."""
        return len(self.influence)

    @cached_property
    def differences(self) -> Floats:
        """Of every two methods' scores, shape (n_methods, n_methods)."""
        return self.scores[:, None] - self.scores

    @cached_property
    def covariance(self) -> Floats:
        """That of the scores over new units, and over new training rows if known."""
        n = self.n_units
        if n < 2:
            return np.full((len(self.scores),) * 2, math.nan)
        found: Floats = self._centred.T @ self._centred / (n * (n - 1))
        if self.excess is None:
            return found
        values, vectors = np.linalg.eigh((self.excess + self.excess.T) / 2)
        found += (vectors * np.maximum(values, 0)) @ vectors.T
        return found

    @cached_property
    def errors(self) -> Floats:
        """The standard error of every difference, shape (n_methods, n_methods).

        Notes
        -----
        Where few units differ, or few of them make up the difference, its variance is
        itself poorly known. Errors are greater by as much as Student's t with
        Satterthwaite's degrees of freedom, ``(n_units - 1) / (1 + excess kurtosis /
        2)``, reaches further at the 95 % level than with ``n_units - 1``. Further out
        it would reach too far: the tails of a studentised mean of heavy-tailed values
        are not heavier than a normal's [1]_.

        A difference that is the same for all units varies by nothing that could be
        seen; its error is such that it is as certain as that many equal signs.

        References
        ----------
        .. [1] B. Efron (1969). Student's t-test under symmetry conditions. Journal of
           the American Statistical Association 64, 1278-1302.
        """
        n = self.n_units
        if n < 2:
            return np.full(self.differences.shape, math.nan)
        sampling = self._moments[0] / (n * (n - 1)) * self._inflation**2
        if self.excess is not None:
            sampling = sampling + np.maximum(0.0, _of_pairs(self.excess))
        errors: Floats = np.sqrt(np.maximum(0.0, sampling))
        leads = np.abs(self.differences)
        same = errors <= _ROUNDING * leads
        tail = max(_LEAST, 2.0**-n)
        errors[same] = leads[same] / student_quantile(tail, self.df)
        return errors

    @property
    def df(self) -> int:
        """The degrees of freedom of the errors."""
        own = max(1, self.n_units - 1)
        return own if self.excess_df is None else min(own, self.excess_df)

    @property
    def _inflation(self) -> Floats:
        n = self.n_units
        squares, fourths = self._moments
        with np.errstate(divide="ignore", invalid="ignore"):
            kurtosis = np.where(squares > 0, n * fourths / squares**2, 3.0)
        df = (n - 1) / (1 + np.maximum(0.0, kurtosis - 3) / 2)
        usual = student_quantile(0.025, n - 1)
        found: Floats = student_quantile(0.025, np.clip(df, 1.0, n - 1)) / usual
        return found

    @cached_property
    def tails(self) -> Floats:
        """The one-sided p-value of every difference being at most zero."""
        from scipy.special import stdtr

        leads, errors = self.differences, self.errors
        with np.errstate(divide="ignore", invalid="ignore"):
            statistics = np.where(errors > 0, leads / errors, 0.0)
        p_values: Floats = stdtr(self.df, -statistics)
        # Of a single unit nothing is known.
        return np.where(np.isnan(errors), 1.0, p_values)

    @cached_property
    def _centred(self) -> Floats:
        centred: Floats = self.influence - self.influence.mean(axis=0)
        return centred

    @cached_property
    def _moments(self) -> tuple[Floats, Floats]:
        """Sums of squares and fourth powers of every difference of influences."""
        one = self._centred
        scale = float(np.sqrt(np.mean(one**2))) or 1.0
        one = one / scale
        two = one * one
        squares = _of_pairs(one.T @ one)
        mixed = (two * one).T @ one
        ends = (two * two).sum(axis=0)
        fourths = ends[:, None] + ends - 4 * (mixed + mixed.T) + 6 * two.T @ two
        # Two methods that answer alike differ by rounding.
        squares = np.where(squares > _ROUNDING * self.n_units, squares, 0.0)
        return squares * scale**2, np.maximum(fourths, 0.0) * scale**4


def _of_pairs(covariance: Floats) -> Floats:
    """Return the variance of every difference of two."""
    variances = np.diag(covariance)
    found: Floats = variances[:, None] + variances - covariance - covariance.T
    return found


def student_quantile(tail: float, df: ArrayLike) -> Floats:
    """Return what Student's t exceeds with a small probability.

    Parameters
    ----------
    tail : float in (0, 1)
        The probability of a greater value.
    df : array-like
        Degrees of freedom, above 0.

    Returns
    -------
    ndarray of float64
        Quantiles, in the shape of ``df``.
    """
    from scipy.special import stdtrit

    return np.asarray(-stdtrit(df, tail), np.float64)
