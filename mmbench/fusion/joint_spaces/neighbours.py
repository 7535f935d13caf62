"""Cross-modal nearest neighbours: from a row to the other block, by training pairs."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.neighbors import NearestNeighbors
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.joint_spaces.base import PairedBlocks
from mmbench.fusion.joint_spaces.reduction import SingularVectors, unit_rows

__all__ = ["NeighbourSpace"]

Floats = NDArray[np.float64]


class NeighbourSpace(PairedBlocks):
    """The other block's row, guessed from the nearest training pairs.

    A row's coordinates are its own, and the mean of those that its nearest training
    rows have in the other block. So an inner product of two rows is the sum of two
    cosines, one in each block.

    Parameters
    ----------
    n_neighbors : int, default=10
        How many training pairs are asked; their rows are weighted by cosine.
    max_width : int, default=300
        Wider blocks are reduced to this many singular vectors first.
    random_state : int, RandomState instance or None, default=None
        Seeds that reduction.

    Attributes
    ----------
    reductions_ : list of SingularVectors
        What makes each block dense.
    rows_ : list of ndarray of shape (n_samples, n_columns)
        Both blocks of the training pairs, rows of unit length.

    References
    ----------
    J. Devlin et al. (2015), "Exploring nearest neighbor approaches for image
    captioning", arXiv:1505.04467.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
    >>> space = NeighbourSpace(1).fit(X, -X)
    >>> np.allclose(space.transform(X), space.transform_y(-X))
    True
    """

    def __init__(
        self, n_neighbors: int = 10, *, max_width: int = 300, random_state: Any = None
    ) -> None:
        self.n_neighbors = n_neighbors
        self.max_width = max_width
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Keep the training pairs.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_x_features)
            Rows of the first block.
        y : {array-like, sparse matrix} of shape (n_samples, n_y_features)
            The row of the second block that belongs to each.

        Returns
        -------
        NeighbourSpace
            The instance itself.

        Raises
        ------
        ValueError
            When the numbers of rows differ.
        """
        X, y = self._paired(X, y)
        reduction = SingularVectors(self.max_width, random_state=self.random_state)
        self.reductions_ = [clone(reduction).fit(block) for block in (X, y)]
        self.means_ = [
            each.transform(block).mean(axis=0)
            for each, block in zip(self.reductions_, (X, y), strict=True)
        ]
        self.rows_ = [self._own(block, i) for i, block in enumerate((X, y))]
        n = min(self.n_neighbors, len(self.rows_[0]))
        self._found = [
            NearestNeighbors(n_neighbors=n, algorithm="brute").fit(rows)
            for rows in self.rows_
        ]
        return self

    def transform(self, X: Any) -> Floats:
        """Return the coordinates of rows of the first block.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_x_features)
            Rows of the first block.

        Returns
        -------
        ndarray of shape (n_samples, n_components), dtype float64
        """
        own = self._own(self._rows(X), 0)
        return np.hstack([own, self._guessed(own, 0)])

    def transform_y(self, y: Any) -> Floats:
        """Return the coordinates of rows of the second block.

        Parameters
        ----------
        y : {array-like, sparse matrix} of shape (n_samples, n_y_features)
            Rows of the second block.

        Returns
        -------
        ndarray of shape (n_samples, n_components), dtype float64
        """
        check_is_fitted(self)
        own = self._own(y, 1)
        return np.hstack([self._guessed(own, 1), own])

    def _own(self, block: Any, side: int) -> Floats:
        rows = self.reductions_[side].transform(block) - self.means_[side]
        return unit_rows(rows)

    def _guessed(self, own: Floats, side: int) -> Floats:
        distances, rows = self._found[side].kneighbors(own)
        # Of unit rows: the cosine is one less half the squared distance.
        weights = np.maximum(1 - distances**2 / 2, 0)
        others = self.rows_[1 - side]
        return unit_rows(np.einsum("nk,nkd->nd", weights, others[rows]))
