"""Semantic matching: the probabilities of classes as a joint space."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.composition import FusionComposition
from mmbench.fusion.embedding.pairs import SIDES, in_order

__all__ = ["SemanticMatching"]

Floats = NDArray[np.float64]


class SemanticMatching(FusionComposition, BaseEstimator):
    """Map each side to the probabilities of the classes that keys stand for.

    Needs keys that are classes, each of many pairs.

    Parameters
    ----------
    sides : list of (str, classifier)
        ``text`` and ``image``, each with a classifier over ``X`` that has
        ``predict_proba``, such as any ensemble behind a branch.

    Attributes
    ----------
    sides_ : list of classifier
        The fitted classifiers.

    References
    ----------
    N. Rasiwasia et al. (2010), "A new approach to cross-modal multimedia retrieval",
    ACM Multimedia.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from mmbench.fusion import branch
    >>> X = pd.DataFrame({"cm": [1.0, 2.0, 4.0, 5.0], "inch": [0.4, 0.8, 1.6, 2.0]})
    >>> sides = [("text", branch(["cm"], LogisticRegression())),
    ...          ("image", branch(["inch"], LogisticRegression()))]
    >>> method = SemanticMatching(sides).fit(X, ["cat", "cat", "car", "car"])
    >>> method.embed(X, "text").shape
    (4, 2)
    """

    _parts = "sides"
    fusion = "joint"

    def __init__(self, sides: list[tuple[str, Any]]) -> None:
        self.sides = sides

    def classifiers(self) -> list[Any]:
        """Return both classifiers, unfitted.

        Returns
        -------
        list of classifier
            That of the texts first.

        Raises
        ------
        ValueError
            When ``sides`` is not one classifier for ``text`` and one for ``image``.
        """
        return in_order(self.sides if self._names() else (), "classifier")

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Fit both classifiers.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The training pairs.
        y : array-like of shape (n_samples,)
            Their keys: the classes.

        Returns
        -------
        SemanticMatching
            The instance itself.
        """
        self.sides_ = [clone(each).fit(X, y) for each in self.classifiers()]
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
        ndarray of shape (n_samples, n_classes), dtype float64
            Probabilities. The inner product of two rows is how likely they are of one
            class, were they independent.
        """
        check_is_fitted(self)
        proba: Floats = self.sides_[SIDES.index(side)].predict_proba(X)
        return proba

    def _first_fitted(self) -> Any:
        return getattr(self, "sides_", [None])[0]
