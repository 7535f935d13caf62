"""Ensembles that compare pairs by more than inner products: rank fusion, rankers.

Both compare an item with the gallery that it stands in, member by member: where it
ranks there for a query. Neither looks at other queries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

__all__ = ["SCORED_RULES", "check_shared", "fused_scores", "learn_trees"]

Floats = NDArray[np.float64]
Arrays = Mapping[str, NDArray[Any]]

SCORED_RULES = ("reciprocal_rank", "learned_rank")
"""The rules that compare items with their gallery."""

# Of Cormack et al.; it keeps the first ranks of one member from deciding alone.
_K = 60
# So many of the first items by the weighted sum are reranked.
_SHORTLIST = 50
_N_TREES, _DEPTH = 60, 3
# What is known of a pair beside each member's likeness and rank.
_MORE = 3
_TREES = ("feature", "threshold", "left", "right")


def fused_scores(queries: Any, gallery: Any, how: Arrays) -> NDArray[np.float32]:
    """Return how well items go with queries.

    Parameters
    ----------
    queries : ndarray of shape (n_queries, n_dimensions)
        Members' embeddings side by side.
    gallery : ndarray of shape (n_items, n_dimensions)
        Likewise, of all that is ranked.
    how : mapping of str to ndarray
        ``widths``: the dimensions of each member; and of learning to rank, what
        :func:`learn_trees` returned.

    Returns
    -------
    ndarray of shape (n_queries, n_items), dtype float32
        Without trees, the sum of reciprocal ranks among the members. With trees, the
        sum of inner products, in which the first items are reranked.

    References
    ----------
    G. V. Cormack, C. L. A. Clarke, S. Buettcher (2009), "Reciprocal rank fusion
    outperforms Condorcet and individual rank learning methods", SIGIR.

    Examples
    --------
    Of two members, the second turns the order of the first around:

    >>> queries = np.array([[1.0, -1.0]])
    >>> gallery = np.array([[3.0, 3.0], [2.0, 2.0], [1.0, 1.0]])
    >>> scores = fused_scores(queries, gallery, {"widths": np.array([1, 1])})
    >>> np.abs(scores[0] - [1 / 61 + 1 / 63, 2 / 62, 1 / 61 + 1 / 63]).max() < 1e-8
    np.True_
    """
    ends = np.cumsum(how["widths"])
    likeness = np.array(
        [
            queries[:, end - width : end] @ gallery[:, end - width : end].T
            for width, end in zip(how["widths"], ends, strict=True)
        ]
    )
    if "feature" not in how:
        scores = sum(1 / (_K + _ranks(each)) for each in likeness)
        return np.asarray(scores, np.float32)
    total = likeness.sum(axis=0)
    first, features = _shortlist(likeness, total)
    said = _answered(how, features.reshape(-1, features.shape[-1]))
    said = said.reshape(first.shape)
    above = total.max(axis=1, keepdims=True) + 1
    said += above - said.min(axis=1, keepdims=True)
    np.put_along_axis(total, first, said, axis=1)
    final: NDArray[np.float32] = total.astype(np.float32)
    return final


def check_shared(how: Arrays, n_dimensions: int) -> None:
    """Check what was read from a file before anything is compared by it.

    Parameters
    ----------
    how : mapping of str to ndarray
        As :func:`fused_scores` takes it, or empty.
    n_dimensions : int
        How many the embeddings have.

    Raises
    ------
    ValueError
        When it doesn't fit the embeddings, or nodes of a tree lead nowhere.
    """
    if not how:
        return
    widths = how.get("widths", np.zeros(0, int))
    fits = widths.ndim == 1 and widths.dtype.kind in "iu"
    fits = fits and bool((widths > 0).all()) and widths.sum() == n_dimensions
    trees = how.keys() - {"widths"}
    if trees:
        fits = fits and trees == {*_TREES} and _lead_somewhere(how)
        fits = fits and bool((how["feature"] < 2 * len(widths) + _MORE).all())
    if not fits:
        raise ValueError("what says how embeddings are compared doesn't fit them.")


def learn_trees(
    likeness: Sequence[NDArray[Any]], relevant: Sequence[NDArray[np.bool_]]
) -> dict[str, NDArray[Any]]:
    """Learn to rerank the first items, by boosted trees (LambdaMART).

    Parameters
    ----------
    likeness : sequence of ndarray of shape (n_members, n_queries, n_items)
        Weighted inner products of each gallery, out of fold.
    relevant : sequence of ndarray of shape (n_queries, n_items), bool
        What is relevant to what.

    Returns
    -------
    dict of str to ndarray of shape (n_trees, n_nodes)
        ``feature`` of each node, -1 in leaves; ``threshold``, below which ``left`` is
        next and else ``right``, or the value of a leaf.

    References
    ----------
    C. J. C. Burges (2010), "From RankNet to LambdaRank to LambdaMART: an overview",
    Microsoft Research TR-2010-82.
    """
    from xgboost import XGBRanker

    X, y, query, n_queries = [], [], [], 0
    for each, right in zip(likeness, relevant, strict=True):
        first, features = _shortlist(each, each.sum(axis=0))
        X.append(features.reshape(-1, features.shape[-1]))
        y.append(np.take_along_axis(right, first, axis=1).ravel())
        query.append(n_queries + np.repeat(np.arange(len(first)), first.shape[1]))
        n_queries += len(first)
    ranker = XGBRanker(
        n_estimators=_N_TREES,
        max_depth=_DEPTH,
        learning_rate=0.1,
        min_child_weight=1e-3,
        tree_method="hist",
        random_state=0,
        n_jobs=1,
    )
    ranker.fit(np.vstack(X), np.concatenate(y).astype(int), qid=np.concatenate(query))
    return _arrays_of(ranker.get_booster())


def _lead_somewhere(trees: Arrays) -> bool:
    feature, threshold, *children = (trees[name] for name in _TREES)
    shape = feature.shape
    return (
        len(shape) == 2
        and threshold.dtype.kind == "f"
        and all(e.shape == shape for e in (threshold, *children))
        and all(
            each.dtype.kind == "i" and bool((each >= -1).all())
            for each in (feature, *children)
        )
        and all(bool((each < shape[1]).all()) for each in children)
    )


def _ranks(likeness: NDArray[Any]) -> Floats:
    """Return the rank of each item in its row, from 1; equal ones share the mean."""
    ranks: Floats = rankdata(-likeness, axis=1)
    return ranks


def _shortlist(likeness: NDArray[Any], total: NDArray[Any]) -> tuple[Any, Any]:
    """Return each query's first items, and what is known of these pairs."""
    n = min(_SHORTLIST, total.shape[1])
    first = np.argsort(-total, axis=1, kind="stable")[:, :n]

    def of_first(each: NDArray[Any]) -> NDArray[Any]:
        return np.take_along_axis(each, first, axis=1)

    known = [of_first(each) for each in likeness]
    known += [of_first(np.log(_ranks(each))) for each in likeness]
    sums = of_first(total)
    known += [sums, sums - sums[:, :1], np.log1p(np.tile(np.arange(n), (len(sums), 1)))]
    return first, np.stack(known, axis=-1).astype(np.float32)


def _arrays_of(booster: Any) -> dict[str, NDArray[Any]]:
    """Return trees as arrays, so that a record of them is data and no program."""
    import json

    model = json.loads(booster.save_raw("json"))["learner"]["gradient_booster"]["model"]
    names = ("split_indices", "split_conditions", "left_children", "right_children")
    trees = [[np.array(tree[name]) for name in names] for tree in model["trees"]]
    width = max(len(tree[0]) for tree in trees)
    found = {}
    for i, name in enumerate(_TREES):
        rows = [np.pad(tree[i], (0, width - len(tree[i]))) for tree in trees]
        found[name] = np.array(rows, np.float32 if name == "threshold" else np.int32)
    found["feature"][found["left"] <= 0] = -1
    return found


def _answered(trees: Arrays, X: NDArray[np.float32]) -> Floats:
    """Return the sums of trees, but for their constant."""
    total, rows = np.zeros(len(X)), np.arange(len(X))
    for feature, threshold, left, right in zip(
        *(trees[n] for n in _TREES), strict=True
    ):
        node = np.zeros(len(X), np.intp)
        for _ in range(_DEPTH):
            asked = feature[node]
            below = X[rows, asked] < threshold[node]
            node = np.where(asked < 0, node, np.where(below, left[node], right[node]))
        total += threshold[node]
    return total
