"""The space that both blocks lie in already."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

__all__ = ["SharedSpace"]

Floats = NDArray[np.float64]


class SharedSpace(TransformerMixin, BaseEstimator):
    """Leave both blocks as they are: a dual encoder made them comparable.

    Examples
    --------
    >>> SharedSpace().fit([[1.0]], [[2.0]]).transform_y([[3.0]]).tolist()
    [[3.0]]
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Check that both blocks have the same columns.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows of the first block.
        y : array-like of shape (n_samples, n_features)
            Rows of the second block.

        Returns
        -------
        SharedSpace
            The instance itself.

        Raises
        ------
        ValueError
            When one has more columns than the other.
        """
        widths = [np.shape(block)[1] for block in (X, y)]
        if widths[0] != widths[1]:
            raise ValueError(
                "both blocks of a shared space must have the same columns, got "
                f"{widths[0]} and {widths[1]}."
            )
        self.n_features_in_ = widths[0]
        return self

    def transform(self, X: Any) -> Floats:
        """Return rows of the first block.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows of the first block.

        Returns
        -------
        ndarray of shape (n_samples, n_features), dtype float64
        """
        return np.asarray(X, np.float64)

    def transform_y(self, y: Any) -> Floats:
        """Return rows of the second block.

        Parameters
        ----------
        y : array-like of shape (n_samples, n_features)
            Rows of the second block.

        Returns
        -------
        ndarray of shape (n_samples, n_features), dtype float64
        """
        return np.asarray(y, np.float64)
