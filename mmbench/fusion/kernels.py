"""Kernel fusion: the mean of the branches' kernels, for a support vector machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.block_features import BlockFeatures
from mmbench.fusion.early import under

__all__ = ["BlockKernels", "kernel_fusion"]


class BlockKernels(TransformerMixin, BaseEstimator):
    """The mean of the Gaussian kernels of several blocks, against the training rows.

    Its ``X`` is a list of matrices, one for each branch, whose rows have unit mean
    squared norm as :class:`BlockScaler` makes them. What follows takes a precomputed
    kernel. Every view has the same weight, as in the baseline that multiple kernel
    learning rarely beats.

    Parameters
    ----------
    gamma : float, default=0.5
        The kernels are ``exp(-gamma * squared distance)``; the mean squared distance of
        two rows of such a block is two.

    Attributes
    ----------
    blocks_ : list of matrix of shape (n_train, n_columns)
        The training rows.

    References
    ----------
    C. Cortes, M. Mohri, A. Rostamizadeh (2009), "Learning non-linear combinations of
    kernels", NIPS. M. Gönen, E. Alpaydin (2011), "Multiple kernel learning algorithms",
    JMLR 12: the unweighted mean among the best.

    Examples
    --------
    >>> import numpy as np
    >>> blocks = [np.array([[1.0], [-1.0]]), np.array([[-1.0], [1.0]])]
    >>> BlockKernels(gamma=0.5).fit_transform(blocks).round(3)
    array([[1.   , 0.135],
           [0.135, 1.   ]])
    """

    fusion = "kernel"

    def __init__(self, gamma: float = 0.5) -> None:
        self.gamma = gamma

    def fit(self, X: Sequence[Any], y: ArrayLike | None = None) -> Self:  # noqa: ARG002
        """Keep the training rows.

        Parameters
        ----------
        X : sequence of matrix of shape (n_samples, n_columns)
            The training rows of each block.
        y : ignored
            Present for scikit-learn's sake.

        Returns
        -------
        BlockKernels
            The instance itself.
        """
        self.blocks_ = list(X)
        return self

    def transform(self, X: Sequence[Any]) -> NDArray[np.float64]:
        """Return the mean kernel between rows and the training rows.

        Parameters
        ----------
        X : sequence of matrix of shape (n_samples, n_columns)
            The rows of each block.

        Returns
        -------
        ndarray of shape (n_samples, n_train), dtype float64
        """
        check_is_fitted(self)
        kernels = [
            rbf_kernel(block, train, gamma=self.gamma)
            for block, train in zip(X, self.blocks_, strict=True)
        ]
        mean: NDArray[np.float64] = np.mean(kernels, axis=0)
        return mean


def kernel_fusion(
    branches: Sequence[tuple[str, Any]], predictor: Any, *, gamma: float = 0.5
) -> Pipeline:
    """Put a kernel machine on the mean of the branches' Gaussian kernels.

    Parameters
    ----------
    branches : list of (str, transformer)
        At least two names and transformers, as for
        :func:`~mmbench.fusion.early_fusion`. They are cloned.
    predictor : classifier or regressor
        Takes a precomputed kernel, such as ``SVC(kernel="precomputed")``. It is cloned.
    gamma : float, default=0.5
        As in :class:`BlockKernels`.

    Returns
    -------
    Pipeline
        Of ``features``, a :class:`BlockFeatures`, and ``classifier`` or ``regressor``.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.svm import SVC
    >>> from mmbench.fusion import branch
    >>> X = pd.DataFrame({"width": [1.0, 5.0, 9.0, 5.0], "height": [5, 4, 5, 6]})
    >>> branches = [(each, branch([each], "passthrough")) for each in X]
    >>> method = kernel_fusion(branches, SVC(kernel="precomputed", C=100))
    >>> method.fit(X, ["cup", "bus", "cup", "bus"]).predict(X).tolist()
    ['cup', 'bus', 'cup', 'bus']
    """
    features = BlockFeatures(list(branches), BlockKernels(gamma))
    return under(clone(features), predictor)
