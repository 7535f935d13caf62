"""How members of an ensemble of embeddings are weighed."""

import numpy as np
import pytest

from mmbench.fusion.embedding import likenesses, side_by_side, weigh_members
from mmbench.fusion.embedding.member_weights import RULES, Likenesses

RNG = np.random.default_rng(0)
Y = np.arange(40)
FOLD = Y % 2


def member(noise):
    """Return embeddings of pairs that differ by noise."""
    shared = RNG.normal(size=(40, 8))
    return tuple(shared + noise * RNG.normal(size=shared.shape) for _ in range(2))


GOOD, FAIR, USELESS = member(0.3), member(1.0), member(100.0)
FOLDS = likenesses([USELESS, GOOD, FAIR], Y, FOLD)


def test_rows_of_one_fold_only_are_compared():
    assert [each.relevant.shape for each in FOLDS] == [(20, 20), (20, 20)]
    expected = np.float16(GOOD[0][2]).astype(float) @ np.float16(GOOD[1][4])
    assert FOLDS[0].of_members[1][1, 2] == pytest.approx(expected)


def test_the_best_member_is_chosen_alone():
    assert (weigh_members(FOLDS, "best").weights > 0).tolist() == [False, True, False]


@pytest.mark.parametrize("rule", ["weighted", "greedy"])
def test_a_useless_member_counts_next_to_nothing(rule):
    weights = weigh_members(FOLDS, rule).weights
    spread = np.mean([each.of_members.std(axis=(1, 2)) for each in FOLDS], axis=0)
    shares = weights * spread / (weights * spread).sum()
    assert shares[0] < 0.1
    assert shares[1] == max(shares)


def test_selection_goes_on_where_a_member_helps_only_beside_more_of_another():
    one, other = np.full((2, 4, 4), -10.0)
    one[:2, :2], one[2:, 2:] = [[1, 0], [0, 1]], [[0, 0.5], [0.5, 0]]
    other[:2, :2], other[2:, 2:] = [[0, 1.5], [1.5, 0]], [[1.2, 0], [0, 1.2]]
    members = np.array([one, other])  # their sum is as often right as each of them
    weights = weigh_members([Likenesses(members, np.eye(4) > 0)], "greedy").weights
    assert weights * members.std(axis=(1, 2)) == pytest.approx([2, 1])


def test_equal_weights_make_likenesses_of_equal_spread():
    weights = weigh_members(FOLDS, "mean").weights
    spreads = np.mean([each.of_members.std(axis=(1, 2)) for each in FOLDS], axis=0)
    assert weights * spreads == pytest.approx(np.ones(3))


@pytest.mark.parametrize("rule", RULES)
def test_members_that_say_nothing_still_have_weights(rule):
    nothing = np.ones((40, 2)), np.ones((40, 2))
    weights = weigh_members(likenesses([nothing, nothing], Y, FOLD), rule).weights
    assert weights.sum() > 0


def test_inner_products_are_weighted_means_of_the_members():
    weights = np.array([1.0, 3.0])
    texts, pictures = (side_by_side([GOOD[i], FAIR[i]], weights) for i in range(2))
    expected = 0.25 * GOOD[0] @ GOOD[1].T + 0.75 * FAIR[0] @ FAIR[1].T
    np.testing.assert_allclose(texts @ pictures.T, expected)
