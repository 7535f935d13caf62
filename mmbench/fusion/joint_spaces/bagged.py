"""Bagged joint spaces: the mean of cosines in spaces of resampled pairs."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.joint_spaces.base import PairedBlocks

__all__ = ["BaggedSpace"]

Floats = NDArray[np.float64]


class BaggedSpace(PairedBlocks):
    """Joint spaces of bootstrapped training pairs, side by side.

    Coordinates of each have unit length, so that inner products are sums of cosines.

    Parameters
    ----------
    space : JointSpace
        What is fitted to each draw of training pairs.
    n_spaces : int, default=10
        How many there are.
    random_state : int, RandomState instance or None, default=None
        Seeds the draws.

    Attributes
    ----------
    spaces_ : list of JointSpace
        The fitted spaces.

    References
    ----------
    L. Breiman (1996), "Bagging predictors", Machine Learning 24.

    Examples
    --------
    >>> import numpy as np
    >>> from mmbench.fusion.joint_spaces import CCASpace
    >>> X = np.random.default_rng(0).normal(size=(20, 2))
    >>> BaggedSpace(CCASpace(), 3, random_state=0).fit(X, X).transform(X).shape
    (20, 6)
    """

    def __init__(
        self, space: Any, n_spaces: int = 10, *, random_state: Any = None
    ) -> None:
        self.space = space
        self.n_spaces = n_spaces
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Fit a space to each draw of pairs.

        Parameters
        ----------
        X : {ndarray, sparse matrix} of shape (n_samples, n_x_features)
            Rows of the first block.
        y : {ndarray, sparse matrix} of shape (n_samples, n_y_features)
            The row of the second block that belongs to each.

        Returns
        -------
        BaggedSpace
            The instance itself.

        Raises
        ------
        ValueError
            When `n_spaces` is below one, or the numbers of rows differ.
        """
        if self.n_spaces < 1:
            raise ValueError(f"n_spaces must be at least 1, got {self.n_spaces!r}.")
        X, y = self._paired(X, y)
        rng = check_random_state(self.random_state)
        self.spaces_ = []
        for _ in range(self.n_spaces):
            rows = rng.randint(X.shape[0], size=X.shape[0])
            self.spaces_.append(clone(self.space).fit(X[rows], y[rows]))
        return self

    def transform(self, X: Any) -> Floats:
        """Return the coordinates of rows of the first block in all spaces.

        Parameters
        ----------
        X : {ndarray, sparse matrix} of shape (n_samples, n_x_features)
            Rows of the first block.

        Returns
        -------
        ndarray of shape (n_samples, n_spaces * n_components), dtype float64
        """
        rows = self._rows(X)
        return _side_by_side([space.transform(rows) for space in self.spaces_])

    def transform_y(self, y: Any) -> Floats:
        """Return the coordinates of rows of the second block in all spaces.

        Parameters
        ----------
        y : {ndarray, sparse matrix} of shape (n_samples, n_y_features)
            Rows of the second block.

        Returns
        -------
        ndarray of shape (n_samples, n_spaces * n_components), dtype float64
        """
        check_is_fitted(self)
        return _side_by_side([space.transform_y(y) for space in self.spaces_])


def _side_by_side(parts: list[Floats]) -> Floats:
    lengths = [np.linalg.norm(part, axis=1, keepdims=True) for part in parts]
    return np.hstack(
        [
            part / np.where(length > 0, length, 1.0)
            for part, length in zip(parts, lengths, strict=True)
        ]
    )
