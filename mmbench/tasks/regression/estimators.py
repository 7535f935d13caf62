"""Transforms of the target that a method is fitted to."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import TransformedTargetRegressor

__all__ = ["log_of", "log_target"]


def log_target(method: Any) -> TransformedTargetRegressor:
    """Fit a method to logarithms, and let it answer in the target's unit.

    Suits prices, counts and other targets whose errors grow with their size.

    Parameters
    ----------
    method : regressor
        What is fitted to ``log(1 + y)``.

    Returns
    -------
    TransformedTargetRegressor
        Its targets must be greater than -1.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> X, y = [[1.0], [2.0], [3.0]], [9.0, 99.0, 999.0]
    >>> log_target(LinearRegression()).fit(X, y).predict([[4.0]]).round(6)
    array([9999.])
    """
    return TransformedTargetRegressor(method, func=log_of, inverse_func=np.expm1)


def log_of(y: Any) -> NDArray[np.float64]:
    """Return ``log(1 + y)``.

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
