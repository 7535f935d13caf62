"""Ensembles that look at members' ranks in a gallery."""

import numpy as np
import pytest
from xgboost import XGBRanker

from mmbench.fusion.embedding.pair_scores import (
    _answered,
    _arrays_of,
    _shortlist,
    fused_scores,
    learn_trees,
)

pytestmark = pytest.mark.retrieval


def hits_at_1(scores, relevant):
    best = scores.argmax(axis=1)
    return relevant[np.arange(len(best)), best].mean()


def test_reciprocal_ranks_are_those_that_counting_gives():
    rng = np.random.default_rng(0)
    # Whole numbers, so that many are tied.
    queries = rng.integers(-1, 2, (7, 5)).astype(float)
    gallery = rng.integers(-1, 2, (9, 5)).astype(float)
    widths = np.array([2, 3])
    expected = np.zeros((7, 9))
    for part in (slice(0, 2), slice(2, 5)):
        likeness = queries[:, part] @ gallery[:, part].T
        for q, row in enumerate(likeness):
            for i, own in enumerate(row):
                rank = (row > own).sum() + ((row == own).sum() + 1) / 2
                expected[q, i] += 1 / (60 + rank)
    found = fused_scores(queries, gallery, {"widths": widths})
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_trees_as_arrays_answer_as_xgboost_does():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 4)).astype(np.float32)
    y = (X[:, 0] * X[:, 1] + 0.3 * rng.normal(size=400) > 0.5).astype(int)
    ranker = XGBRanker(n_estimators=20, max_depth=3).fit(X, y, qid=np.arange(400) // 20)
    found = _answered(_arrays_of(ranker.get_booster()), X)
    expected = ranker.predict(X)
    np.testing.assert_allclose(found - found[0], expected - expected[0], atol=1e-5)


@pytest.fixture(scope="module")
def gallery():
    """Return members of which the second knows what is right, but not by its sign."""
    rng = np.random.default_rng(0)
    relevant = np.eye(80, dtype=bool)
    plain = rng.normal(size=(80, 80)) + 3 * relevant
    odd = np.where(relevant, 0.1, rng.choice([-1, 1], (80, 80)))
    odd = odd + 0.2 * rng.normal(size=(80, 80))
    return np.array([plain, odd]), relevant


def test_learning_to_rank_finds_what_no_weighted_sum_does(gallery):
    likeness, relevant = gallery
    trees = learn_trees([likeness[:, :40]], [relevant[:40]])
    # Embeddings whose inner products are these numbers: of unit vectors.
    queries = np.hstack([likeness[0, 40:], likeness[1, 40:]])
    items = np.hstack([np.eye(80), np.eye(80)])
    found = fused_scores(queries, items, {"widths": np.array([80, 80]), **trees})
    sums = [likeness[0, 40:] + w * likeness[1, 40:] for w in np.linspace(-1, 1, 21)]
    best = max(hits_at_1(each, relevant[40:]) for each in sums)
    assert hits_at_1(found, relevant[40:]) > best + 0.1


def test_what_is_not_among_the_first_keeps_its_order(gallery):
    likeness, relevant = gallery
    trees = learn_trees([likeness], [relevant])
    queries, items = np.hstack(likeness), np.hstack([np.eye(80), np.eye(80)])
    found = fused_scores(queries, items, {"widths": np.array([80, 80]), **trees})
    total = likeness.sum(axis=0)
    before, after = (np.argsort(-each, axis=1) for each in (total, found))
    np.testing.assert_array_equal(before[:, 50:], after[:, 50:])
    assert (np.sort(before[:, :50]) == np.sort(after[:, :50])).all()


def test_pairs_are_known_by_their_own_gallery_alone(gallery):
    likeness, _ = gallery
    total = likeness.sum(axis=0)
    whole = _shortlist(likeness, total)[1]
    alone = _shortlist(likeness[:, :1], total[:1])[1]
    np.testing.assert_array_equal(alone[0], whole[0])
