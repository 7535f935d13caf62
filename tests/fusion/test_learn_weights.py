"""Learned weights reach the least log-loss that any weights reach."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from mmbench.fusion import combine, learn_weights


def votes(seed, n_voters=3, n_samples=40, n_classes=3):
    """Return voters of unequal skill, and the truth."""
    rng = np.random.default_rng(seed)
    y = rng.integers(n_classes, size=n_samples)
    skill = rng.uniform(0, 2, size=(n_voters, 1, 1))
    raw = rng.gamma(1.0, size=(n_voters, n_samples, n_classes))
    raw += skill * np.eye(n_classes)[y]
    return raw / raw.sum(axis=2, keepdims=True), y


def log_loss(weights, probas, y, present=None):
    proba = combine(probas, present, "weighted", weights)
    return -np.mean(np.log(proba[np.arange(len(y)), y]))


@given(st.integers(0, 1000))
@settings(max_examples=25)
def test_no_other_weights_on_a_fine_grid_are_better(seed):
    probas, y = votes(seed, n_voters=3)
    learned = log_loss(learn_weights(probas, y), probas, y)
    grid = [(a, b, 40 - a - b) for a in range(41) for b in range(41 - a)]
    assert learned <= min(log_loss(point, probas, y) for point in grid) + 2e-6


@given(st.integers(0, 1000))
@settings(max_examples=25)
def test_a_general_optimiser_finds_no_better_ones_for_five_voters(seed):
    probas, y = votes(seed, n_voters=5)
    found = minimize(
        lambda w: log_loss(w, probas, y),
        np.full(5, 0.2),
        method="SLSQP",
        bounds=[(0, 1)] * 5,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
    )
    assert log_loss(learn_weights(probas, y), probas, y) <= found.fun + 2e-6


@given(st.integers(0, 1000))
@example(139)  # all is in the ratio of two weights of next to nothing
@settings(max_examples=25)
def test_where_voters_are_missing_no_other_weights_nearby_are_better(seed):
    probas, y = votes(seed)
    rng = np.random.default_rng(seed)
    present = rng.random(probas.shape[:2]) < 0.7
    learned = learn_weights(probas, y, present)
    loss = log_loss(learned, probas, y, present)
    for _ in range(20):
        near = np.maximum(learned + rng.normal(0, 0.02, 3), 1e-6)
        assert loss <= log_loss(near, probas, y, present) + 2e-6


def test_weights_lie_on_the_simplex():
    weights = learn_weights(*votes(0, n_voters=4))
    assert weights.shape == (4,)
    assert np.all(weights >= 0)
    assert weights.sum() == pytest.approx(1)


def test_a_voter_that_knows_gets_all_the_weight():
    y = np.arange(60) % 3
    knows = np.eye(3)[y] * 0.9 + 0.1 / 3
    guesses = np.full((60, 3), 1 / 3)
    weights = learn_weights([guesses, knows], y)
    np.testing.assert_allclose(weights, [0, 1], atol=1e-3)


def test_the_order_of_the_voters_does_not_matter():
    probas, y = votes(3)
    np.testing.assert_allclose(
        learn_weights(probas[::-1], y)[::-1], learn_weights(probas, y), atol=1e-9
    )


def test_equal_voters_get_equal_weights():
    probas, y = votes(1, n_voters=1)
    weights = learn_weights(np.repeat(probas, 3, axis=0), y)
    np.testing.assert_allclose(weights, 1 / 3)


def test_where_nothing_tells_voters_apart_they_stay_equal():
    probas, y = votes(2, n_voters=2)
    one_each = np.array([np.arange(40) < 20, np.arange(40) >= 20])
    assert learn_weights(probas, y, one_each).tolist() == [0.5, 0.5]
    assert learn_weights(probas[:1], y).tolist() == [1.0]


def test_a_voter_that_never_meets_another_keeps_its_share():
    probas, y = votes(4)
    present = np.array([np.ones(40), np.ones(40), np.zeros(40)], dtype=bool)
    with_third = learn_weights(probas, y, present)
    of_two = learn_weights(probas[:2], y)
    assert with_third[2] > 0
    np.testing.assert_allclose(with_third[:2] / with_third[:2].sum(), of_two, atol=5e-3)


def test_what_an_absent_voter_would_say_is_not_looked_at():
    probas, y = votes(5)
    present = np.ones(probas.shape[:2], dtype=bool)
    present[0, ::2] = False
    blurred = probas.copy()
    blurred[0, ::2] = np.nan
    np.testing.assert_array_equal(
        learn_weights(blurred, y, present), learn_weights(probas, y, present)
    )


def test_voters_that_rule_out_the_truth_still_give_weights():
    y = np.array([0, 1, 1])
    sure = np.eye(2)[[1, 0, 0]]
    weights = learn_weights([sure, sure], y)
    np.testing.assert_allclose(weights, [0.5, 0.5])


@given(st.integers(0, 200))
@settings(max_examples=20)
def test_learned_weights_are_never_worse_than_equal_ones(seed):
    probas, y = votes(seed, n_samples=12)
    present = np.random.default_rng(seed).random(probas.shape[:2]) < 0.6
    learned = log_loss(learn_weights(probas, y, present), probas, y, present)
    assert learned <= log_loss(np.ones(3), probas, y, present) + 1e-9
