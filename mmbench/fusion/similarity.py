"""Similarity fusion: how well each branch's features fit the other's."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.model_selection import check_cv
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.block_features import BlockFeatures
from mmbench.fusion.early import BlockScaler, under
from mmbench.fusion.joint_spaces import CCASpace, JointSpace, RidgeSpace

__all__ = [
    "BlockSimilarity",
    "cosines_and_distances",
    "similarity_fusion",
]

Floats = NDArray[np.float64]
_ROUNDING = 1e-10

Spaces = dict[tuple[int, int], list[JointSpace]]


class BlockSimilarity(TransformerMixin, BaseEstimator):
    """How well the rows of several blocks fit each other.

    Its ``X`` is a list of matrices, one for each branch. Every pair of blocks is mapped
    into joint spaces; the cosine and the distance of both images are features, so that
    a linear classifier can tell whether a text fits a picture. Side by side or
    multiplied, it can't. The spaces don't look at targets. Training rows are compared
    in spaces that were fitted without them, as new rows are.

    Parameters
    ----------
    spaces : list of JointSpace, optional
        By default ridge regression of each block on the other, and regularised
        canonical correlation analysis.
    cv : int, splitter or list of (train, test), default=5
        The folds in which training rows are compared, as
        :func:`~sklearn.model_selection.check_cv` takes them; a number means that many
        folds in the order of the rows. They are split without targets.
    random_state : int, RandomState instance or None, default=None
        Seeds the spaces.

    Attributes
    ----------
    spaces_ : dict of (int, int) to list of JointSpace
        The spaces of each pair of blocks, fitted to all training rows.
    scaler_ : BlockScaler
        Scales the similarities.

    See Also
    --------
    similarity_fusion : With the branches' features and a predictor.
    InteractionFeatures : All products of two branches' features.

    References
    ----------
    A. Frome et al. (2013), "DeViSE: a deep visual-semantic embedding model", NIPS:
    pictures and words compared in one space. D. H. Wolpert (1992), "Stacked
    generalization", Neural Networks 5: why out of fold.

    Examples
    --------
    >>> import numpy as np
    >>> left = np.arange(8.0).reshape(-1, 1) - 3.5
    >>> similarity = BlockSimilarity(cv=4).fit([left, 2 * left])
    >>> cosines = similarity.transform([left[:1], np.array([[-7.0]])])[0, ::2]
    >>> opposite = similarity.transform([left[:1], np.array([[7.0]])])[0, ::2]
    >>> bool((cosines > opposite).all())
    True
    """

    fusion = "similarity"

    def __init__(
        self,
        spaces: Sequence[JointSpace] | None = None,
        *,
        cv: Any = 5,
        random_state: Any = None,
    ) -> None:
        self.spaces = spaces
        self.cv = cv
        self.random_state = random_state

    def fit(self, X: Sequence[Any], y: ArrayLike | None = None) -> Self:
        """Learn the spaces of each pair of blocks.

        Parameters
        ----------
        X : sequence of matrix of shape (n_samples, n_columns)
            The training rows of each block.
        y : array-like of shape (n_samples,), optional
            The targets, for a splitter that looks at them.

        Returns
        -------
        BlockSimilarity
            The instance itself.
        """
        self.fit_transform(X, y)
        return self

    def fit_transform(
        self,
        X: Sequence[Any],
        y: ArrayLike | None = None,
        **_: Any,
    ) -> Floats:
        """Learn the spaces, and compare the training rows out of fold.

        Parameters
        ----------
        X : sequence of matrix of shape (n_samples, n_columns)
            The training rows of each block.
        y : array-like of shape (n_samples,), optional
            The targets, for a splitter that looks at them.
        **_ : object
            Ignored; scikit-learn's pipelines may pass parameters.

        Returns
        -------
        ndarray of shape (n_samples, n_similarities), dtype float64
        """
        splits = list(check_cv(self.cv).split(np.zeros(X[0].shape[0]), y))
        compared = [
            _compared(self._fitted(X, train), [block[test] for block in X])
            for train, test in splits
        ]
        order = np.argsort(np.concatenate([test for _, test in splits]))
        self.spaces_ = self._fitted(X, slice(None))
        self.scaler_ = BlockScaler()
        similarities: Floats = self.scaler_.fit_transform(np.vstack(compared)[order])
        return similarities

    def transform(self, X: Sequence[Any]) -> Floats:
        """Compare rows.

        Parameters
        ----------
        X : sequence of matrix of shape (n_samples, n_columns)
            The rows of each block.

        Returns
        -------
        ndarray of shape (n_samples, n_similarities), dtype float64
        """
        check_is_fitted(self)
        similarities: Floats = self.scaler_.transform(_compared(self.spaces_, X))
        return similarities

    def _fitted(self, X: Sequence[Any], rows: Any) -> Spaces:
        spaces = self.spaces
        if spaces is None:
            spaces = [RidgeSpace("y"), RidgeSpace("x"), CCASpace()]
        blocks = [block[rows] for block in X]
        return {
            (i, j): [
                clone(space)
                .set_params(random_state=self.random_state)
                .fit(blocks[i], blocks[j])
                for space in spaces
            ]
            for i, j in itertools.combinations(range(len(X)), 2)
        }


def similarity_fusion(
    branches: Sequence[tuple[str, Any]],
    predictor: Any,
    *,
    spaces: Sequence[JointSpace] | None = None,
    joined: bool = True,
    cv: Any = 5,
) -> Pipeline:
    """Compare the branches with each other, under one predictor.

    For questions whose answer is whether modalities fit: matching, entailment, sarcasm,
    products with the wrong picture.

    Parameters
    ----------
    branches : list of (str, transformer)
        Names and transformers, as for :func:`~mmbench.fusion.early_fusion`. They are
        cloned.
    predictor : classifier or regressor
        What is trained on the features. It is cloned.
    spaces
        As in :class:`BlockSimilarity`.
    joined : bool, default=True
        Whether the branches' features stand before their similarities.
    cv
        As in :class:`BlockSimilarity`.

    Returns
    -------
    Pipeline
        Of ``features``, a :class:`BlockFeatures`, and ``classifier`` or
        ``regressor``.

    Examples
    --------
    Neither column tells whether both say the same; their similarity does:

    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.preprocessing import OneHotEncoder
    >>> from mmbench.fusion import branch
    >>> names = ["cup", "bus", "sky"]
    >>> wrong = [[a, b] for a in names for b in names if a != b]
    >>> X = pd.DataFrame([[a, a] for a in names * 2] + wrong, columns=["name", "seen"])
    >>> X = pd.concat([X] * 5, ignore_index=True)
    >>> fits = (X["name"] == X["seen"]).to_numpy()
    >>> branches = [(c, branch([c], OneHotEncoder())) for c in X]
    >>> method = similarity_fusion(branches, LogisticRegression(C=100))
    >>> method.fit(X, fits).score(X, fits)
    1.0
    """
    similarity = BlockSimilarity(spaces, cv=cv)
    features = BlockFeatures(list(branches), similarity, joined=joined)
    return under(clone(features), predictor)


def cosines_and_distances(a: Floats, b: Floats) -> Floats:
    """Return the cosine and the Euclidean distance of each row to its counterpart.

    Parameters
    ----------
    a, b : ndarray of shape (n_rows, n_components)
        Rows of both sides in one space.

    Returns
    -------
    ndarray of shape (n_rows, 2), dtype float64
        The cosine with a row of zeros is zero.

    Examples
    --------
    >>> import numpy as np
    >>> cosines_and_distances(np.array([[3.0, 0.0]]), np.array([[0.0, 4.0]])).tolist()
    [[0.0, 5.0]]
    """
    norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    inner = np.einsum("ij,ij->i", a, b)
    # A missing modality lies where the mean does, up to rounding: in no direction.
    told = norms > _ROUNDING
    cosines = np.divide(inner, norms, out=np.zeros_like(inner), where=told)
    distances = np.linalg.norm(a - b, axis=1)
    return np.column_stack([cosines, np.where(distances > _ROUNDING, distances, 0.0)])


def _compared(spaces: Spaces, X: Sequence[Any]) -> Floats:
    """Return the similarities of rows."""
    columns = [
        cosines_and_distances(space.transform(X[i]), space.transform_y(X[j]))
        for (i, j), of_pair in spaces.items()
        for space in of_pair
    ]
    return np.hstack(columns)
