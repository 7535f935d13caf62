"""Fusion that expects missing modalities: conversion, and modality dropout."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.pipeline import Pipeline
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.block_features import BlockFeatures
from mmbench.fusion.early import under
from mmbench.fusion.joint_spaces import JointSpace, RidgeSpace

__all__ = ["BlockImputer", "robust_fusion"]

_ROUNDING = 1e-10
_FEWEST_ROWS = 10
_MOST_TERMS = 100

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class BlockImputer(TransformerMixin, BaseEstimator):
    """Fill missing blocks in from those that are present, and drop blocks in training.

    Its ``X`` is a list of matrices, one for each branch, scaled so that a missing
    modality is a row of zeros. Conversion predicts such a row from each block that is
    present, by a joint space fitted to the training rows that have both, and takes the
    mean. Dropout leaves out blocks of training rows at random, so that the predictor
    learns to do without them; no row loses its last block. Rows that lost a block are
    not what conversion is fitted to, so that it is as good in training as later.

    Parameters
    ----------
    convert : bool, default=True
        Whether missing blocks are predicted; otherwise they stay zero.
    dropout : float, default=0.0
        The probability at which a block of a training row is dropped, below 1.
    space : JointSpace, optional
        What predicts a block from another; by default ridge regression.
    random_state : int, RandomState instance or None, default=None
        Seeds dropout and the spaces.

    Attributes
    ----------
    spaces_ : dict of (int, int) to JointSpace
        By the block that is given and the one that is predicted, where enough training
        rows have both.

    See Also
    --------
    robust_fusion : With branches and a predictor.

    References
    ----------
    N. Neverova, C. Wolf, G. Taylor, F. Nebout (2016), "ModDrop: adaptive multi-modal
    gesture recognition", IEEE TPAMI 38(8). L. Tran, X. Liu, J. Zhou, R. Jin (2017),
    "Missing modalities imputation via cascaded residual autoencoder", CVPR: modalities
    predicted from one another.

    Examples
    --------
    >>> import numpy as np
    >>> a = np.arange(12.0).reshape(-1, 1) - 5.5
    >>> imputer = BlockImputer(space=RidgeSpace(alphas=(1e-9,))).fit([a, 2 * a])
    >>> imputer.transform([np.array([[3.0]]), np.array([[0.0]])]).round(6).tolist()
    [[3.0, 6.0]]
    """

    fusion = "early"

    def __init__(
        self,
        *,
        convert: bool = True,
        dropout: float = 0.0,
        space: JointSpace | None = None,
        random_state: Any = None,
    ) -> None:
        self.convert = convert
        self.dropout = dropout
        self.space = space
        self.random_state = random_state

    def fit(self, X: Sequence[Any], y: ArrayLike | None = None) -> Self:
        """Learn to predict each block from each other one.

        Parameters
        ----------
        X : sequence of matrix of shape (n_samples, n_columns)
            The training rows of each block.
        y : ignored
            Present for scikit-learn's sake.

        Returns
        -------
        BlockImputer
            The instance itself.

        Raises
        ------
        ValueError
            When ``dropout`` is not in [0, 1).
        """
        self.fit_transform(X, y)
        return self

    def fit_transform(
        self,
        X: Sequence[Any],
        y: ArrayLike | None = None,  # noqa: ARG002
        **_: Any,
    ) -> Any:
        """Drop blocks of training rows, fill them in, and put all side by side.

        Parameters
        ----------
        X : sequence of matrix of shape (n_samples, n_columns)
            The training rows of each block.
        y : ignored
            Present for scikit-learn's sake.
        **_ : object
            Ignored; scikit-learn's pipelines may pass parameters.

        Returns
        -------
        {ndarray, csr_matrix} of shape (n_samples, n_features)
            Sparse where a block is.

        Raises
        ------
        ValueError
            When ``dropout`` is not in [0, 1).
        """
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must be in [0, 1), got {self.dropout!r}.")
        random = check_random_state(self.random_state)
        kept = _kept(_present(X), self.dropout, random)
        self.spaces_ = self._fitted(X, kept) if self.convert else {}
        return self._filled(X, kept)

    def transform(self, X: Sequence[Any]) -> Any:
        """Fill in what is missing, and put all blocks side by side.

        Parameters
        ----------
        X : sequence of matrix of shape (n_samples, n_columns)
            The rows of each block.

        Returns
        -------
        {ndarray, csr_matrix} of shape (n_samples, n_features)
            Sparse where a block is. A sparse block's predicted rows keep their hundred
            largest entries.
        """
        check_is_fitted(self)
        return self._filled(X, _present(X))

    def _fitted(
        self, X: Sequence[Any], present: Mask
    ) -> dict[tuple[int, int], JointSpace]:
        space = RidgeSpace() if self.space is None else self.space
        space = clone(space).set_params(random_state=self.random_state)
        both = {
            (i, j): np.flatnonzero(present[i] & present[j])
            for i, j in itertools.permutations(range(len(X)), 2)
        }
        return {
            (i, j): clone(space).fit(X[i][rows], X[j][rows])
            for (i, j), rows in both.items()
            if len(rows) >= _FEWEST_ROWS
        }

    def _filled(self, X: Sequence[Any], present: Mask) -> Any:
        blocks = [self._block(X, j, present) for j in range(len(X))]
        if any(sparse.issparse(block) for block in blocks):
            return sparse.hstack(blocks, format="csr")
        return np.hstack(blocks)

    def _block(self, X: Sequence[Any], j: int, present: Mask) -> Any:
        missing = np.flatnonzero(~present[j])
        if not len(missing):
            return X[j]
        rows = self._predicted(X, j, missing, present)
        if not sparse.issparse(X[j]):
            block = np.array(X[j])
            block[missing] = rows
            return block
        place = sparse.csr_matrix(
            (np.ones(len(missing)), (missing, np.arange(len(missing)))),
            shape=(X[j].shape[0], len(missing)),
        )
        left = sparse.diags(present[j].astype(X[j].dtype)) @ X[j]
        return (left + place @ _sparsified(rows)).tocsr()

    def _predicted(
        self, X: Sequence[Any], j: int, missing: NDArray[np.intp], present: Mask
    ) -> Floats:
        """Return the mean of what the present blocks predict; zeros without any."""
        total = np.zeros((len(missing), X[j].shape[1]))
        votes = np.zeros((len(missing), 1))
        for (i, to), space in self.spaces_.items():
            told = np.flatnonzero(present[i][missing])
            if to == j and len(told):
                total[told] += space.predict(X[i][missing[told]])
                votes[told] += 1
        return total / np.maximum(votes, 1)


def robust_fusion(
    branches: Sequence[tuple[str, Any]],
    predictor: Any,
    *,
    convert: bool = True,
    dropout: float = 0.0,
) -> Pipeline:
    """Early fusion for data whose modalities are missing in some rows.

    Parameters
    ----------
    branches : list of (str, transformer)
        Names and transformers, as for :func:`~mmbench.fusion.early_fusion`. They are
        cloned.
    predictor : classifier or regressor
        What is trained on the joined features. It is cloned.
    convert, dropout
        As in :class:`BlockImputer`.

    Returns
    -------
    Pipeline
        Of ``features``, a :class:`BlockFeatures`, and ``classifier`` or
        ``regressor``.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.preprocessing import OneHotEncoder
    >>> from mmbench.fusion import branch
    >>> X = pd.DataFrame({"name": ["cup", "bus"] * 20, "seen": ["c", "b"] * 20})
    >>> encoder = OneHotEncoder(handle_unknown="ignore")
    >>> branches = [(each, branch([each], encoder)) for each in X]
    >>> method = robust_fusion(branches, LogisticRegression(), dropout=0.2)
    >>> method.fit(X, X["name"]).predict(X[:2].assign(seen="?")).tolist()
    ['cup', 'bus']
    """
    imputer = BlockImputer(convert=convert, dropout=dropout)
    return under(BlockFeatures(list(branches), imputer), predictor)


def _present(X: Sequence[Any]) -> Mask:
    """Return which rows of which blocks are more than zeros, up to rounding."""
    largest = [abs(block).max(axis=1) for block in X]
    dense = [m.toarray() if sparse.issparse(m) else m for m in largest]
    return np.array([np.asarray(m).ravel() > _ROUNDING for m in dense])


def _kept(present: Mask, dropout: float, random: np.random.RandomState) -> Mask:
    """Drop blocks at random, but of no row all that it has."""
    kept: Mask = present & (random.random_sample(present.shape) >= dropout)
    emptied = ~kept.any(axis=0)
    kept[:, emptied] = present[:, emptied]
    return kept


def _sparsified(rows: Floats) -> sparse.csr_matrix:
    """Return rows with their largest entries alone."""
    if rows.shape[1] > _MOST_TERMS:
        smallest = np.partition(abs(rows), -_MOST_TERMS, axis=1)[:, -_MOST_TERMS]
        rows = np.where(abs(rows) >= smallest[:, np.newaxis], rows, 0.0)
    return sparse.csr_matrix(rows)
