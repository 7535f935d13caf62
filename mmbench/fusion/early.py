"""Early fusion: the branches' features side by side, under one predictor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import (
    BaseEstimator,
    OneToOneFeatureMixin,
    TransformerMixin,
    clone,
    is_regressor,
)
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.sparsefuncs import inplace_column_scale
from sklearn.utils.validation import check_is_fitted, validate_data

from mmbench.fusion.select import append_step

__all__ = ["BlockScaler", "early_fusion"]


class BlockScaler(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Scale a block of features so that its rows have unit mean squared norm.

    Joined blocks then weigh the same in every distance and inner product, and under
    every penalty on a linear model's coefficients, whatever their numbers of columns: a
    block of 2,000 columns doesn't drown one of 50. A dense block's columns are
    standardised first. A sparse block's columns keep their proportions, which carry
    meaning in a document-term matrix, and it stays sparse. Scaling twice changes
    nothing.

    Attributes
    ----------
    mean_ : ndarray of shape (n_features,) or None
        What is subtracted from each column; None where a sparse block was fitted.
    scale_ : ndarray of shape (n_features,)
        What each column is divided by then.
    n_features_in_ : int
        The number of columns seen in ``fit``.

    See Also
    --------
    early_fusion : Puts one behind every branch.

    Notes
    -----
    The mean over the training rows of the squared Euclidean norm of a row becomes
    exactly one, unless every column is constant; then the block becomes zero.

    References
    ----------
    Block scaling is common in multi-block data analysis: B. Escofier, J. Pagès (1994),
    "Multiple factor analysis (AFMULT package)", Computational Statistics & Data
    Analysis 18(1); A. K. Smilde, J. A. Westerhuis, S. de Jong (2003), "A framework for
    sequential multiblock component methods", Journal of Chemometrics 17(6), 323-337.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0, 10.0], [2.0, 30.0]])
    >>> BlockScaler().fit_transform(X)
    array([[-0.70710678, -0.70710678],
           [ 0.70710678,  0.70710678]])

    In plain scikit-learn, for a dense block without constant columns:

    >>> from sklearn.preprocessing import StandardScaler
    >>> StandardScaler().fit_transform(X) / np.sqrt(X.shape[1])
    array([[-0.70710678, -0.70710678],
           [ 0.70710678,  0.70710678]])
    """

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:  # noqa: ARG002
        """Learn the columns' means and scales.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The training rows of the block.
        y : ignored
            Present for scikit-learn's sake.

        Returns
        -------
        BlockScaler
            The instance itself.

        Raises
        ------
        ValueError
            When ``X`` holds NaN (impute first) or infinite numbers.
        """
        X = _validate(self, X, reset=True)
        if sparse.issparse(X):
            mean_squared_norm = np.sum(np.square(X.data, dtype=float)) / X.shape[0]
            self.mean_, scale = None, np.ones(X.shape[1])
        else:
            columns = StandardScaler().fit(X)
            self.mean_, scale = columns.mean_, columns.scale_
            mean_squared_norm = np.sum(columns.var_ / scale**2)
        self.scale_ = scale * (np.sqrt(mean_squared_norm) or 1.0)
        return self

    def transform(self, X: Any) -> Any:
        """Scale the block.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows of the block.

        Returns
        -------
        {ndarray, sparse matrix} of shape (n_samples, n_features), dtype float64
            The scaled rows. Sparse where ``X`` is, if a sparse block was fitted; such a
            block keeps its precision.

        Raises
        ------
        ValueError
            When ``X`` holds NaN or infinite numbers, or another number of columns.
        """
        check_is_fitted(self)
        X = _validate(self, X, reset=False)
        if self.mean_ is not None:
            # Centring fills the zeros, so what was fitted dense comes out dense. In
            # single precision, a solver's answer would depend on the number of threads.
            rows = X.toarray() if sparse.issparse(X) else X
            return (rows - self.mean_) / self.scale_
        if not sparse.issparse(X):
            return X / self.scale_
        X = X.copy()
        inplace_column_scale(X, 1 / self.scale_.astype(X.dtype))
        return X

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64"]
        return tags


def early_fusion(branches: Sequence[tuple[str, Any]], predictor: Any) -> Pipeline:
    """Join the branches' features, each block scaled alike, under one predictor.

    A missing modality is what its branch makes of it: a text extractor gives a zero
    row, and an image branch imputes the column means, which the scaling turns into
    zeros. So a missing modality pulls the predictor nowhere.

    Parameters
    ----------
    branches : list of (str, transformer)
        Names and transformers from ``X`` to a matrix of features, as
        :func:`~mmbench.fusion.branch` makes them. At least one. They are cloned, so a
        branch may serve in many methods.
    predictor : classifier or regressor
        What is trained on the joined features. It is cloned.

    Returns
    -------
    Pipeline
        Of ``features``, a :class:`~sklearn.pipeline.FeatureUnion` of the branches with
        a :class:`BlockScaler` behind each that doesn't end in one, and ``classifier``,
        or ``regressor``.
        The joined features are sparse when any block is.

    Raises
    ------
    ValueError
        When there are no branches.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.feature_extraction.text import TfidfVectorizer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from mmbench.fusion import branch
    >>> X = pd.DataFrame({"text": ["red", "red", "blue"], "width": [1.0, 9.0, 9.0]})
    >>> branches = [("text", branch("text", TfidfVectorizer())),
    ...             ("size", branch(["width"], "passthrough"))]
    >>> method = early_fusion(branches, LogisticRegression(C=100))
    >>> method.fit(X, ["cup", "bus", "sky"]).predict(X).tolist()
    ['cup', 'bus', 'sky']
    """
    if not branches:
        raise ValueError("branches must hold at least one (name, transformer), got [].")
    blocks = [(name, scaled(clone(transformer))) for name, transformer in branches]
    return under(FeatureUnion(blocks), predictor)


def under(features: Any, predictor: Any) -> Pipeline:
    """Return features with a clone of a predictor behind them.

    Parameters
    ----------
    features : transformer
        Makes the predictor's input; it is not cloned.
    predictor : classifier or regressor
        Unfitted.

    Returns
    -------
    Pipeline
        Steps ``features`` and ``classifier`` or ``regressor``.
    """
    name = "regressor" if is_regressor(predictor) else "classifier"
    return Pipeline([("features", features), (name, clone(predictor))])


def scaled(branch: Any) -> Pipeline:
    if isinstance(branch, Pipeline) and isinstance(branch.steps[-1][1], BlockScaler):
        return branch
    return append_step(branch, BlockScaler())


def _validate(scaler: BlockScaler, X: Any, *, reset: bool) -> NDArray[Any]:
    dtypes = [np.float64, np.float32]
    checked: NDArray[Any] = validate_data(
        scaler, X, reset=reset, accept_sparse=["csr", "csc"], dtype=dtypes
    )
    return checked
