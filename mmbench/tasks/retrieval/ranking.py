"""Exact ranking of a gallery for queries, in blocks of similarities.

Similarity is the inner product of embeddings in float32: of unit vectors, the cosine.
No more than a block of similarities is in memory at once. :func:`relevant_ranks` says
where the relevant items stand, which is all that metrics need; :func:`nearest` names
the first items.

Ties are broken by an order that neither methods nor data have a hand in: the gallery is
shuffled with a fixed seed, and each query begins at another place of that order. So an
embedding that can't tell items apart scores as a random ranking does: a constant one at
chance, and rounding away differences gains nothing on average. Breaking ties by the
order of the rows would put a relevant item first wherever both sides are sorted alike;
putting relevant items last among equals would score below chance, and would punish two
equal captions of different pictures, which nobody can tell apart.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.intp]
    Floats = NDArray[np.float32]
    Compare = Callable[[Floats, Floats], Floats]

__all__ = ["BlockOfRanks", "nearest", "relevant_ranks"]

_BLOCK_BYTES = 2**26
# Rows of narrow galleries are sorted together. Of a wide one's, up to so many relevant
# items are ranked sooner by counting what is greater.
_WIDE, _FEW = 4096, 12
_SORTED_AT_ONCE = 2**15
# What float64 has beyond float32, but for the last one: more than any gallery needs.
_FREE_BITS = 2**29 - 2


class BlockOfRanks(NamedTuple):
    """The ranks of the relevant items of some queries.

    Attributes
    ----------
    start, stop : int
        The first query and the one behind the last.
    query : ndarray of intp, shape (n_ranks,)
        The query of each rank, counted from `start`, ascending.
    rank : ndarray of intp, shape (n_ranks,)
        From 1, ascending within a query.
    """

    start: int
    stop: int
    query: Ints
    rank: Ints


def relevant_ranks(
    queries: Any,
    gallery: Any,
    query_keys: Any,
    gallery_keys: Any,
    compare: Compare | None = None,
) -> Iterator[BlockOfRanks]:
    """Rank a gallery for each query, and yield where the relevant items stand.

    Parameters
    ----------
    queries : array-like of shape (n_queries, n_dimensions)
        Embeddings of the queries.
    gallery : array-like of shape (n_items, n_dimensions)
        Embeddings of what is ranked.
    query_keys : array-like of shape (n_queries,)
        What each query is about.
    gallery_keys : array-like of shape (n_items,)
        What each item is about. An item is relevant to the queries of its own key.
    compare : callable, optional
        Returns the similarities of some queries to the whole gallery, of shape
        (n_queries, n_items), in float32; by default inner products.

    Yields
    ------
    BlockOfRanks
        Consecutive queries. A query without a relevant item has no rank.

    Raises
    ------
    ValueError
        When shapes don't go together, or numbers are not finite or too large.

    Examples
    --------
    >>> queries, gallery = [[1, 0], [0, 1]], [[4, 1], [1, 4], [2, 2]]
    >>> (block,) = relevant_ranks(queries, gallery, ["a", "b"], ["a", "a", "b"])
    >>> block.query.tolist(), block.rank.tolist()
    ([0, 0, 1], [1, 3, 2])
    """
    shuffled = _Shuffled(queries, gallery)
    relevant = _Relevant(query_keys, np.asarray(gallery_keys)[shuffled.order])
    for start, similarity in shuffled.blocks(compare):
        query, item = relevant.pairs(start, start + len(similarity))
        rank = _ranks(similarity, query, item, shuffled.first[start:])
        yield BlockOfRanks(start, start + len(similarity), query, rank)


def nearest(
    queries: Any, gallery: Any, k: int, compare: Compare | None = None
) -> tuple[Ints, Floats]:
    """Return the first items of each query's ranking.

    Parameters
    ----------
    queries : array-like of shape (n_queries, n_dimensions)
        Embeddings of the queries.
    gallery : array-like of shape (n_items, n_dimensions)
        Embeddings of what is ranked.
    k : int
        How many items, at least 1; all of them where there are fewer.
    compare : callable, optional
        As in :func:`relevant_ranks`.

    Returns
    -------
    items : ndarray of intp, shape (n_queries, k)
        Numbers of items, the most similar first; ties as in :func:`relevant_ranks`.
    similarities : ndarray of float32, shape (n_queries, k)
        How similar each is.

    Raises
    ------
    ValueError
        When shapes don't go together, or numbers are not finite or too large.
    """
    shuffled = _Shuffled(queries, gallery)
    k = min(k, len(shuffled.gallery))
    items = np.empty((len(shuffled.queries), k), np.intp)
    similarities = np.empty((len(shuffled.queries), k), np.float32)
    for start, similarity in shuffled.blocks(compare):
        for query, row in enumerate(similarity, start):
            found = _first(row, k, int(shuffled.first[query]))
            items[query], similarities[query] = shuffled.order[found], row[found]
    return items, similarities


class _Shuffled:
    """Embeddings of both sides, the gallery in the order that breaks ties.

    Since equal vectors at different columns of a product may differ in the last bit,
    the order of columns must be free of the data's order, too.
    """

    def __init__(self, queries: Any, gallery: Any) -> None:
        with np.errstate(over="ignore"):  # told below
            self.queries = np.asarray(queries, np.float32)
            gallery = np.asarray(gallery, np.float32)
        _check(self.queries, gallery)
        rng = np.random.default_rng(0)
        n_queries, n_items = len(self.queries), len(gallery)
        self.order = rng.permutation(n_items)
        self.first = rng.permutation(n_queries) % n_items  # where each query begins
        self.gallery = np.ascontiguousarray(gallery[self.order])

    def blocks(self, compare: Compare | None) -> Iterator[tuple[int, Floats]]:
        """Yield the first query of each block and its similarities to all items."""
        n_queries, n_items = len(self.queries), len(self.gallery)
        if compare is not None:
            # Members and their ranks take many times the memory of one product.
            size = max(1, _BLOCK_BYTES // (64 * n_items))
            for start in range(0, n_queries, size):
                some = self.queries[start : start + size]
                yield start, compare(some, self.gallery)
            return
        size = max(1, _BLOCK_BYTES // (4 * n_items))
        space = np.empty((min(size, n_queries), n_items), np.float32)
        for start in range(0, n_queries, size):
            some = self.queries[start : start + size]
            yield start, np.matmul(some, self.gallery.T, out=space[: len(some)])


class _Relevant:
    """Which items are relevant to which queries: those of equal keys."""

    def __init__(self, query_keys: Any, gallery_keys: NDArray[Any]) -> None:
        keys, item_key = np.unique(gallery_keys, return_inverse=True)
        query_keys = np.asarray(query_keys)
        at = np.minimum(np.searchsorted(keys, query_keys), len(keys) - 1)
        n_of_key = np.bincount(item_key, minlength=len(keys))
        self.n_relevant = np.where(keys[at] == query_keys, n_of_key[at], 0)
        self._items = np.argsort(item_key, kind="stable")
        self._starts = (np.cumsum(n_of_key) - n_of_key)[at]

    def pairs(self, start: int, stop: int) -> tuple[Ints, Ints]:
        """Return all pairs of a query, counted from `start`, and a relevant item."""
        counts = self.n_relevant[start:stop]
        query = np.repeat(np.arange(stop - start), counts)
        within = np.arange(len(query)) - np.repeat(np.cumsum(counts) - counts, counts)
        return query, self._items[self._starts[start:stop][query] + within]


def _ranks(similarity: Floats, query: Ints, item: Ints, first: Ints) -> Ints:
    """Return the ranks of pairs of a query and an item, ascending for each query."""
    n_rows, n_items = similarity.shape
    size = _SORTED_AT_ONCE // n_items if n_items <= _WIDE else 1
    starts = range(0, n_rows, size)
    rank = np.empty(len(query), np.intp)
    ends = [*np.searchsorted(query, starts).tolist(), len(query)]
    for start, begin, end in zip(starts, ends, ends[1:], strict=False):
        if n_items > _WIDE and end - begin <= _FEW:
            found = _counted(similarity[start], item[begin:end], int(first[start]))
        else:
            rows = slice(start, min(start + size, n_rows))
            pairs = query[begin:end] - start, item[begin:end]
            found = _sorted_out(similarity[rows], *pairs, first[rows])
        rank[begin:end] = found
    return rank


def _sorted_out(rows: Floats, query: Ints, item: Ints, first: Ints) -> Ints:
    """Return the ranks of pairs by sorting each row once.

    Float64 has 29 bits more than float32. Sorted with the values, they tell equals
    apart by their places, and the last one says whether an item is asked for.
    """
    n = rows.shape[1]
    # Adding 0 unites both zeros. Of numbers below it, more bits make less.
    key = (rows + np.float32(0)).astype(np.float64).view(np.int64)
    bits = ~(key >> 63)
    bits &= _FREE_BITS
    bits ^= _places(n)[n - (first if len(rows) > 1 else int(first[0]))]
    key |= bits
    key[query, item] |= 1
    key.view(np.float64).sort(axis=1)
    is_asked = (key.astype(np.uint8) & 1).view(np.bool_)
    return np.nonzero(is_asked[:, ::-1])[1] + 1


@functools.lru_cache(1)
def _places(n: int) -> Ints:
    """Return twice the place of each item, the row `n - first` beginning at `first`."""
    twice = np.tile(2 * np.arange(n), 2)
    return np.lib.stride_tricks.sliding_window_view(twice, n)


def _counted(row: Floats, items: Ints, first: int) -> Ints:
    """Return the ranks of items of a row by counting what is greater than each."""
    items = items[np.argsort(-row[items])]
    asked = row[items]
    rank = np.array([1 + np.count_nonzero(row > each) for each in asked], np.intp)
    tied = [np.count_nonzero(row == each) > 1 for each in asked]
    if not any(tied):
        return rank
    before = _before_equals(row, np.unique(asked[tied]), first)
    return np.sort(rank + before[items])


def _before_equals(row: Floats, values: Floats, first: int) -> Ints:
    """Return how many equal items go before each item that has one of the values."""
    is_tied = np.logical_or.reduce([row == each for each in values])
    tied = _sorted(row, np.flatnonzero(is_tied), first)
    begins = np.append(True, np.diff(row[tied]) != 0)
    before = np.zeros(len(row), np.intp)
    before[tied] = np.arange(len(tied)) - np.flatnonzero(begins)[np.cumsum(begins) - 1]
    return before


def _first(row: Floats, k: int, first: int) -> Ints:
    """Return the first `k` items of a row."""
    last = np.partition(row, len(row) - k)[len(row) - k]
    return _sorted(row, np.flatnonzero(row >= last), first)[:k]


def _sorted(row: Floats, items: Ints, first: int) -> Ints:
    """Sort items, the most similar first; among equals, begin at `first`."""
    place = (items - first) % len(row)
    return items[np.lexsort((place, -row[items]))]


def _check(queries: Floats, gallery: Floats) -> None:
    shapes = queries.shape, gallery.shape
    if queries.ndim != 2 or gallery.ndim != 2 or shapes[0][1] != shapes[1][1]:
        raise ValueError(
            "queries and gallery must be two-dimensional, with the same number of "
            f"columns, got shapes {shapes[0]} and {shapes[1]}."
        )
    if not len(gallery):
        raise ValueError("gallery must have at least one item, got none.")
    sizes = [float(np.abs(each).max(initial=0)) for each in (queries, gallery)]
    bound = sizes[0] * sizes[1] * max(shapes[0][1], 1)
    if not bound < float(np.finfo(np.float32).max):
        raise ValueError(
            "embeddings must be finite, and small enough for inner products in "
            f"float32, got absolute values up to {sizes[0]:.3g} and {sizes[1]:.3g}."
        )
