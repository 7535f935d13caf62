"""How much each member of an ensemble of embeddings counts, learnt out of fold.

The likeness of a text and a picture is the weighted sum of the members' inner products.
What members answered for the rows of one inner fold can be compared with each other,
but not with another fold's, whose spaces are different ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, logsumexp

from mmbench.fusion.embedding.pair_scores import SCORED_RULES, learn_trees

__all__ = ["RULES", "Likenesses", "Weighed", "likenesses", "weigh_members"]

Floats = NDArray[np.float64]

RULES = ("mean", "weighted", "greedy", "best", *SCORED_RULES)
"""How members are weighed."""

# So many rows of a fold tell enough, and their likenesses fit into memory.
_MOST_ROWS = 400
_MOST_ROUNDS = 15
# A member may only help once others have been added again.
_PATIENCE = 3


class Likenesses(NamedTuple):
    """How alike the cells of one inner fold are.

    Attributes
    ----------
    of_members : ndarray of shape (n_members, n_rows, n_rows)
        Inner products of texts with pictures.
    relevant : ndarray of shape (n_rows, n_rows), bool
        Whether their keys are equal.
    """

    of_members: Floats
    relevant: NDArray[np.bool_]


class Weighed(NamedTuple):
    """How members count.

    Attributes
    ----------
    weights : ndarray of shape (n_members,)
        Factors of their inner products; not negative, one at least above zero.
    trees : dict of str to ndarray or None
        What reranks the first items, as
        :func:`~mmbench.fusion.embedding.pair_scores.learn_trees` returns it.
    by_rank : bool
        Whether ranks are added in place of inner products.
    """

    weights: Floats
    trees: dict[str, NDArray[Any]] | None = None
    by_rank: bool = False

    def shared(self, widths: Sequence[int]) -> dict[str, NDArray[Any]]:
        """Return what says how embeddings are compared, where no inner product does.

        Parameters
        ----------
        widths : sequence of int
            How many dimensions each member has.

        Returns
        -------
        dict of str to ndarray
            As :func:`~mmbench.fusion.embedding.pair_scores.fused_scores` takes it.
        """
        if self.trees is None and not self.by_rank:
            return {}
        kept = np.array(widths)[self.weights > 0]
        return {"widths": kept, **(self.trees or {})}


def likenesses(
    members: Sequence[tuple[Any, Any]], y: NDArray[Any], fold: NDArray[Any]
) -> list[Likenesses]:
    """Return how alike the cells of each inner fold are to all members.

    Parameters
    ----------
    members : sequence of (ndarray, ndarray), each of shape (n_rows, n_dimensions)
        Each member's embeddings of texts and of pictures, out of fold. They are rounded
        to half precision first, as answers are.
    y : ndarray of shape (n_rows,)
        Keys.
    fold : ndarray of int, shape (n_rows,)
        The inner fold that each row was answered in.

    Returns
    -------
    list of Likenesses
        One per fold; of large ones, evenly spread rows.
    """
    found = []
    for number in np.unique(fold):
        rows = np.flatnonzero(fold == number)
        places = np.linspace(0, len(rows) - 1, min(len(rows), _MOST_ROWS))
        rows = rows[places.round().astype(np.intp)]
        products = [_half(a[rows]) @ _half(b[rows]).T for a, b in members]
        found.append(Likenesses(np.array(products), y[rows][:, None] == y[rows]))
    return found


def weigh_members(folds: Sequence[Likenesses], rule: str) -> Weighed:
    """Return how members count.

    Parameters
    ----------
    folds : sequence of Likenesses
        Out-of-fold likenesses.
    rule : {"mean", "weighted", "greedy", "best", "reciprocal_rank", "learned_rank"}
        ``mean``: each member counts as much as any other, its likenesses having the
        same spread. ``weighted``: those that make relevant items the likeliest in their
        galleries, by maximum likelihood. ``greedy``: members are added, repeatedly, as
        mean average precision grows most, and the best stage is kept. ``best``: the one
        of the best mean average precision. ``reciprocal_rank``: each member's ranks
        count as much as any other's. ``learned_rank``: as ``weighted``, and boosted
        trees rerank the first 50 items by each member's inner products and ranks.

    Returns
    -------
    Weighed
        The weights, and what else was learnt.

    References
    ----------
    R. Caruana, A. Niculescu-Mizil, G. Crew, A. Ksikes (2004), "Ensemble selection from
    libraries of models", ICML: ``greedy``.
    """
    spread = np.mean([each.of_members.std(axis=(1, 2)) for each in folds], axis=0)
    scale = np.where(spread > 0, 1 / np.where(spread > 0, spread, 1), 0.0)
    by_rank = rule == "reciprocal_rank"
    if not scale.any():
        return Weighed(np.ones(len(scale)), by_rank=by_rank)
    if rule in ("mean", "reciprocal_rank"):
        return Weighed(scale, by_rank=by_rank)
    if rule in ("weighted", "learned_rank"):
        weights = _likeliest(folds, scale)
        return Weighed(weights, _trees(folds, weights) if rule != "weighted" else None)
    n_rounds = 1 if rule == "best" else _MOST_ROUNDS
    return Weighed(scale * _greedy(folds, scale, n_rounds))


def _trees(folds: Sequence[Likenesses], weights: Floats) -> dict[str, NDArray[Any]]:
    kept = weights > 0
    # As inner products of what stands side by side are.
    shares = (weights / weights.sum())[kept, None, None]
    texts = [each.of_members[kept] * shares for each in folds]
    relevant = [each.relevant for each in folds]
    return learn_trees(
        [*texts, *(each.transpose(0, 2, 1) for each in texts)],
        [*relevant, *(each.T for each in relevant)],
    )


def _half(rows: Any) -> Floats:
    return np.asarray(rows, np.float16).astype(np.float64)


def _likeliest(folds: Sequence[Likenesses], scale: Floats) -> Floats:
    """Maximise the likelihood of relevant items under a softmax over galleries."""

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, gradient = 0.0, np.zeros(len(weights))
        for each in folds:
            scaled = each.of_members * scale[:, None, None]
            likeness = np.tensordot(weights, scaled, axes=1)
            for axis in (0, 1):
                value, slope = _negative_likelihood(likeness, each.relevant, axis)
                total += value
                gradient += np.tensordot(scaled, slope, axes=([1, 2], [0, 1]))
        n = 2 * len(folds)
        # A weak penalty gives members that answer alike equal weights.
        pull = weights - weights.mean()
        return total / n + 0.01 * float(pull @ pull), gradient / n + 0.02 * pull

    start = np.full(len(scale), 1.0 / len(scale))
    bounds = [(0.0, None)] * len(scale)
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B")
    weights = np.where(found.x > 0.01 * found.x.max(), found.x, 0.0)
    return scale * (weights if weights.any() else start)


def _negative_likelihood(
    likeness: Floats, relevant: NDArray[np.bool_], axis: int
) -> tuple[float, Floats]:
    logs = log_softmax(likeness, axis=axis)
    right = logsumexp(np.where(relevant, logs, -np.inf), axis=axis, keepdims=True)
    chosen = np.exp(np.where(relevant, logs - right, -np.inf))
    n = likeness.shape[1 - axis]
    return -float(right.mean()), (np.exp(logs) - chosen) / n


def _greedy(folds: Sequence[Likenesses], scale: Floats, n_rounds: int) -> Floats:
    """Return how often each member was added."""
    counts = np.zeros(len(scale))
    sums = [np.zeros_like(each.of_members[0]) for each in folds]
    best, kept, last = -1.0, counts, 0
    for number in range(n_rounds):
        scores = [
            np.mean(
                [
                    _average_precision(total + scale[m] * f.of_members[m], f.relevant)
                    for total, f in zip(sums, folds, strict=True)
                ]
            )
            for m in range(len(scale))
        ]
        chosen = int(np.argmax(scores))
        counts = counts + (np.arange(len(scale)) == chosen)
        sums = [
            total + scale[chosen] * f.of_members[chosen]
            for total, f in zip(sums, folds, strict=True)
        ]
        if scores[chosen] > best + 1e-6:
            best, kept, last = float(scores[chosen]), counts, number
        elif number - last >= _PATIENCE:
            break
    return kept


def _average_precision(likeness: Floats, relevant: NDArray[np.bool_]) -> float:
    """Return mean average precision, the mean of both directions."""
    both = []
    for one, right in ((likeness, relevant), (likeness.T, relevant.T)):
        order = np.argsort(-one, axis=1)
        hits = np.take_along_axis(right, order, axis=1)
        precision = hits.cumsum(axis=1) / np.arange(1, hits.shape[1] + 1)
        both.append(((precision * hits).sum(axis=1) / hits.sum(axis=1)).mean())
    return float(np.mean(both))
