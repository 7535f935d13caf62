"""Features that are made of the features of several branches at once."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn.base import TransformerMixin, clone
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.composition import FusionComposition
from mmbench.fusion.early import scaled

__all__ = ["BlockFeatures"]


class BlockFeatures(TransformerMixin, FusionComposition):
    """Features that a transformer of blocks makes of several branches' features.

    Parameters
    ----------
    transformers : list of (str, transformer)
        At least two names and transformers from ``X`` to a matrix of features, dense or
        sparse. Their order makes no difference: inside, they stand in that of their
        names, each scaled as one block.
    combiner : transformer
        What makes features of the list of blocks: :class:`BlockSimilarity`,
        :class:`BlockKernels` or :class:`~mmbench.fusion.joint_spaces.MultiviewCCA`.
    joined : bool, default=False
        Whether the branches' own features stand before them.

    Attributes
    ----------
    transformers_ : list of (str, Pipeline)
        The fitted transformers, in the order of their names.
    combiner_ : transformer
        The fitted combiner.
    n_features_in_ : int
        The number of columns seen in ``fit``, if the first branch has it.

    See Also
    --------
    similarity_fusion, kernel_fusion, canonical_fusion : With a predictor behind it.

    Examples
    --------
    Both columns are the same, but for their units:

    >>> import pandas as pd
    >>> from mmbench.fusion import BlockSimilarity, branch
    >>> X = pd.DataFrame({"cm": [1.0, 2.0, 4.0, 5.0], "inch": [0.4, 0.8, 1.6, 2.0]})
    >>> branches = [(each, branch([each], "passthrough")) for each in X]
    >>> features = BlockFeatures(branches, BlockSimilarity(cv=2)).fit(X)
    >>> swapped = X.assign(inch=X["inch"].to_numpy()[::-1])
    >>> cosine = features.transform(X)[:, 0], features.transform(swapped)[:, 0]
    >>> bool((cosine[0] > cosine[1]).all())
    True
    """

    _parts = "transformers"

    def __init__(
        self,
        transformers: list[tuple[str, Any]],
        combiner: Any,
        *,
        joined: bool = False,
    ) -> None:
        self.transformers = transformers
        self.combiner = combiner
        self.joined = joined

    @property
    def fusion(self) -> str:
        """What kind of fusion it is, as the combiner says."""
        return str(getattr(self.combiner, "fusion", ""))

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

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:
        """Fit the branches and the combiner.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The training rows.
        y : array-like of shape (n_samples,), optional
            Their labels, for branches that look at them.

        Returns
        -------
        BlockFeatures
            The instance itself.
        """
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: Any, y: ArrayLike | None = None, **_: Any) -> Any:
        """Fit the branches and the combiner, and return the training rows' features.

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
            Sparse where a branch's features are and stand before the others.
        """
        self.transformers_ = self.blocks()
        blocks = [each.fit_transform(X, y) for _, each in self.transformers_]
        self.combiner_ = clone(self.combiner)
        return self._beside(blocks, self.combiner_.fit_transform(blocks, y))

    def transform(self, X: Any) -> Any:
        """Return the features of rows.

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
        return self._beside(blocks, self.combiner_.transform(blocks))

    def _beside(self, blocks: list[Any], made: Any) -> Any:
        if not self.joined:
            return made
        if any(sparse.issparse(block) for block in blocks):
            return sparse.hstack([*blocks, made], format="csr")
        return np.hstack([*blocks, made])

    def _first_fitted(self) -> Any:
        return getattr(self, "transformers_", [(None, None)])[0][1]
