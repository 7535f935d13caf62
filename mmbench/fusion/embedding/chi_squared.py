"""Kernel ridge regression on histograms."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import solve
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.metrics.pairwise import additive_chi2_kernel
from sklearn.utils.validation import check_is_fitted, validate_data

__all__ = ["ChiSquaredRidge"]

Floats = NDArray[np.float64]


class ChiSquaredRidge(RegressorMixin, BaseEstimator):
    """Ridge regression under the exponential chi-squared kernel, in closed form.

    Made for histograms, such as bags of visual words, and features of networks that are
    not negative. Of other features, positive and negative parts are columns of their
    own.

    Parameters
    ----------
    gamma : float, default=2.0
        How fast the kernel falls with distance, as a multiple of one over the mean
        distance between training rows.
    alpha : float, default=0.6
        The penalty.
    max_rows : int, default=3000
        Of more training rows, so many evenly spread ones are used.

    Attributes
    ----------
    rows_ : ndarray of shape (n_rows, 2 * n_features)
        The training rows.
    dual_coef_ : ndarray of shape (n_rows, n_outputs)
        How much each counts.
    mean_ : ndarray of shape (n_outputs,)
        The mean of the training targets.

    References
    ----------
    J. Zhang, M. Marszałek, S. Lazebnik, C. Schmid (2007), "Local features and kernels
    for classification of texture and object categories", IJCV 73: the kernel, and its
    scale.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> ChiSquaredRidge(alpha=1e-9).fit(X, [0.0, 1.0]).predict(X).round(6).tolist()
    [0.0, 1.0]
    """

    def __init__(
        self, *, gamma: float = 2.0, alpha: float = 0.6, max_rows: int = 3000
    ) -> None:
        self.gamma = gamma
        self.alpha = alpha
        self.max_rows = max_rows

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Solve for the coefficients of the training rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Numbers.

        Returns
        -------
        ChiSquaredRidge
            The instance itself.

        Raises
        ------
        ValueError
            When they hold NaN or infinity, or a parameter is not positive.
        """
        for name in ("gamma", "alpha", "max_rows"):
            if not getattr(self, name) > 0:
                raise ValueError(
                    f"{name} must be above 0, got {getattr(self, name)!r}."
                )
        checked: tuple[Floats, Floats] = validate_data(
            self, X, y, dtype=np.float64, multi_output=True, y_numeric=True
        )
        n_rows = len(checked[0])
        places = np.linspace(0, n_rows - 1, min(n_rows, self.max_rows))
        X, wanted = (each[places.round().astype(np.intp)] for each in checked)
        self.rows_ = _parts(X)
        self.mean_ = wanted.mean(axis=0)
        distances = -additive_chi2_kernel(self.rows_)
        self._scale = self.gamma / (float(distances.mean()) or 1.0)
        kernel = np.exp(-self._scale * distances)
        kernel.flat[:: len(kernel) + 1] += self.alpha
        self.dual_coef_ = solve(kernel, wanted - self.mean_, assume_a="pos")
        return self

    def predict(self, X: Any) -> Floats:
        """Predict numbers.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs), dtype float64
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        rows = np.require(self.rows_, requirements="W")  # as the compiled kernel asks
        distances = -additive_chi2_kernel(_parts(X), rows)
        kernel = np.exp(-self._scale * distances)
        answers: Floats = kernel @ self.dual_coef_ + self.mean_
        return answers

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _parts(X: Floats) -> Floats:
    """Return positive and negative parts, these only where there are any."""
    positive, negative = np.maximum(X, 0), np.maximum(-X, 0)
    return np.hstack([positive, negative])
