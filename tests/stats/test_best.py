import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import studentized_range

from mmbench.stats import Estimates, indistinguishable_from_best
from tests.stats.test_claims import made, normal


def test_equal_independent_methods_are_held_to_tukeys_distance() -> None:
    # The greatest studentised difference of ten is Tukey's range over the square root
    # of two, and the errors here are 1.
    limit = studentized_range.ppf(0.95, 10, np.inf)

    assert indistinguishable_from_best(normal(3000, [0.0] * 9 + [0.97 * limit])).all()
    outside = indistinguishable_from_best(normal(3000, [0.0] * 9 + [1.03 * limit]))
    assert outside.tolist() == [False] * 9 + [True]


def test_methods_left_out_no_longer_count_against_those_left() -> None:
    # One step of all pairs of ten would keep the second; the rest far behind, it is
    # compared with the best only after they are left out.
    limit = studentized_range.ppf(0.95, 10, np.inf)
    scores = [-20.0] * 8 + [0.0, 0.95 * limit]

    found = indistinguishable_from_best(normal(3000, scores))

    assert found.tolist() == [False] * 9 + [True]


def test_methods_that_answer_alike_are_tied_and_one_alone_is_best() -> None:
    values = np.repeat(np.random.default_rng(0).normal(size=(50, 1)), 2, axis=1)

    assert indistinguishable_from_best(
        Estimates(values.mean(axis=0), values - values.mean(axis=0))
    ).all()
    assert indistinguishable_from_best(
        Estimates(np.array([0.5]), np.zeros((50, 1)))
    ).tolist() == [True]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_the_best_score_is_never_left_out(seed: int) -> None:
    estimates = made(seed)

    assert indistinguishable_from_best(estimates)[int(np.argmax(estimates.scores))]


def test_tied_methods_are_rarely_left_out() -> None:
    rng, wrong = np.random.default_rng(1), 0
    for _ in range(150):
        right = (rng.random((300, 8)) < 0.7) * 1.0
        estimates = Estimates(right.mean(axis=0), right - right.mean(axis=0))
        wrong += not indistinguishable_from_best(estimates).all()

    # 5 % of 150 is 7.5; above 15 by chance once in 300 times.
    assert wrong <= 15
