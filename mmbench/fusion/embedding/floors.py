"""Embeddings that look at nothing."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.embedding.pairs import SIDES, JointEmbedding, PairEmbedder

__all__ = ["PopularityEmbedder", "PopularityEmbedding", "RandomEmbedding"]

Floats = NDArray[np.float64]


class RandomEmbedding(BaseEstimator):
    """Embed all rows alike, so that galleries are ranked at random.

    Where everything is equally alike, a query is worth what it is worth on average over
    all orders of its gallery, so this floor is chance itself and no draw of it.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"text": ["a star", "a moon"]})
    >>> RandomEmbedding().fit(X).embed(X, "text").tolist()
    [[1.0], [1.0]]
    """

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:  # noqa: ARG002
        """Learn nothing.

        Parameters
        ----------
        X : DataFrame
            Ignored.
        y : ignored
            Ignored.

        Returns
        -------
        RandomEmbedding
            The instance itself.
        """
        self.is_fitted_ = True
        return self

    def embed(self, X: Any, side: str) -> Floats:  # noqa: ARG002
        """Return the same for every row.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            Only the number of rows counts.
        side : {"text", "image"}
            Which side to embed.

        Returns
        -------
        ndarray of shape (n_samples, 1), dtype float64
            Ones.
        """
        check_is_fitted(self)
        return np.ones((len(X), 1))


class PopularityEmbedder(PairEmbedder):
    """Rank items alike for all queries: by how close training queries come to them.

    ``X`` is a list of two blocks, as of :class:`PairEmbedder`.

    Parameters
    ----------
    space : JointSpace
        Maps both blocks into one space. It is cloned.
    n_neighbors : int, default=10
        How many of the training queries that are most like an item count.

    Examples
    --------
    The item in the middle has training queries on both of its sides:

    >>> import numpy as np
    >>> from mmbench.fusion.joint_spaces import SharedSpace
    >>> rows = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    >>> method = PopularityEmbedder(SharedSpace(), n_neighbors=3).fit([rows, rows])
    >>> a, b = (method.embed([rows, rows], side) for side in ("text", "image"))
    >>> (a @ b.T).argmax(axis=1).tolist()
    [1, 1, 1]
    """

    def __init__(self, space: Any, *, n_neighbors: int = 10) -> None:
        super().__init__(space, n_neighbors=n_neighbors)

    def embed(self, X: Any, side: str) -> Floats:
        """Return how close training cells of the other side come, and ones.

        Parameters
        ----------
        X : list of two matrices
            The rows of the texts, and those of the pictures.
        side : {"text", "image"}
            Which of them to embed.

        Returns
        -------
        ndarray of shape (n_rows, 2), dtype float64
            Its inner product with the other side's is the sum of both closenesses.
        """
        # Cosines less a mean closeness; what is left of them is that mean.
        local: Floats = super().embed(X, side)[:, -2:]
        return local * ([-1, 1] if side == SIDES[0] else [1, -1])


class PopularityEmbedding(JointEmbedding):
    """Rank items by how close training queries come to them, whatever is asked.

    What a method has to beat to have understood a query, rather than found items that
    are near to everything (hubs).

    Parameters
    ----------
    sides : list of (str, transformer)
        ``text`` and ``image``, each with a branch.
    space : JointSpace
        The space in which closeness is measured.
    n_neighbors : int, default=10
        How many training queries count.
    max_width : int or None, default=300
        As in :class:`JointEmbedding`.
    random_state : int, RandomState instance or None, default=None
        Seeds the reduction.

    Attributes
    ----------
    sides_ : list of transformer
        The fitted branches.
    embedder_ : PopularityEmbedder
        The fitted space.
    """

    def __init__(
        self,
        sides: list[tuple[str, Any]],
        space: Any,
        *,
        n_neighbors: int = 10,
        max_width: int | None = 300,
        random_state: Any = None,
    ) -> None:
        super().__init__(
            sides,
            space,
            n_neighbors=n_neighbors,
            max_width=max_width,
            random_state=random_state,
        )

    def embedder(self) -> PopularityEmbedder:
        """Return what embeds the branches' features, unfitted."""
        return PopularityEmbedder(self.space, n_neighbors=self.n_neighbors)
