"""Embeddings that look at nothing."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

__all__ = ["RandomEmbedding"]

Floats = NDArray[np.float64]


class RandomEmbedding(BaseEstimator):
    """Embed all rows alike, so that galleries are ranked at random.

    Where everything is equally alike, a query is worth what it is worth on average over
    all orders of its gallery, so this floor is chance itself and no draw of it.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"text": ["a star", "a moon"]})
    >>> RandomEmbedding().fit(X).embed(X, "text").tolist()
    [[1.0], [1.0]]
    """

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:  # noqa: ARG002
        """Learn nothing.

        Parameters
        ----------
        X : DataFrame
            Ignored.
        y : ignored
            Ignored.

        Returns
        -------
        RandomEmbedding
            Itself.
        """
        self.is_fitted_ = True
        return self

    def embed(self, X: Any, side: str) -> Floats:  # noqa: ARG002
        """Return the same for every row.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            Only the number of rows counts.
        side : {"text", "image"}
            Which side to embed.

        Returns
        -------
        ndarray of shape (n_samples, 1), dtype float64
            Ones.
        """
        check_is_fitted(self)
        return np.ones((len(X), 1))
