"""Similarity fusion: how well each branch's features fit the other's."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.model_selection import check_cv
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.composition import FusionComposition
from mmbench.fusion.early import BlockScaler, scaled, under
from mmbench.fusion.joint_spaces import CCASpace, JointSpace, RidgeSpace

__all__ = [
    "BlockSimilarity",
    "SimilarityFeatures",
    "cosines_and_distances",
    "similarity_fusion",
]

Floats = NDArray[np.float64]
_ROUNDING = 1e-10

Spaces = dict[tuple[int, int], list[JointSpace]]


class BlockSimilarity(TransformerMixin, BaseEstimator):
    """The similarities of :class:`SimilarityFeatures`, over blocks that are there.

    Its ``X`` is a list of matrices, one for each branch.

    Parameters
    ----------
    spaces, cv, random_state
        As in :class:`SimilarityFeatures`.

    Attributes
    ----------
    spaces_ : dict of (int, int) to list of JointSpace
        The spaces of each pair of blocks, fitted to all training rows.
    scaler_ : BlockScaler
        Scales the similarities.
    """

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
        y : ignored
            Present for scikit-learn's sake.

        Returns
        -------
        BlockSimilarity
            Itself.
        """
        self.fit_transform(X, y)
        return self

    def fit_transform(
        self,
        X: Sequence[Any],
        y: ArrayLike | None = None,  # noqa: ARG002
        **_: Any,
    ) -> Floats:
        """Learn the spaces, and compare the training rows out of fold.

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
        ndarray of shape (n_samples, n_similarities), dtype float64
        """
        splits = list(check_cv(self.cv).split(np.zeros(X[0].shape[0])))
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


class SimilarityFeatures(TransformerMixin, FusionComposition):
    """The features of several branches, and how well they fit each other.

    For every pair of branches, both blocks are mapped into joint spaces; the cosine and
    the distance of both images are features, so that a linear classifier can tell
    whether a text fits a picture. Side by side or multiplied, it can't. The spaces
    don't look at targets. Training rows are compared in spaces that were fitted without
    them, as new rows are.

    Parameters
    ----------
    transformers : list of (str, transformer)
        At least two names and transformers from ``X`` to a matrix of features, dense or
        sparse. Their order makes no difference: inside, they stand in that of their
        names.
    spaces : list of JointSpace, optional
        By default ridge regression of each block on the other, and regularised
        canonical correlation analysis.
    joined : bool, default=True
        Whether the branches' features stand before their similarities.
    cv : int, splitter or list of (train, test), default=5
        The folds in which training rows are compared, as
        :func:`~sklearn.model_selection.check_cv` takes them; a number means that many
        folds in the order of the rows. They are split without targets.
    random_state : int, RandomState instance or None, default=None
        Seeds the spaces.

    Attributes
    ----------
    transformers_ : list of (str, Pipeline)
        The fitted transformers, in the order of their names.
    similarity_ : BlockSimilarity
        The fitted spaces.
    n_features_in_ : int
        The number of columns seen in ``fit``, if the first branch tells it.

    See Also
    --------
    similarity_fusion : With a predictor behind it.
    InteractionFeatures : All products of two branches' features.

    References
    ----------
    A. Frome et al. (2013), "DeViSE: a deep visual-semantic embedding model", NIPS:
    pictures and words compared in one space. D. H. Wolpert (1992), "Stacked
    generalization", Neural Networks 5: why out of fold.

    Examples
    --------
    Both columns are the same, but for their units:

    >>> import pandas as pd
    >>> from mmbench.fusion import branch
    >>> X = pd.DataFrame({"cm": [1.0, 2.0, 4.0, 5.0], "inch": [0.4, 0.8, 1.6, 2.0]})
    >>> branches = [(each, branch([each], "passthrough")) for each in X]
    >>> features = SimilarityFeatures(branches, joined=False, cv=2).fit(X)
    >>> swapped = X.assign(inch=X["inch"].to_numpy()[::-1])
    >>> cosine = features.transform(X)[:, 0], features.transform(swapped)[:, 0]
    >>> bool((cosine[0] > cosine[1]).all())
    True
    """

    _parts = "transformers"

    def __init__(
        self,
        transformers: list[tuple[str, Any]],
        *,
        spaces: Sequence[JointSpace] | None = None,
        joined: bool = True,
        cv: Any = 5,
        random_state: Any = None,
    ) -> None:
        self.transformers = transformers
        self.spaces = spaces
        self.joined = joined
        self.cv = cv
        self.random_state = random_state

    def blocks(self) -> list[tuple[str, Pipeline]]:
        """Return the branches, unfitted, each with its features scaled as one block.

        Returns
        -------
        list of (str, Pipeline)
            In the order of their names; the same work as in :func:`early_fusion`.

        Raises
        ------
        ValueError
            When ``transformers`` is not a list of two (name, transformer) or more.
        """
        if len(self._names()) < 2:
            raise ValueError(
                "transformers must hold at least two (name, transformer) to compare, "
                f"got {len(self.transformers)}."
            )
        by_name = sorted(self.transformers, key=lambda pair: str(pair[0]))
        return [(name, scaled(clone(branch))) for name, branch in by_name]

    def similarity(self) -> BlockSimilarity:
        """Return what compares the blocks, unfitted.

        Returns
        -------
        BlockSimilarity
        """
        return BlockSimilarity(self.spaces, cv=self.cv, random_state=self.random_state)

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:
        """Fit the branches, and the spaces of each pair of them.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The training rows.
        y : array-like of shape (n_samples,), optional
            Their labels, for branches that look at them.

        Returns
        -------
        SimilarityFeatures
            Itself.
        """
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: Any, y: ArrayLike | None = None, **_: Any) -> Any:
        """Fit the branches and the spaces, and return the training rows' features.

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
        {ndarray, sparse matrix} of shape (n_samples, n_features), dtype float64
            Sparse where a branch's features are and stand before their similarities.
        """
        self.transformers_ = self.blocks()
        blocks = [each.fit_transform(X, y) for _, each in self.transformers_]
        self.similarity_ = self.similarity()
        return self._beside(blocks, self.similarity_.fit_transform(blocks))

    def transform(self, X: Any) -> Any:
        """Return features and similarities.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The samples.

        Returns
        -------
        {ndarray, sparse matrix} of shape (n_samples, n_features), dtype float64
        """
        check_is_fitted(self)
        blocks = [each.transform(X) for _, each in self.transformers_]
        return self._beside(blocks, self.similarity_.transform(blocks))

    def _beside(self, blocks: list[Any], similarities: Floats) -> Any:
        if not self.joined:
            return similarities
        if any(sparse.issparse(block) for block in blocks):
            return sparse.hstack([*blocks, similarities], format="csr")
        return np.hstack([*blocks, similarities])

    def _first_fitted(self) -> Any:
        return getattr(self, "transformers_", [(None, None)])[0][1]


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
    spaces, joined, cv
        As in :class:`SimilarityFeatures`.

    Returns
    -------
    Pipeline
        Of ``features``, a :class:`SimilarityFeatures`, and ``classifier`` or
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
    features = SimilarityFeatures(list(branches), spaces=spaces, joined=joined, cv=cv)
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
