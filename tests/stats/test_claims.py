import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, studentized_range

from mmbench.stats import (
    Claim,
    Conclusion,
    Estimates,
    Question,
    best_against_best,
    compare_best,
    compare_pairs,
)

seeds = st.integers(0, 2**32 - 1)


def made(seed: int, k: int = 6, n: int = 60) -> Estimates:
    """Return the accuracies of methods of all kinds: good, bad, alike, equal."""
    rng = np.random.default_rng(seed)
    chances = rng.choice([0.1, 0.5, 0.6, 0.9, 1.0], k)
    right = (0.5 * rng.random((n, 1)) + 0.5 * rng.random((n, k)) < chances) * 1.0
    right[:, rng.integers(k)] = right[:, rng.integers(k)]
    return Estimates(right.mean(axis=0), right - right.mean(axis=0))


def normal(n: int, scores: list[float]) -> Estimates:
    """Return independent methods whose scores have an error of 1."""
    values = np.linalg.qr(np.random.default_rng(0).normal(size=(n, len(scores) + 1)))[0]
    values -= values.mean(axis=0)
    values = np.linalg.qr(values[:, 1:])[0]
    return Estimates(np.array(scores), values * np.sqrt(n * (n - 1.0)))


def is_coherent(claim: Claim) -> bool:
    excludes_zero = claim.low > 0 or claim.high < 0
    words = claim.conclusion(rope=0.01)
    return (
        claim.low <= claim.estimate <= claim.high
        and excludes_zero == (claim.p_value < 0.05)
        and excludes_zero == (words in (Conclusion.BETTER, Conclusion.WORSE))
        and 0 <= claim.p_value <= 1
    )


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_words_interval_and_p_value_of_a_pair_agree(seed: int) -> None:
    pairs = [(i, j) for i in range(6) for j in range(i)]

    assert all(map(is_coherent, compare_pairs(made(seed), pairs)))


QUESTIONS = (
    [Question((0, 1, 2, 3), (4, 5)), Question((0, 1), (4, 5)), Question((2,), (4, 5))],
    [Question((0,), (1, 2)), Question((3,), (4,)), Question((5,), (1, 4))],
    [Question((0, 1, 2), (3, 4, 5))],
)


@pytest.mark.parametrize("questions", QUESTIONS)
@given(seed=seeds)
@settings(max_examples=40, deadline=None)
def test_words_interval_and_p_value_of_the_best_agree(
    questions: list[Question], seed: int
) -> None:
    for n_families in (1, 3):
        found = compare_best(made(seed), questions, n_families=n_families)

        assert all(map(is_coherent, found))


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_no_part_of_a_side_beats_the_whole(seed: int) -> None:
    whole, *parts = compare_best(made(seed), QUESTIONS[0])

    for part in parts:
        assert part.estimate <= whole.estimate
        assert part.low <= whole.low
        assert part.high <= whole.high


@given(seeds, st.permutations(range(6)))
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_methods_does_not_matter(seed: int, order: list[int]) -> None:
    estimates = made(seed)
    place = {method: order.index(method) for method in range(6)}
    moved = [
        Question(*(tuple(place[method] for method in side) for side in asked))
        for asked in QUESTIONS[1]
    ]

    here = compare_best(estimates, QUESTIONS[1])
    there = compare_best(estimates.take(order), moved)

    for one, other in zip(here, there, strict=True):
        assert one[2:5] == pytest.approx(other[2:5], abs=1e-3)
        assert one.p_value == pytest.approx(other.p_value, abs=1e-3)


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_turning_a_question_turns_its_claim(seed: int) -> None:
    asked = Question((0, 1, 2), (3, 4, 5))

    here = compare_best(made(seed), [asked])[0]
    there = compare_best(made(seed), [Question(asked.seconds, asked.firsts)])[0]

    assert (here.low, here.high) == pytest.approx((-there.high, -there.low))
    assert here.p_value == there.p_value


def test_all_pairs_of_independent_methods_have_tukeys_intervals() -> None:
    k = 6
    pairs = [(i, j) for i in range(k) for j in range(i)]

    found = compare_pairs(normal(3000, [0.0] * k), pairs)

    expected = studentized_range.ppf(0.95, k, np.inf)
    assert [each.high for each in found] == pytest.approx([expected] * 15, rel=0.02)


def test_the_best_of_many_over_one_is_held_to_the_greatest_of_their_leads() -> None:
    # 20 independent leads over a fixed score, 2.5 % one-sided.
    estimates = normal(3000, [0.0] * 20 + [-3.2])
    still = np.append(np.ones(20), 1e-6)
    fixed = Estimates(estimates.scores, estimates.influence * still)
    limit = norm.ppf(0.975 ** (1 / 20))

    found = compare_best(fixed, [Question(tuple(range(20)), (20,))])[0]

    assert found.low == pytest.approx(3.2 - limit, abs=0.06)
    assert found.p_value == pytest.approx(2 * (1 - norm.cdf(3.2) ** 20), abs=0.004)


def test_far_in_the_tail_p_values_are_bonferronis() -> None:
    estimates = normal(100_000, [9.0, 0.0, 0.0])

    found = compare_pairs(estimates, [(0, 1), (0, 2)])[0]

    # Two tests, two-sided; the difference has an error of the square root of 2.
    assert found.p_value == pytest.approx(4 * norm.sf(9 / np.sqrt(2)), rel=0.01)


def test_families_are_corrected_for_together() -> None:
    estimates = normal(100_000, [3.0, 0.0])

    alone = compare_pairs(estimates, [(0, 1)])[0]
    of_four = compare_pairs(estimates, [(0, 1)], n_families=4)[0]

    assert of_four.p_value == pytest.approx(4 * alone.p_value)
    assert of_four.n_compared == 4
    assert of_four.low < alone.low


def test_equal_methods_are_rarely_told_apart() -> None:
    rng, wrong = np.random.default_rng(0), 0
    asked = [Question(tuple(range(8)), (8,))]
    for _ in range(150):
        right = (rng.random((200, 9)) < 0.7) * 1.0
        estimates = Estimates(right.mean(axis=0), right - right.mean(axis=0))
        wrong += compare_best(estimates, asked)[0].p_value < 0.05

    # 5 % of 150 is 7.5; above 15 by chance once in 300 times.
    assert wrong <= 15


def test_scores_with_drawn_errors_give_the_claim_that_their_units_give():
    rng = np.random.default_rng(0)
    right = (rng.random((800, 3)) < [0.75, 0.7, 0.68]).astype(float)
    of_units = Estimates(right.mean(axis=0), right - right.mean(axis=0))
    drawn = rng.multinomial(800, np.full(800, 1 / 800), size=8000) / 800
    draws = (drawn @ right - right.mean(axis=0)).T

    exact = compare_best(of_units, [Question((0, 1), (2,))])[0]
    found = best_against_best(
        right.mean(axis=0)[:2], right.mean(axis=0)[2:], draws[:2], draws[2:]
    )

    assert found.estimate == pytest.approx(exact.estimate)
    assert found.low == pytest.approx(exact.low, abs=0.003)
    assert found.high == pytest.approx(exact.high, abs=0.003)
    with pytest.raises(ValueError, match=r"got \[2, 1\] scores and \[1, 1\] rows"):
        best_against_best([0.9, 0.8], [0.7], draws[:1], draws[2:])
