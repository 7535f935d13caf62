"""The best against the best: luck is taken off, and two methods are just a pair."""

import numpy as np
import pytest
from scipy.stats import norm

from mmbench.stats import best_against_best

N_RESAMPLES = 1000


def contest(
    rng: np.random.Generator, truths: list[float], others: list[float]
) -> tuple[float, float, float, float]:
    """Draw scores around the truth with an error of one, and resamples around them."""
    truth = np.array(truths + others)
    scores = truth + rng.normal(size=len(truth))
    draws = scores[:, None] + rng.normal(size=(len(truth), N_RESAMPLES))
    n = len(truths)
    return best_against_best(scores[:n], scores[n:], draws[:n], draws[n:])[:4]


def test_two_methods_are_the_paired_bootstrap() -> None:
    rng = np.random.default_rng(0)
    draws = rng.normal(size=(2, 100_000))
    found = best_against_best([3.0], [0.5], draws[:1], draws[1:])
    error = np.sqrt(2)
    assert found.estimate == pytest.approx(2.5)
    reach = norm.ppf(0.975) * error
    assert (found.low, found.high) == pytest.approx(
        (2.5 - reach, 2.5 + reach), abs=0.03
    )
    assert found.p_value == pytest.approx(2 * norm.sf(2.5 / error), rel=0.03)


def test_far_in_the_tail_bonferronis_bound_is_taken() -> None:
    rng = np.random.default_rng(0)
    draws = rng.normal(size=(4, 1000))
    found = best_against_best([9.0, 0.0, 0.0], [0.0], draws[:3], draws[3:])
    # Each error is that of these very resamples.
    errors = np.std(draws[:3] - draws[3], axis=1, ddof=1)
    assert found.p_value == pytest.approx(2 * 3 * norm.sf(9 / errors[0]), rel=1e-6)


def test_exchanging_the_sides_turns_the_answer() -> None:
    rng = np.random.default_rng(1)
    draws, scores = rng.normal(size=(5, 500)), rng.normal(size=5)
    there = best_against_best(scores[:2], scores[2:], draws[:2], draws[2:])
    back = best_against_best(scores[2:], scores[:2], draws[2:], draws[:2])
    assert there.p_value == back.p_value
    assert (there.estimate, there.low, there.high) == pytest.approx(
        (-back.estimate, -back.high, -back.low)
    )


def test_methods_that_answer_alike_are_not_told_apart() -> None:
    draws = np.random.default_rng(0).normal(size=(1, 200))
    found = best_against_best([0.7], [0.7], draws, draws)
    assert (found.estimate, found.low, found.high, found.p_value) == (0, 0, 0, 1)


@pytest.mark.parametrize(
    ("truths", "others"),
    [([0.0] * 12, [0.0]), ([0.0] * 12, [0.0, -3.0, -9.0]), ([0.0] * 4, [0.0] * 4)],
    ids=["many against one", "many against one that leads", "many against many"],
)
def test_luck_is_no_lead(truths: list[float], others: list[float]) -> None:
    rng = np.random.default_rng(2)
    found = np.array([contest(rng, truths, others) for _ in range(400)])
    estimate, low, high, p_value = found.T
    # The plain difference of the two best would lie 1.6 above none with 12 against 1.
    assert abs(np.mean(estimate)) < 0.35
    assert np.mean((low <= 0) & (high >= 0)) >= 0.93
    assert np.mean((p_value < 0.05) & (estimate > 0)) <= 0.045


def test_a_lead_is_found_and_its_size_is_right() -> None:
    rng = np.random.default_rng(3)
    found = np.array([contest(rng, [5.0, 4.0, 1.0], [0.0, -4.0]) for _ in range(300)])
    estimate, low, high, p_value = found.T
    assert np.mean(estimate) == pytest.approx(5.0, abs=0.35)
    assert np.mean((low <= 5) & (high >= 5)) >= 0.93
    # One against one would find it with a chance of 94 %.
    assert np.mean(p_value < 0.05) > 0.85
