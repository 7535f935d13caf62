"""Square roots of features, so that few large ones don't outweigh all others."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["signed_root"]


def signed_root(X: Any) -> NDArray[np.float64]:
    """Return the square root of each number's size, with its sign.

    The inner product of two histograms' roots is their Bhattacharyya coefficient.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Numbers, such as visual words' frequencies or the shares of topics.

    Returns
    -------
    ndarray of shape (n_samples, n_features), dtype float64

    References
    ----------
    F. Perronnin, J. Sanchez, T. Mensink (2010), "Improving the Fisher kernel for
    large-scale image classification", ECCV.

    Examples
    --------
    >>> signed_root([[4.0, -9.0, 0.0]]).tolist()
    [[2.0, -3.0, 0.0]]
    """
    numbers = np.asarray(X, np.float64)
    roots: NDArray[np.float64] = np.sign(numbers) * np.sqrt(np.abs(numbers))
    return roots
