"""Regressors that look at nothing."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

__all__ = ["RandomRegressor"]


class RandomRegressor(RegressorMixin, BaseEstimator):
    """Predict a random number for every row, whatever its features.

    Parameters
    ----------
    random_state : int, RandomState instance or None, default=None
        Seeds the draws; each call draws the same.

    Examples
    --------
    >>> model = RandomRegressor(random_state=0).fit([[1], [2]], [0, 1])
    >>> bool((model.predict([[1], [2]]) == model.predict([[3], [4]])).all())
    True
    """

    def __init__(self, *, random_state: Any = None) -> None:
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:
        """Learn nothing.

        Parameters
        ----------
        X : object
            Ignored.
        y : ignored
            Ignored.

        Returns
        -------
        RandomRegressor
            The instance itself.
        """
        self.seed_ = int(check_random_state(self.random_state).randint(2**31))
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Return a random number for every row.

        Parameters
        ----------
        X : object of a length
            Only the number of rows counts.

        Returns
        -------
        ndarray of shape (n_rows,), dtype float64
            From 0 to 1.
        """
        check_is_fitted(self)
        n_rows = X.shape[0] if hasattr(X, "shape") else len(X)
        return np.random.default_rng(self.seed_).uniform(size=n_rows)
