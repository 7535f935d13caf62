"""Embeddings that look at nothing."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

__all__ = ["RandomEmbedding"]

Floats = NDArray[np.float64]


class RandomEmbedding(BaseEstimator):
    """Embed every row anywhere on a sphere.

    Parameters
    ----------
    n_components : int, default=64
        The dimensions of the sphere's space.
    random_state : int, RandomState instance or None, default=None
        Seeds the draws; each side and each call draws the same.
    """

    def __init__(self, n_components: int = 64, *, random_state: Any = None) -> None:
        self.n_components = n_components
        self.random_state = random_state

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
        seed = check_random_state(self.random_state).randint(2**31)
        self.seeds_ = {"text": [seed, 0], "image": [seed, 1]}
        return self

    def embed(self, X: Any, side: str) -> Floats:
        """Return a random direction for every row.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            Only the number of rows counts.
        side : {"text", "image"}
            Which side to embed.

        Returns
        -------
        ndarray of shape (n_samples, n_components), dtype float64
            Rows of unit length.
        """
        check_is_fitted(self)
        draws = np.random.default_rng(self.seeds_[side])
        rows = draws.normal(size=(len(X), self.n_components))
        units: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return units
