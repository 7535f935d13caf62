"""Ensembles of embeddings: the sum of what members find alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import check_cv
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.composition import FusionComposition
from mmbench.fusion.embedding.member_weights import RULES, likenesses, weigh_members
from mmbench.fusion.embedding.pair_scores import fused_scores
from mmbench.fusion.embedding.pairs import SIDES

__all__ = ["EmbeddingEnsemble", "side_by_side"]

Floats = NDArray[np.float64]


class EmbeddingEnsemble(FusionComposition, BaseEstimator):
    """Add up what several joint embeddings find alike, weighed out of fold.

    The members' embeddings stand side by side, so that inner products are weighted
    sums of the members'. Rankings are also those by the product of the members'
    softmaxes over a gallery, each with its weight for a temperature. Two rules look at
    members' ranks in the gallery, too; :meth:`similarity` says what goes with what
    under any rule.

    Parameters
    ----------
    estimators : list of (str, estimator)
        Names and members, each with ``embed``.
    rule : str, default="mean"
        How members are weighed: ``mean``, ``weighted``, ``greedy``, ``best``,
        ``reciprocal_rank`` or ``learned_rank``; see
        :func:`~mmbench.fusion.embedding.member_weights.weigh_members`.
    cv : int, splitter or list of (train, test), default=5
        The folds out of which weights are learnt.

    Attributes
    ----------
    estimators_ : list of estimator
        The fitted members.
    weights_ : ndarray of shape (n_members,)
        How much each counts.
    shared_ : dict of str to ndarray
        How embeddings are compared, where that is not by their inner product.
    """

    _parts = "estimators"
    fusion = "late"
    learns_weights = True

    def __init__(
        self, estimators: list[tuple[str, Any]], *, rule: str = "mean", cv: Any = 5
    ) -> None:
        self.estimators = estimators
        self.rule = rule
        self.cv = cv

    def selection(self) -> None:
        """Return None: the rule says how members are selected."""

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Weigh the members out of fold, and fit them to all pairs.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The training pairs.
        y : array-like of shape (n_samples,)
            Their keys.

        Returns
        -------
        EmbeddingEnsemble
            The instance itself.

        Raises
        ------
        ValueError
            When the rule is unknown, or a member has no ``embed``.
        """
        if self.rule not in RULES:
            raise ValueError(f"rule must be one of {list(RULES)}, got {self.rule!r}.")
        self._names()
        for name, member in self.estimators:
            if not hasattr(member, "embed"):
                raise ValueError(f"member {name!r} must have embed(X, side).")
        keys = np.asarray(y)
        members, fold = self._out_of_fold(X, keys)
        weighed = weigh_members(likenesses(members, keys, fold), self.rule)
        self.weights_ = weighed.weights
        self.estimators_ = [clone(each).fit(X, keys) for _, each in self.estimators]
        row = X.iloc[:1]
        widths = [each.embed(row, SIDES[0]).shape[1] for each in self.estimators_]
        self.shared_ = weighed.shared(widths)
        return self

    def similarity(self, queries: Any, gallery: Any) -> NDArray[np.float32]:
        """Return how well the items of a gallery go with queries.

        Parameters
        ----------
        queries : array-like of shape (n_queries, n_components)
            What :meth:`embed` returned for one side.
        gallery : array-like of shape (n_items, n_components)
            What it returned for the other, of all items: their ranks may count.

        Returns
        -------
        ndarray of shape (n_queries, n_items), dtype float32
        """
        check_is_fitted(self)
        both = np.asarray(queries, np.float32), np.asarray(gallery, np.float32)
        if self.shared_:
            return fused_scores(*both, self.shared_)
        product: NDArray[np.float32] = both[0] @ both[1].T
        return product

    def _out_of_fold(
        self, X: Any, y: NDArray[Any]
    ) -> tuple[list[tuple[Floats, Floats]], NDArray[np.intp]]:
        splits = list(check_cv(self.cv, y).split(np.zeros(len(y)), y))
        fold = np.zeros(len(y), np.intp)
        for number, (_, test) in enumerate(splits):
            fold[test] = number
        order = np.argsort(np.concatenate([test for _, test in splits]))
        members = []
        for _, member in self.estimators:
            parts: dict[str, list[Floats]] = {side: [] for side in SIDES}
            for train, test in splits:
                model = clone(member).fit(X.iloc[train], y[train])
                for side, found in parts.items():
                    found.append(model.embed(X.iloc[test], side))
            a, b = (_padded(parts[side])[order] for side in SIDES)
            members.append((a, b))
        return members, fold

    def embed(self, X: Any, side: str) -> Floats:
        """Return the members' embeddings side by side, as much as each counts.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The rows; the columns of the other side don't count.
        side : {"text", "image"}
            Which side to embed.

        Returns
        -------
        ndarray of shape (n_samples, n_components), dtype float64
            Rows of unit length where those of all members are.
        """
        check_is_fitted(self)
        parts = [model.embed(X, side) for model in self.estimators_]
        return side_by_side(parts, self.weights_)

    def _first_fitted(self) -> Any:
        return getattr(self, "estimators_", [None])[0]


def side_by_side(parts: Sequence[Any], weights: Floats) -> Floats:
    """Return embeddings whose inner products are weighted means of the parts'.

    Parameters
    ----------
    parts : sequence of ndarray of shape (n_rows, n_dimensions)
        Members' embeddings of one side.
    weights : ndarray of shape (n_members,)
        Members that count nothing are left out.

    Returns
    -------
    ndarray of shape (n_rows, n_components), dtype float64

    Examples
    --------
    >>> side_by_side([np.array([[1.0]]), np.array([[1.0]])], np.array([1.0, 3.0]))
    array([[0.5      , 0.8660254]])
    """
    shares = np.sqrt(weights / weights.sum())
    pairs = zip(shares, parts, strict=True)
    return np.hstack([share * np.asarray(p, np.float64) for share, p in pairs if share])


def _padded(parts: Sequence[Floats]) -> Floats:
    """Return rows one after another; narrower ones end in zeros."""
    width = max(part.shape[1] for part in parts)
    return np.vstack([np.pad(p, ((0, 0), (0, width - p.shape[1]))) for p in parts])
