"""Canonical correlation analysis of several blocks at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.linalg import svd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.joint_spaces.cca import whitening

__all__ = ["MultiviewCCA"]

Floats = NDArray[np.float64]


class MultiviewCCA(TransformerMixin, BaseEstimator):
    """Regularised canonical correlation analysis of several blocks, in closed form.

    Its ``X`` is a list of matrices, one for each view. The coordinates are directions,
    one in each view, whose sum varies most when each view is whitened: the singular
    vectors of the whitened views side by side.

    Parameters
    ----------
    n_components : int, default=100
        How many directions of each view are kept at most.
    regularization : float, default=0.3
        As in :class:`CCASpace`.

    Attributes
    ----------
    weights_ : list of ndarray of shape (n_columns, n_components)
        The map of each view.
    means_ : list of ndarray of shape (n_columns,)
        What is subtracted from each view.

    References
    ----------
    J. R. Kettenring (1971), "Canonical analysis of several sets of variables",
    Biometrika 58: maximum variance. A. A. Nielsen (2002), "Multiset canonical
    correlations analysis and multispectral, truly multitemporal remote sensing data",
    IEEE Transactions on Image Processing 11.

    Examples
    --------
    >>> import numpy as np
    >>> view = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0]])
    >>> views = [view, -view, 2 * view]
    >>> parts = np.hsplit(MultiviewCCA(2).fit(views).transform(views), 3)
    >>> np.allclose(parts[0], parts[1]), np.allclose(parts[0], parts[2])
    (True, True)
    """

    fusion = "canonical"

    def __init__(self, n_components: int = 100, *, regularization: float = 0.3) -> None:
        self.n_components = n_components
        self.regularization = regularization

    def fit(self, X: Sequence[Any], y: ArrayLike | None = None) -> Self:  # noqa: ARG002
        """Learn the map of each view.

        Parameters
        ----------
        X : sequence of matrix of shape (n_samples, n_columns)
            The training rows of each view.
        y : ignored
            Present for scikit-learn's sake.

        Returns
        -------
        MultiviewCCA
            The instance itself.
        """
        views = [_dense(view) for view in X]
        self.means_ = [view.mean(axis=0) for view in views]
        centred = [v - mean for v, mean in zip(views, self.means_, strict=True)]
        maps = [whitening(view, self.regularization) for view in centred]
        white = [view @ map_ for view, map_ in zip(centred, maps, strict=True)]
        directions = svd(np.hstack(white), full_matrices=False)[2][: self.n_components]
        edges = np.cumsum([map_.shape[1] for map_ in maps])[:-1]
        parts = np.split(directions.T, edges)
        self.weights_ = [map_ @ part for map_, part in zip(maps, parts, strict=True)]
        return self

    def transform(self, X: Sequence[Any]) -> Floats:
        """Return the coordinates of every view, side by side.

        Parameters
        ----------
        X : sequence of matrix of shape (n_samples, n_columns)
            The rows of each view.

        Returns
        -------
        ndarray of shape (n_samples, n_views * n_components), dtype float64
        """
        check_is_fitted(self)
        mapped: Floats = np.hstack(
            [
                (_dense(view) - mean) @ weights
                for view, mean, weights in zip(
                    X, self.means_, self.weights_, strict=True
                )
            ]
        )
        return mapped


def _dense(view: Any) -> Floats:
    return np.asarray(view.toarray() if sparse.issparse(view) else view, dtype=float)
