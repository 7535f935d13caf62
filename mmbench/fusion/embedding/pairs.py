"""A joint embedding of two sides, each through branches of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.composition import FusionComposition
from mmbench.fusion.early import scaled
from mmbench.fusion.joint_spaces import SingularVectors
from mmbench.fusion.joint_spaces.reduction import unit_rows
from mmbench.fusion.select import append_step

__all__ = ["JointEmbedding", "PairEmbedder", "in_order"]

Floats = NDArray[np.float64]

SIDES = ("text", "image")

# So many training cells tell how dense the space is around a cell.
_MOST_TRAINING = 2000
_ROWS_AT_ONCE = 1024


class PairEmbedder(BaseEstimator):
    """A joint space of two blocks, as a method whose ``X`` is a list of the blocks.

    Parameters
    ----------
    space : JointSpace
        Maps both blocks into one space. It is cloned.
    n_neighbors : int, default=0
        From the cosine of two cells, the mean of each cell's cosines with its nearest
        training cells of the other side, this many, is subtracted, so that cells in
        dense parts of the space don't crowd the first places; 0 for plain cosines.

    Attributes
    ----------
    space_ : JointSpace
        The fitted space.
    training_ : list of ndarray of shape (n_cells, n_components)
        Evenly spread training cells of both sides that others are compared with.

    References
    ----------
    A. Conneau, G. Lample, M. Ranzato, L. Denoyer, H. Jegou (2018), "Word translation
    without parallel data", ICLR: cross-domain similarity local scaling, there by the
    cells that are ranked, here by training cells.

    Examples
    --------
    >>> import numpy as np
    >>> from mmbench.fusion.joint_spaces import CCASpace
    >>> texts = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0]])
    >>> pictures = 2 * texts + 1
    >>> method = PairEmbedder(CCASpace(regularization=0.0)).fit([texts, pictures])
    >>> a, b = (method.embed([texts, pictures], s) for s in ("text", "image"))
    >>> np.allclose(a, b)
    True
    """

    def __init__(self, space: Any, *, n_neighbors: int = 0) -> None:
        self.space = space
        self.n_neighbors = n_neighbors

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:  # noqa: ARG002
        """Fit the space to pairs of rows.

        Parameters
        ----------
        X : list of two matrices
            The training rows of the texts, and those of the pictures.
        y : ignored
            Present for scikit-learn's sake.

        Returns
        -------
        PairEmbedder
            The instance itself.
        """
        texts, pictures = X
        self.space_ = clone(self.space).fit(texts, pictures)
        self.training_ = []
        if self.n_neighbors:
            rows = _spread(texts.shape[0])
            blocks = texts[rows], pictures[rows]
            self.training_ = [self._unit(blocks, side) for side in SIDES]
        return self

    def embed(self, X: Any, side: str) -> Floats:
        """Return the embeddings of one side's rows.

        Parameters
        ----------
        X : list of two matrices
            The rows of the texts, and those of the pictures.
        side : {"text", "image"}
            Which of them to embed.

        Returns
        -------
        ndarray of shape (n_rows, n_components), dtype float64
            Rows of unit length, or zero; and two more columns, where cosines are scaled
            locally.
        """
        check_is_fitted(self)
        units = self._unit(X, side)
        if not self.training_:
            return units
        others = self.training_[1 - SIDES.index(side)]
        near = _nearness(units, others, self.n_neighbors)
        ones = np.ones(len(units))
        more = [-near / 2, ones] if side == SIDES[0] else [ones, -near / 2]
        return np.column_stack([units, *more])

    def _unit(self, X: Any, side: str) -> Floats:
        if side == SIDES[0]:
            return unit_rows(self.space_.transform(X[0]))
        return unit_rows(self.space_.transform_y(X[1]))


class JointEmbedding(FusionComposition, BaseEstimator):
    """Map texts and pictures into one space, each through a branch of its own.

    Parameters
    ----------
    sides : list of (str, transformer)
        ``text`` and ``image``, each with what makes features of its columns: a branch,
        or a union of several, whose blocks should be balanced.
    space : JointSpace
        What makes both sides' features comparable.
    n_neighbors : int, default=0
        How cosines are scaled locally, as in :class:`PairEmbedder`.
    max_width : int or None, default=300
        Wider features of a side are reduced to this many singular vectors; None leaves
        them, and their scale, as they are.
    random_state : int, RandomState instance or None, default=None
        Seeds that reduction.

    Attributes
    ----------
    sides_ : list of transformer
        The fitted branches.
    embedder_ : PairEmbedder
        The fitted space.

    Examples
    --------
    >>> import pandas as pd
    >>> from mmbench.fusion import branch
    >>> from mmbench.fusion.joint_spaces import CCASpace
    >>> X = pd.DataFrame({"cm": [1.0, 2.0, 4.0, 5.0], "inch": [0.4, 0.8, 1.6, 2.0]})
    >>> sides = [("text", branch(["cm"], "passthrough")),
    ...          ("image", branch(["inch"], "passthrough"))]
    >>> method = JointEmbedding(sides, CCASpace()).fit(X)
    >>> method.embed(X, "text").ravel().tolist()
    [-1.0, -1.0, 1.0, 1.0]
    """

    _parts = "sides"
    fusion = "joint"

    def __init__(
        self,
        sides: list[tuple[str, Any]],
        space: Any,
        *,
        n_neighbors: int = 0,
        max_width: int | None = 300,
        random_state: Any = None,
    ) -> None:
        self.sides = sides
        self.space = space
        self.n_neighbors = n_neighbors
        self.max_width = max_width
        self.random_state = random_state

    def blocks(self) -> list[Pipeline]:
        """Return both branches, unfitted; each scaled as one block and reduced.

        Returns
        -------
        list of Pipeline
            That of the texts first.

        Raises
        ------
        ValueError
            When ``sides`` is not one branch for ``text`` and one for ``image``.
        """
        branches = in_order(self.sides if self._names() else (), "branch")
        if self.max_width is None:
            return [clone(branch) for branch in branches]
        reduce = SingularVectors(self.max_width, random_state=self.random_state)
        return [
            append_step(scaled(clone(branch)), clone(reduce)) for branch in branches
        ]

    def embedder(self) -> PairEmbedder:
        """Return what embeds the branches' features, unfitted."""
        return PairEmbedder(self.space, n_neighbors=self.n_neighbors)

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:
        """Fit both branches and the space.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The training pairs.
        y : array-like of shape (n_samples,), optional
            Their keys, for spaces that look at them.

        Returns
        -------
        JointEmbedding
            The instance itself.
        """
        self.sides_ = self.blocks()
        blocks = [side.fit_transform(X, y) for side in self.sides_]
        self.embedder_ = self.embedder().fit(blocks, y)
        return self

    def embed(self, X: Any, side: str) -> Floats:
        """Return the embeddings of one side's cells.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The rows; the columns of the other side don't count.
        side : {"text", "image"}
            Which side to embed.

        Returns
        -------
        ndarray of shape (n_samples, n_components), dtype float64
            As :meth:`PairEmbedder.embed` returns them.
        """
        check_is_fitted(self)
        place = SIDES.index(side)
        blocks: list[Any] = [None, None]
        blocks[place] = self.sides_[place].transform(X)
        return self.embedder_.embed(blocks, side)

    def _first_fitted(self) -> Any:
        return getattr(self, "sides_", [None])[0]


def _spread(n_rows: int) -> NDArray[np.intp]:
    places = np.linspace(0, n_rows - 1, min(n_rows, _MOST_TRAINING))
    return places.round().astype(np.intp)


def _nearness(rows: Floats, others: Floats, n_neighbors: int) -> Floats:
    """Return the mean cosine of each row with the others that are most like it."""
    n = min(n_neighbors, len(others))
    found = []
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        cosines = rows[start : start + _ROWS_AT_ONCE] @ others.T
        most = np.partition(cosines, cosines.shape[1] - n, axis=1)[:, -n:]
        found.append(most.mean(axis=1))
    return np.concatenate(found) if found else np.empty(0)


def in_order(sides: Sequence[tuple[str, Any]], what: str) -> list[Any]:
    """Return what belongs to each of the two sides, texts first.

    Parameters
    ----------
    sides : sequence of (str, object)
        Names of sides, and what belongs to them.
    what : str
        What that is called in the error.

    Returns
    -------
    list of object
        Two of them.

    Raises
    ------
    ValueError
        When there is not one for ``text`` and one for ``image``.
    """
    found = dict(sides)
    if sorted(found) != sorted(SIDES):
        raise ValueError(
            f"sides must be one {what} for each of {list(SIDES)}, got "
            f"{[name for name, _ in sides]}."
        )
    return [found[side] for side in SIDES]
