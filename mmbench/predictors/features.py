"""What some classifiers need before they can take any block of features."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.decomposition import TruncatedSVD
from sklearn.utils.validation import check_is_fitted, validate_data

__all__ = ["DenseReducer", "SignSplitter"]

_DTYPES = [np.float64, np.float32]


class SignSplitter(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Split each column into its positive and its negative part, if any is negative.

    A multinomial naive Bayes model takes no negative numbers. Here "above the average"
    and "below the average" become two things that may be present in a sample, as two
    words may be, each to its degree. What has no negative numbers, such as a
    document-term matrix, stays as it is.

    Attributes
    ----------
    is_split_ : bool
        Whether negative numbers were seen in ``fit``. If not, later ones become zero.
    n_features_in_ : int
        The number of columns seen in ``fit``.

    References
    ----------
    The same pair of parts keeps both signs behind a rectifier in W. Shang, K. Sohn,
    D. Almeida, H. Lee (2016), "Understanding and improving convolutional neural
    networks via concatenated rectified linear units", ICML.

    Examples
    --------
    >>> SignSplitter().fit_transform([[2.0, -3.0], [-1.0, 0.0]])
    array([[2., 0., 0., 3.],
           [0., 0., 1., 0.]])
    """

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:  # noqa: ARG002
        """Learn whether there are negative numbers.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The training rows.
        y : ignored
            Present for scikit-learn's sake.

        Returns
        -------
        SignSplitter
            The instance itself.
        """
        X = validate_data(self, X, accept_sparse="csr", dtype=_DTYPES)
        self.is_split_ = bool(X.min() < 0)
        self._n_features_out = X.shape[1] * (1 + self.is_split_)
        return self

    def transform(self, X: Any) -> Any:
        """Split the columns.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        {ndarray, sparse matrix} of shape (n_samples, n_features or 2 * n_features)
            The positive parts, then the negative parts; none below zero.
        """
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, accept_sparse="csr", dtype=_DTYPES)
        parts = [X, -X] if self.is_split_ else [X]
        if sparse.issparse(X):
            return sparse.hstack([part.maximum(0) for part in parts], format="csr")
        return np.hstack([np.maximum(part, 0) for part in parts])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


class DenseReducer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Make sparse features dense: by a truncated SVD if they are wide.

    For classifiers that take dense features only. Dense features stay as they are.

    Parameters
    ----------
    n_components : int, default=100
        To how many columns wider sparse features are reduced. Narrower ones are written
        out in full.
    random_state : int, RandomState instance or None, default=None
        Seed of the SVD.

    Attributes
    ----------
    svd_ : TruncatedSVD or None
        The fitted reduction; None where there is nothing to reduce.
    n_features_in_ : int
        The number of columns seen in ``fit``.

    References
    ----------
    S. Deerwester, S. T. Dumais, G. W. Furnas, T. K. Landauer, R. Harshman (1990),
    "Indexing by latent semantic analysis", Journal of the American Society for
    Information Science 41(6), 391-407.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> DenseReducer().fit_transform(csr_matrix([[1.0, 0.0], [0.0, 2.0]]))
    array([[1., 0.],
           [0., 2.]])
    """

    def __init__(
        self,
        n_components: int = 100,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:  # noqa: ARG002
        """Learn the reduction, if the features are sparse and wide.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The training rows.
        y : ignored
            Present for scikit-learn's sake.

        Returns
        -------
        DenseReducer
            The instance itself.

        Raises
        ------
        ValueError
            When ``n_components`` is not a positive integer.
        """
        if not isinstance(self.n_components, int | np.integer) or self.n_components < 1:
            raise ValueError(
                f"n_components must be a positive integer, got {self.n_components!r}."
            )
        X = validate_data(self, X, accept_sparse="csr", dtype=_DTYPES)
        self.svd_ = None
        if sparse.issparse(X) and X.shape[1] > self.n_components:
            # There are no more directions than rows.
            n_components = min(self.n_components, X.shape[0])
            svd = TruncatedSVD(n_components, random_state=self.random_state)
            self.svd_ = svd.fit(X)
        fitted = self.svd_
        self._n_features_out = len(fitted.components_) if fitted else X.shape[1]
        return self

    def transform(self, X: Any) -> NDArray[Any]:
        """Return dense features.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_features or n_components)
            The same features, or their projections.
        """
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, accept_sparse="csr", dtype=_DTYPES)
        rows = X if self.svd_ is None else self.svd_.transform(X)
        dense: NDArray[Any] = rows.toarray() if sparse.issparse(rows) else rows
        return dense

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
