import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import studentized_range

from mmbench.stats import indistinguishable_from_best


def test_methods_with_independent_noise_are_held_to_tukeys_distance() -> None:
    # Ten independent methods of equal error: the greatest studentised difference is
    # Tukey's range over the square root of two.
    rng = np.random.default_rng(0)
    draws = rng.normal(size=(10, 20_000))
    limit = studentized_range.ppf(0.95, 10, np.inf)

    inside = np.append(np.full(9, 0.0), 0.96 * limit)
    outside = np.append(np.full(9, 0.0), 1.04 * limit)

    assert indistinguishable_from_best(inside, draws).all()
    assert indistinguishable_from_best(outside, draws).tolist() == [False] * 9 + [True]


def test_a_small_lead_counts_where_two_methods_err_together() -> None:
    rng = np.random.default_rng(0)
    shared = rng.normal(size=1000)
    draws = np.stack([shared, shared + 0.01 * rng.normal(size=1000)])

    assert indistinguishable_from_best([0.1, 0.0], draws).tolist() == [True, False]


def test_methods_that_answer_alike_are_equal_and_one_alone_is_best() -> None:
    draws = np.random.default_rng(0).normal(size=(1, 100))

    assert indistinguishable_from_best([0.5, 0.5], np.repeat(draws, 2, axis=0)).all()
    assert indistinguishable_from_best([0.5], draws).tolist() == [True]


def test_equal_methods_are_rarely_told_apart() -> None:
    rng = np.random.default_rng(1)
    wrong = 0
    for _ in range(200):
        answers = rng.random((8, 300)) < 0.7
        weights = rng.multinomial(300, np.full(300, 1 / 300), 400).T
        draws = answers @ weights / 300
        wrong += not indistinguishable_from_best(answers.mean(axis=1), draws).all()

    # 5 % of 200 is 10; above 19 by luck once in 300 times.
    assert wrong <= 19


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.integers(0, 99))
@settings(max_examples=40)
def test_the_best_is_never_worse_than_itself(scores: list[float], seed: int) -> None:
    draws = np.random.default_rng(seed).normal(size=(len(scores), 50))

    assert indistinguishable_from_best(scores, draws)[int(np.argmax(scores))]
