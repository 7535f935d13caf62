"""The score of each query under every metric, from one ranking of its gallery."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.tasks.retrieval.ranking import BlockOfRanks, relevant_ranks
from mmbench.tasks.retrieval.sides import TRUTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.tasks.base import Prediction, Target

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]

__all__ = [
    "COLUMNS",
    "DIRECTIONS",
    "KS",
    "Direction",
    "columns_of",
    "comparison",
    "first_ranks",
    "galleries",
    "query_scores",
    "score_at_chance",
    "score_queries",
    "searches",
]

KS = (1, 5, 10)
"""How many of the first items hit rates and recalls look at."""

_DEPTH = 10

COLUMNS = (
    "asked",
    *(f"hit_at_{k}" for k in KS),
    *(f"recall_at_{k}" for k in KS),
    *("mrr", "map", "map_at_r", "ndcg_at_10", "mean_rank", "first_rank"),
)
"""What the numbers of a query are: a one, what a mean over queries is taken of, and the
rank of the first relevant item: the mean rank, but where all items are alike."""


class Direction(NamedTuple):
    """Which side asks, and which is ranked.

    Attributes
    ----------
    asked, wanted : str
        The sides' names.
    """

    asked: str
    wanted: str

    @property
    def name(self) -> str:
        """Such as ``"text_to_image"``."""
        return f"{self.asked}_to_{self.wanted}"


DIRECTIONS = (Direction("text", "image"), Direction("image", "text"))
"""Both ways to ask."""


def score_queries(block: BlockOfRanks) -> Floats:
    """Return the scores of the queries of a block under each metric.

    Parameters
    ----------
    block : BlockOfRanks
        The ranks of their relevant items.

    Returns
    -------
    ndarray of shape (n_queries, 13)
        As :data:`COLUMNS` has them: one; whether a relevant item is among the first 1,
        5 and 10; the share of relevant items that are; the reciprocal rank; average
        precision, whole and over the first R ranks, R being the number of relevant
        items; nDCG at 10; and the rank of the first relevant item, twice. All zero for
        a query without a relevant item.
    """
    scores = np.zeros((block.stop - block.start, len(COLUMNS)))
    counts = np.bincount(block.query, minlength=len(scores))
    asked = counts > 0
    n_relevant, rank = counts[asked], block.rank
    if not len(n_relevant):
        return scores
    starts = np.cumsum(n_relevant) - n_relevant
    first = _first_ranks(rank, starts, n_relevant)
    gain = np.where(first <= _DEPTH, 1 / np.log2(first + 1), 0.0).sum(axis=1)
    ideal = np.cumsum(1 / np.log2(np.arange(_DEPTH) + 2))
    place = np.arange(1.0, len(rank) + 1)
    place -= np.repeat(starts, n_relevant)
    precision = np.divide(place, rank, out=place)
    within = precision * (rank <= np.repeat(n_relevant, n_relevant))
    scores[asked] = np.column_stack(
        [
            np.ones(len(first)),
            *(first[:, 0] <= k for k in KS),
            *((first <= k).sum(axis=1) / n_relevant for k in KS),
            1 / first[:, 0],
            np.add.reduceat(precision, starts) / n_relevant,
            np.add.reduceat(within, starts) / n_relevant,
            gain / ideal[np.minimum(n_relevant, _DEPTH) - 1],
            first[:, 0],
            first[:, 0],
        ]
    )
    return scores


def _first_ranks(rank: Any, starts: Ints, n_relevant: Ints) -> Floats:
    """Return each query's first ranks, as far as metrics look; infinite ones follow."""
    at = np.arange(_DEPTH)
    places = np.minimum(starts[:, None] + at, len(rank) - 1)
    return np.where(at < n_relevant[:, None], rank[places], np.inf)


def score_at_chance(n_relevant: Ints, n_items: int) -> Floats:
    """Return the average scores of queries over all orders of a gallery.

    Parameters
    ----------
    n_relevant : ndarray of int, shape (n_queries,)
        How many items are relevant to each.
    n_items : int
        How many there are.

    Returns
    -------
    ndarray of shape (n_queries, 12)
        As :data:`COLUMNS` has them, but for the last. All zero for a query without a
        relevant item.
    """
    numbers, query = np.unique(n_relevant, return_inverse=True)
    rows = [_at_chance(r, n_items) for r in numbers.tolist()]
    return np.array(rows).reshape(len(numbers), len(COLUMNS) - 1)[query]


def _at_chance(n_relevant: int, n_items: int) -> Floats:
    if not n_relevant:
        return np.zeros(len(COLUMNS) - 1)
    rank = np.arange(1, n_items + 1)
    share = n_relevant / n_items
    # How probable it is that none of the first k items is relevant, for k from 0.
    left = np.maximum(n_items - n_relevant - rank + 1, 0) / (n_items - rank + 1)
    none = np.append(1.0, np.cumprod(left))
    # The precision at a relevant item's rank counts it and those expected before it.
    precision = (1 + (rank - 1) * (n_relevant - 1) / max(n_items - 1, 1)) / rank
    gain = 1 / np.log2(np.arange(10) + 2)
    depth = min(10, n_items)
    return np.array(
        [
            1.0,
            *(1 - none[min(k, n_items)] for k in KS),
            *(min(k, n_items) / n_items for k in KS),
            -np.diff(none) @ (1 / rank),
            precision.mean(),
            precision[:n_relevant].sum() / n_items,
            share * gain[:depth].sum() / gain[: min(n_relevant, 10)].sum(),
            (n_items + 1) / (n_relevant + 1),
        ]
    )


def galleries(target: Target) -> Iterator[Ints]:
    """Yield the rows of each gallery.

    Parameters
    ----------
    target : Target
        Its schema's ``gallery_size`` is how many pictures a gallery has; without one,
        all rows are one gallery.

    Yields
    ------
    ndarray of intp, ascending
        Galleries take pictures in the order of the rows, as the five of a thousand
        pictures that papers take of COCO do. Pictures that don't fill the last one are
        in none, unless there is no other.
    """
    pictures = np.asarray(target.scored)[:, TRUTH["image"]]
    rows, size = np.arange(len(pictures)), target.schema.get("gallery_size")
    shown = np.flatnonzero(pictures >= 0)
    items, first, item = np.unique(
        pictures[shown], return_index=True, return_inverse=True
    )
    if size is None or size >= len(items):
        yield rows
        return
    place = np.argsort(np.argsort(first))[item.reshape(-1)]
    # A row without a picture goes with the row before it.
    before = np.maximum(np.searchsorted(shown, rows, side="right") - 1, 0)
    for gallery in range(len(items) // size):
        yield np.flatnonzero(place[before] // size == gallery)


def searches(target: Target) -> Iterator[tuple[Direction, Ints, Ints]]:
    """Yield what is ranked for what: both directions in each gallery.

    Parameters
    ----------
    target : Target
        Its truth says which items rows show.

    Yields
    ------
    tuple of (Direction, ndarray of intp, ndarray of intp)
        The direction, and of queries and of items the first rows that show them.
    """
    truth = np.asarray(target.scored)
    for rows in galleries(target):
        first = {
            side: rows[_first_rows(truth[rows, TRUTH[side]])] for side in DIRECTIONS[0]
        }
        for direction in DIRECTIONS:
            if len(first[direction.wanted]):
                yield direction, first[direction.asked], first[direction.wanted]


def comparison(prediction: Prediction) -> Callable[[Any, Any], Any] | None:
    """Return how embeddings are compared, None for by their inner products.

    Parameters
    ----------
    prediction : Prediction
        What it shares says so.

    Returns
    -------
    callable or None
        Takes queries and the whole gallery.
    """
    if not prediction.shared:
        return None
    from mmbench.fusion.embedding.pair_scores import fused_scores

    return partial(fused_scores, how=prediction.shared)


def query_scores(target: Target, prediction: Prediction) -> Floats:
    """Return the scores of the queries of each row, in both directions.

    Parameters
    ----------
    target : Target
        Its truth says which items rows show.
    prediction : Prediction
        One embedding per row and side.

    Returns
    -------
    ndarray of shape (n_rows, 26), read-only
        :func:`score_queries` of the row's text, then of its picture: in the first row
        of a gallery that shows it, and zeros in all others. Where a query finds all
        items alike, :func:`score_at_chance`.
    """
    return _once(target, prediction)


def first_ranks(target: Target, prediction: Prediction, direction: Direction) -> Ints:
    """Return the rank of the first relevant item, for each query that has one.

    Parameters
    ----------
    target : Target
        Its truth says which items rows show.
    prediction : Prediction
        One embedding per row and side.
    direction : Direction
        One of :data:`DIRECTIONS`.

    Returns
    -------
    ndarray of intp, shape (n_queries,)
        From 1.
    """
    scores = columns_of(query_scores(target, prediction).T, direction)
    ranks: Ints = scores["first_rank"][scores["asked"] > 0].astype(np.intp)
    return ranks


def columns_of(sums: Any, direction: Direction) -> dict[str, Any]:
    """Return one direction's sums, or contributions, by name.

    Parameters
    ----------
    sums : ndarray of shape (26, ...)
        Of both directions.
    direction : Direction
        One of :data:`DIRECTIONS`.

    Returns
    -------
    dict of str to ndarray
        By :data:`COLUMNS`.
    """
    start = len(COLUMNS) * DIRECTIONS.index(direction)
    return {name: sums[start + i] for i, name in enumerate(COLUMNS)}


class _Once:
    """Ranks what was ranked last no second time, however many metrics ask."""

    def __init__(self) -> None:
        self._last: tuple[weakref.ref[Any], weakref.ref[Any], Any, Floats] | None = None

    def __call__(self, target: Target, prediction: Prediction) -> Floats:
        truth, size = target.scored, target.schema.get("gallery_size")
        if self._last is not None:
            of_truth, of_prediction, of_size, scores = self._last
            is_same = of_truth() is truth and of_prediction() is prediction
            if is_same and of_size == size:
                return scores
        scores = _ranked(target, prediction)
        scores.flags.writeable = False
        self._last = weakref.ref(truth), weakref.ref(prediction), size, scores
        return scores


_once = _Once()


def _ranked(target: Target, prediction: Prediction) -> Floats:
    scores = np.zeros((len(target.scored), len(DIRECTIONS) * len(COLUMNS)))
    for direction, queries, items in searches(target):
        at = len(COLUMNS) * DIRECTIONS.index(direction)
        keys = target.scored[:, TRUTH["key"]]
        asked = prediction[direction.asked][queries]
        wanted = prediction[direction.wanted][items]
        undecided = _undecided(asked, wanted)
        both_keys = keys[queries], keys[items]
        compare = comparison(prediction)
        for block in relevant_ranks(asked, wanted, *both_keys, compare):
            here = queries[block.start : block.stop]
            scored = score_queries(block)
            rows = np.flatnonzero(undecided[block.start : block.stop])
            n_relevant = np.bincount(block.query, minlength=len(here))[rows]
            scored[rows, :-1] = score_at_chance(n_relevant, len(items))
            scores[here, at : at + len(COLUMNS)] = scored
    return scores


def _undecided(queries: Any, gallery: Any) -> NDArray[np.bool_]:
    """Return which queries find all items alike, whatever these are."""
    no_query = ~np.any(queries, axis=1)
    return np.asarray(no_query | bool(np.all(gallery == gallery[:1])))


def _first_rows(items: Ints) -> Ints:
    """Return the first row of each item, ascending; -1 is a missing one."""
    numbers, rows = np.unique(items, return_index=True)
    return np.sort(rows[numbers >= 0])
