"""Transforms of the target that a method is fitted to."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import TransformedTargetRegressor

__all__ = ["LogTargetRegressor", "log_of"]


class LogTargetRegressor(TransformedTargetRegressor):
    """Fit a regressor to ``log(1 + y)``, and answer within the range of training.

    Suits prices, counts and other targets whose errors grow with their size. A small
    error of a logarithm is a large one of a number, so that a linear model which leaves
    the range of the training rows would answer anything; answers are clipped to it.

    Parameters
    ----------
    regressor : regressor
        What is fitted to the logarithms. Targets must be greater than -1.

    Attributes
    ----------
    range_ : tuple of float
        The least and the greatest target of the training rows.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> X, y = [[1.0], [2.0], [3.0]], [9.0, 99.0, 999.0]
    >>> model = LogTargetRegressor(LinearRegression()).fit(X, y)
    >>> model.predict([[1.5], [4.0]]).round(2).tolist()
    [30.62, 999.0]
    """

    clips = True

    def __init__(self, regressor: Any = None) -> None:
        super().__init__(regressor, func=log_of, inverse_func=np.expm1)

    def fit(self, X: Any, y: Any, **fit_params: Any) -> Self:
        """Fit the regressor to the logarithms.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_samples, n_columns)
            The training rows.
        y : array-like of shape (n_samples,)
            Their targets.
        **fit_params : object
            Handed on to the regressor.

        Returns
        -------
        LogTargetRegressor
            The instance itself.
        """
        numbers = np.asarray(y, np.float64)
        super().fit(X, numbers, **fit_params)
        self.range_ = float(numbers.min()), float(numbers.max())
        return self

    def predict(self, X: Any, **predict_params: Any) -> NDArray[np.float64]:
        """Return numbers in the range of the training rows.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_samples, n_columns)
            The samples.
        **predict_params : object
            Handed on to the regressor.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        found: NDArray[np.float64] = super().predict(X, **predict_params)
        return found.clip(*self.range_)


def log_of(y: Any) -> NDArray[np.float64]:
    """Return ``log(1 + y)``.

    Parameters
    ----------
    y : array-like
        Numbers.

    Returns
    -------
    ndarray of float64
        Natural logarithms, in the same shape.

    Raises
    ------
    ValueError
        When a number is not greater than -1.
    """
    numbers = np.asarray(y, np.float64)
    if numbers.size and numbers.min() <= -1:
        raise ValueError(
            f"a logarithmic target needs numbers above -1, got {numbers.min():g}."
        )
    logarithms: NDArray[np.float64] = np.log1p(numbers)
    return logarithms
