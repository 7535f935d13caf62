"""Interaction fusion: the products of two branches' features, under one classifier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.early import scaled, under

__all__ = ["InteractionFeatures", "interaction_fusion", "row_products"]


class InteractionFeatures(TransformerMixin, BaseEstimator):
    """The features of two branches, and the product of each pair of them.

    A linear classifier on them is a bilinear one on the branches: what a feature of one
    branch says may depend on the other. Where one branch is one-hot, such as one of the
    questions that are asked about pictures, the classifier holds an expert for each of
    its values, linear in the other branch, with what they have in common beside them.

    Parameters
    ----------
    transformers : list of (str, transformer)
        Two names and transformers from ``X`` to a matrix of features, dense or sparse.

    Attributes
    ----------
    transformers_ : list of (str, transformer)
        The fitted transformers.
    n_features_in_ : int
        The number of columns of ``X``, where it has any.

    See Also
    --------
    interaction_fusion : With a classifier behind it.

    Notes
    -----
    With a one put before each branch's features, the output is the row-wise Kronecker
    product of both (face-splitting or Khatri-Rao product) [1]_ without its constant:
    ``p + q + p * q`` columns, first those of the first branch. It is sparse, since most
    products of a sparse branch are zero. Pooling over places as in bilinear networks
    [2]_ does not come in here: a sample has one feature vector a branch.

    References
    ----------
    .. [1] V. Slyusar, "A family of face products of matrices and its properties",
       Cybernetics and Systems Analysis 35 (3), 379-384, 1999.
    .. [2] T.-Y. Lin, A. RoyChowdhury and S. Maji, "Bilinear CNN models for fine-grained
       visual recognition", ICCV 2015.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.preprocessing import OneHotEncoder
    >>> from mmbench.fusion import branch
    >>> X = pd.DataFrame({"asked": ["size", "weight"], "cm": [3.0, 4.0]})
    >>> both = InteractionFeatures(
    ...     [("asked", branch(["asked"], OneHotEncoder())),
    ...      ("cm", branch(["cm"], "passthrough"))]
    ... )
    >>> both.fit_transform(X).toarray()
    array([[1., 0., 3., 3., 0.],
           [0., 1., 4., 0., 4.]])
    """

    def __init__(self, transformers: list[tuple[str, Any]]) -> None:
        self.transformers = transformers

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:
        """Fit both branches.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The training rows.
        y : array-like of shape (n_samples,), optional
            Their labels, for branches that look at them.

        Returns
        -------
        InteractionFeatures
            The instance itself.

        Raises
        ------
        ValueError
            When there are not two transformers.
        """
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: Any, y: ArrayLike | None = None, **_: Any) -> Any:
        """Fit both branches and return the training rows' features.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The training rows.
        y : array-like of shape (n_samples,), optional
            Their labels.
        **_ : object
            Ignored; scikit-learn's pipelines may pass parameters.

        Returns
        -------
        sparse matrix of shape (n_samples, p + q + p * q), dtype float64

        Raises
        ------
        ValueError
            When there are not exactly two transformers.
        """
        if len(self.transformers) != 2:
            raise ValueError(
                "transformers must hold two (name, transformer), got "
                f"{len(self.transformers)}."
            )
        self.transformers_ = [(name, clone(each)) for name, each in self.transformers]
        if hasattr(X, "shape") and len(X.shape) == 2:
            self.n_features_in_ = X.shape[1]
        blocks = [each.fit_transform(X, y) for _, each in self.transformers_]
        return row_products(*blocks)

    def transform(self, X: Any) -> Any:
        """Return features and their products.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The samples.

        Returns
        -------
        sparse matrix of shape (n_samples, p + q + p * q), dtype float64
        """
        check_is_fitted(self)
        return row_products(*(each.transform(X) for _, each in self.transformers_))


def interaction_fusion(branches: Sequence[tuple[str, Any]], predictor: Any) -> Pipeline:
    """Join two branches by the products of their features, under one predictor.

    Parameters
    ----------
    branches : list of (str, transformer)
        Two names and transformers, as for :func:`~mmbench.fusion.early_fusion`. Each
        is scaled as there, so neither drowns the other. They are cloned.
    predictor : classifier or regressor
        What is trained on the features; it should take sparse ones. It is cloned.

    Returns
    -------
    Pipeline
        Of ``features``, an :class:`InteractionFeatures`, and ``classifier`` or
        ``regressor``.

    Raises
    ------
    ValueError
        When there are not two branches.

    Examples
    --------
    Neither what is asked nor what is seen tells the answer; both together do:

    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.preprocessing import OneHotEncoder
    >>> from mmbench.fusion import branch
    >>> X = pd.DataFrame({"asked": ["red?", "red?", "blue?", "blue?"],
    ...                   "seen": ["red", "blue", "red", "blue"]})
    >>> branches = [(c, branch([c], OneHotEncoder())) for c in X]
    >>> method = interaction_fusion(branches, LogisticRegression(C=100))
    >>> method.fit(X, ["yes", "no", "no", "yes"]).predict(X).tolist()
    ['yes', 'no', 'no', 'yes']
    """
    if len(branches) != 2:
        raise ValueError(
            f"branches must hold two (name, transformer), got {len(branches)}."
        )
    blocks = [(name, scaled(clone(transformer))) for name, transformer in branches]
    return under(InteractionFeatures(blocks), predictor)


def row_products(left: Any, right: Any) -> sparse.csr_matrix:
    """Return two matrices and, row by row, all products of their entries, side by side.

    Parameters
    ----------
    left, right : {ndarray, sparse matrix} of shapes (n_rows, p) and (n_rows, q)

    Returns
    -------
    csr_matrix of shape (n_rows, p + q + p * q), dtype float64
        Column ``p + q + i * q + j`` is column i of `left` times column j of `right`.

    Examples
    --------
    >>> import numpy as np
    >>> row_products(np.array([[2.0]]), np.array([[3.0, 5.0]])).toarray()
    array([[ 2.,  3.,  5.,  6., 10.]])
    """
    a, b = sparse.csr_matrix(left, dtype=float), sparse.csr_matrix(right, dtype=float)
    # Each entry of a row of a meets each entry of the same row of b.
    of_row = np.diff(a.indptr), np.diff(b.indptr)
    row_of_entry = np.repeat(np.arange(a.shape[0]), of_row[0])
    n_met = of_row[1][row_of_entry]
    first = np.repeat(np.arange(a.nnz), n_met)
    within = np.arange(len(first)) - np.repeat(np.cumsum(n_met) - n_met, n_met)
    second = np.repeat(b.indptr[row_of_entry], n_met) + within
    columns = a.indices[first].astype(np.int64) * b.shape[1] + b.indices[second]
    starts: NDArray[np.int64] = np.concatenate([[0], np.cumsum(of_row[0] * of_row[1])])
    products = sparse.csr_matrix(
        (a.data[first] * b.data[second], columns, starts),
        shape=(a.shape[0], a.shape[1] * b.shape[1]),
    )
    return sparse.hstack([a, b, products], format="csr")
