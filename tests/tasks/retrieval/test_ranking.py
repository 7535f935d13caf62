"""Where relevant items stand, and what stands first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mmbench.tasks.retrieval import ranking
from mmbench.tasks.retrieval.ranking import nearest, relevant_ranks

SMALL = st.integers(-2, 2)


def ranks_of(*args: Any) -> list[list[int]]:
    found: list[list[int]] = []
    for block in relevant_ranks(*args):
        queries = range(block.stop - block.start)
        found += [block.rank[block.query == query].tolist() for query in queries]
    return found


def make_case(n_queries: int, n_items: int, seed: int = 0) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed)
    queries, gallery = rng.normal(size=(n_queries, 8)), rng.normal(size=(n_items, 8))
    return (
        queries,
        gallery,
        rng.integers(9, size=n_queries),
        rng.integers(9, size=n_items),
    )


def test_ranks_are_the_places_of_relevant_items_in_the_sorted_gallery() -> None:
    queries, gallery, asked, keys = make_case(40, 300)
    similarity = queries.astype(np.float32) @ gallery.astype(np.float32).T
    expected = [
        (np.flatnonzero(keys[np.argsort(-row)] == key) + 1).tolist()
        for row, key in zip(similarity, asked, strict=True)
    ]
    assert ranks_of(queries, gallery, asked, keys) == expected


def test_one_relevant_item_is_found_as_many_are() -> None:
    queries, gallery, _, _ = make_case(40, 40)
    keys = np.arange(40)
    similarity = queries.astype(np.float32) @ gallery.astype(np.float32).T
    greater = (similarity > np.diag(similarity)[:, None]).sum(axis=1)
    assert ranks_of(queries, gallery, keys, keys) == [[n + 1] for n in greater]


@given(
    arrays(np.int8, (3, 2), elements=SMALL),
    arrays(np.int8, (30, 2), elements=SMALL),
    arrays(np.int8, 30, elements=st.integers(0, 1)),
)
@settings(max_examples=100, deadline=None)
def test_tied_items_share_out_the_places_of_their_tie(
    queries: Any, gallery: Any, keys: Any
) -> None:
    items, similarities = nearest(queries, gallery, 30)
    assert np.array_equal(np.sort(items), np.tile(np.arange(30), (3, 1)))
    exact = queries.astype(int) @ gallery.astype(int).T
    assert np.array_equal(similarities, -np.sort(-exact, axis=1))
    assert np.array_equal(np.take_along_axis(exact, items, axis=1), similarities)
    places = [(np.flatnonzero(keys[row] == 1) + 1).tolist() for row in items]
    assert ranks_of(queries, gallery, [1, 1, 1], keys) == places


@pytest.mark.parametrize("n_relevant", [1, 20])
def test_a_constant_embedding_ranks_at_chance(n_relevant: int) -> None:
    keys = np.repeat(np.arange(2000 // n_relevant), n_relevant)
    same = np.ones((2000, 3))
    rank = np.concatenate([b.rank for b in relevant_ranks(same, same, keys, keys)])
    error = 2000 / np.sqrt(12 * 2000)  # of the mean of uniform ranks
    assert abs(rank.mean() - 1000.5) < 3 * error
    shares = np.array([(rank <= k).mean() for k in (20, 200, 1000)])
    expected = np.array([0.01, 0.1, 0.5])
    assert np.all(abs(shares - expected) < 3 * np.sqrt(expected / 2000))


def test_rounding_an_embedding_to_ties_gains_nothing() -> None:
    rng, keys = np.random.default_rng(0), np.arange(1500)
    right = rng.integers(30, size=1500)  # as if only the group of an item were known
    rank = np.concatenate(ranks_of(np.eye(30)[right], np.eye(30)[right], keys, keys))
    assert abs((rank == 1).sum() - 30) < 3 * np.sqrt(30)
    assert abs(rank.mean() - 25.5) < 1.5


def test_a_gallery_in_another_order_gives_the_same_ranks() -> None:
    queries, gallery, asked, keys = make_case(20, 100)
    order = np.random.default_rng(1).permutation(100)
    expected = ranks_of(queries, gallery, asked, keys)
    assert ranks_of(queries, gallery[order], asked, keys[order]) == expected


def test_blocks_and_ways_of_counting_change_no_rank(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    queries, gallery = rng.integers(-2, 3, (25, 3)), rng.integers(-2, 3, (90, 3))
    asked, keys = rng.integers(9, size=25), rng.integers(9, size=90)
    expected, first = (
        ranks_of(queries, gallery, asked, keys),
        nearest(queries, gallery, 7),
    )
    monkeypatch.setattr(ranking, "_SORTED_AT_ONCE", 500)
    assert ranks_of(queries, gallery, asked, keys) == expected
    monkeypatch.setattr(ranking, "_WIDE", 0)
    for name, value in (("_BLOCK_BYTES", 4 * 90 * 4), ("_FEW", 0), ("_FEW", 100)):
        monkeypatch.setattr(ranking, name, value)
        assert ranks_of(queries, gallery, asked, keys) == expected
        np.testing.assert_array_equal(nearest(queries, gallery, 7)[0], first[0])


def test_queries_of_no_item_have_no_rank() -> None:
    assert ranks_of([[1.0], [1.0]], [[1.0]], ["a", "z"], ["a"]) == [[1], []]


@pytest.mark.parametrize(
    ("queries", "gallery", "message"),
    [
        ([[1.0]], [[1.0, 2.0]], r"the same number of columns, got shapes \(1, 1\) and"),
        ([1.0], [[1.0]], "must be two-dimensional"),
        ([[1.0]], np.empty((0, 1)), "gallery must have at least one item"),
        ([[np.nan]], [[1.0]], "embeddings must be finite"),
        ([[1e30]], [[1e30]], r"up to 1e\+30 and 1e\+30"),
    ],
)
def test_what_cannot_be_ranked_is_refused(
    queries: Any, gallery: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        nearest(queries, gallery, 1)


def test_memory_stays_within_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    import tracemalloc

    monkeypatch.setattr(ranking, "_BLOCK_BYTES", 2**20)
    queries, gallery, asked, keys = make_case(2000, 3000)
    tracemalloc.start()
    for _ in relevant_ranks(queries, gallery, asked, keys):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 2**20  # all similarities are 24 MB
