"""Blocks that are sparse or wide, as their first singular vectors."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.linalg import eigh
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import TruncatedSVD
from sklearn.utils.validation import check_is_fitted, validate_data

__all__ = ["SingularVectors", "unit_rows"]

# Up to so many rows or columns, the eigenvectors of their inner products are exact, and
# found sooner than a randomised search converges.
_MOST_EXACT = 2000


class SingularVectors(TransformerMixin, BaseEstimator):
    """Reduce a block that is wider than a limit to its first singular vectors.

    Parameters
    ----------
    max_width : int, default=300
        A block of no more columns stays as it is, but becomes dense.
    random_state : int, RandomState instance or None, default=None
        Seeds the search for the vectors of a block of more than 2,000 rows and columns;
        those of others are exact.

    Attributes
    ----------
    components_ : ndarray of shape (max_width, n_features) or None
        The vectors, where the block is reduced.

    Examples
    --------
    >>> import numpy as np
    >>> SingularVectors(1).fit_transform(np.eye(3)).shape
    (3, 1)
    """

    def __init__(self, max_width: int = 300, *, random_state: Any = None) -> None:
        self.max_width = max_width
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:  # noqa: ARG002
        """Find the vectors, if the block is wide.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The training rows of the block.
        y : ignored
            Present for scikit-learn's sake.

        Returns
        -------
        SingularVectors
            The instance itself.
        """
        X = validate_data(self, X, accept_sparse=["csr"], dtype=np.float64)
        width = min(self.max_width, X.shape[0] - 1)
        self.components_ = None
        if X.shape[1] > self.max_width and width > 0:
            self.components_ = self._vectors(X, width)
        return self

    def _vectors(self, X: Any, width: int) -> NDArray[np.float64]:
        n_rows, n_columns = X.shape
        if min(n_rows, n_columns) > _MOST_EXACT:
            svd = TruncatedSVD(width, random_state=self.random_state).fit(X)
            found: NDArray[np.float64] = svd.components_
            return found
        is_wide = n_columns > n_rows
        products = _dense(X @ X.T if is_wide else X.T @ X)
        kept = (len(products) - width, len(products) - 1)
        values, vectors = eigh(products, subset_by_index=kept)
        rows: NDArray[np.float64] = vectors.T[::-1]
        if not is_wide:
            return rows
        least = values[-1] * len(products) * np.finfo(float).eps
        lengths = np.sqrt(np.maximum(values[::-1], 0.0))
        # Along vectors of no length the block doesn't vary: they stay zero.
        return _dense(rows @ X) * _inverse(lengths, np.sqrt(max(least, 0.0)))[:, None]

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Return rows in the vectors' coordinates.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows of the block.

        Returns
        -------
        ndarray of shape (n_samples, n_components), dtype float64
        """
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse=["csr"], dtype=np.float64, reset=False)
        return _dense(X if self.components_ is None else X @ self.components_.T)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64"]
        return tags


def _inverse(
    lengths: NDArray[np.float64], least: np.float64 | float
) -> NDArray[np.float64]:
    kept = lengths > least
    return np.where(kept, 1 / np.where(kept, lengths, 1.0), 0.0)


def _dense(block: Any) -> NDArray[np.float64]:
    found: NDArray[np.float64] = block.toarray() if sparse.issparse(block) else block
    return found


def unit_rows(rows: Any) -> NDArray[np.float64]:
    """Return rows of unit length; those of zeros stay.

    Parameters
    ----------
    rows : array-like of shape (n_rows, n_columns)
        Numbers.

    Returns
    -------
    ndarray of shape (n_rows, n_columns), dtype float64

    Examples
    --------
    >>> unit_rows([[3.0, 4.0], [0.0, 0.0]]).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    found = np.asarray(rows, np.float64)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    units: NDArray[np.float64] = found / np.where(lengths > 0, lengths, 1.0)
    return units
