"""Two methods on the same samples: against scipy, enumeration and simulation."""

import itertools

import numpy as np
import pytest
from scipy.stats import binomtest, norm
from sklearn.metrics import accuracy_score, f1_score

from mmbench.stats import Resamples, paired_difference, paired_permutation_test
from tests.stats.counts import VALUES, accuracy, counted, f1_macro

RNG = np.random.default_rng(0)


def right_and_wrong(y: np.ndarray, n_wrong: int) -> np.ndarray:
    return np.where(np.arange(len(y)) < n_wrong, 1 - y, y)


def both(y: np.ndarray, one: np.ndarray, other: np.ndarray, n: int) -> list[np.ndarray]:
    """Return what the rows of two methods' answers add to counts of n classes."""
    return [counted(y, answers, n) for answers in (one, other)]


def test_methods_that_agree_everywhere_are_not_told_apart() -> None:
    y = np.arange(30) % 3
    found = paired_difference(
        f1_macro, *both(y, y, y, 3), resamples=Resamples(np.arange(30))
    )
    assert found == (0.0, 0.0, 0.0, 1.0, 0.0, 30)


def test_swaps_of_accuracy_are_mcnemars_test() -> None:
    y = np.arange(60) % 2
    first, second = right_and_wrong(y, 2), right_and_wrong(y[::-1], 9)[::-1]
    p_value = paired_permutation_test(
        accuracy, *both(y, first, second, 2), n_permutations=40_000
    )
    assert p_value == pytest.approx(binomtest(2, 11).pvalue, abs=0.004)


def test_swaps_of_macro_f1_are_those_of_all_swaps() -> None:
    y = RNG.integers(0, 3, 40)
    first, second = y.copy(), y.copy()
    first[:1], second[1:8] = (y[:1] + 1) % 3, (y[1:8] + 1) % 3
    seen = f1_score(y, first, average="macro") - f1_score(y, second, average="macro")
    tail = 0
    for swaps in itertools.product([False, True], repeat=8):
        swap = np.concatenate([swaps, np.zeros(32, bool)])
        a, b = np.where(swap, second, first), np.where(swap, first, second)
        gap = f1_score(y, a, average="macro") - f1_score(y, b, average="macro")
        tail += abs(gap) >= abs(seen) - 1e-9
    found = paired_permutation_test(
        f1_macro, *both(y, first, second, 3), n_permutations=40_000
    )
    assert found == pytest.approx(tail / 2**8, abs=0.004)


@pytest.mark.parametrize("metric", ["f1_macro", "f1_micro", "accuracy"])
def test_swaps_of_label_sets_are_those_of_all_swaps_of_whole_rows(metric: str) -> None:
    rng = np.random.default_rng(1)
    y, units = rng.integers(0, 2, (16, 3)), np.arange(16) // 2
    first, second = y.copy(), y.copy()
    first[::7, 0] ^= 1
    second[:12] ^= rng.random((12, 3)) < 0.3

    def gap(swap: np.ndarray) -> float:
        a, b = np.where(swap, second, first), np.where(swap, first, second)
        if metric == "accuracy":
            return float(accuracy_score(y, a) - accuracy_score(y, b))
        average = metric.removeprefix("f1_")
        scores = (f1_score(y, p, average=average, zero_division=0) for p in (a, b))
        return float(np.subtract(*scores))

    seen = abs(gap(np.zeros((16, 1), bool)))
    swaps = itertools.product([False, True], repeat=8)
    gaps = [gap(np.array(swap)[units][:, None]) for swap in swaps]
    tail = np.mean(np.abs(gaps) >= seen - 1e-9)
    found = paired_permutation_test(
        VALUES[metric],
        *both(y, first, second, 3),
        units=units,
        n_permutations=40_000,
    )
    assert found == pytest.approx(float(tail), abs=0.006)


def test_rows_of_one_unit_are_swapped_together() -> None:
    # One unit alone differs, in ten rows: a swap of it is all there is.
    y = np.zeros(40, int)
    first, second = y.copy(), np.where(np.arange(40) < 10, 1, 0)
    units = np.where(np.arange(40) < 10, 0, np.arange(40))
    p_value = paired_permutation_test(accuracy, *both(y, first, second, 2), units=units)
    assert p_value == pytest.approx(1.0)


def test_hardly_any_differing_answers_are_no_proof() -> None:
    # 4 of 4 differing answers favour the first: 2 / 2**4, whatever the bootstrap says.
    y = np.arange(100) % 2
    found = paired_difference(
        accuracy,
        *both(y, y, right_and_wrong(y, 4), 2),
        resamples=Resamples(np.arange(100)),
    )
    assert found.p_value == pytest.approx(0.125, abs=0.02)


def test_the_effect_size_is_cohens_d_of_paired_values() -> None:
    y = np.arange(400) % 2
    first, second = right_and_wrong(y, 20), right_and_wrong(y[::-1], 60)[::-1]
    values = (first == y).astype(float) - (second == y)
    found = paired_difference(
        accuracy,
        *both(y, first, second, 2),
        resamples=Resamples(np.arange(400), n_resamples=4000),
    )
    assert found.estimate == pytest.approx(values.mean(), abs=1e-12)
    assert found.effect_size == pytest.approx(values.mean() / values.std(), rel=0.05)


def test_exchanging_the_methods_turns_the_difference() -> None:
    y, first, second = RNG.integers(0, 3, (3, 90))
    draws = Resamples(np.arange(90))
    one, other = both(y, first, second, 3)
    there = paired_difference(f1_macro, one, other, resamples=draws)
    back = paired_difference(f1_macro, other, one, resamples=draws)
    assert there.estimate == -back.estimate
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=0.01)
    assert there.p_value == pytest.approx(back.p_value, abs=0.02)


def simulated(rng: np.random.Generator, n: int, gain: float) -> tuple[float, float]:
    """Return p-value and estimate of two methods that share half their luck."""
    y = rng.integers(0, 3, n)
    shared = rng.random(n)
    answers = []
    for share in (0.75 + gain, 0.75):
        luck = np.where(rng.random(n) < 0.5, shared, rng.random(n))
        answers.append(np.where(luck < share, y, (y + rng.integers(1, 3, n)) % 3))
    found = paired_difference(
        accuracy,
        *both(y, *answers, 3),
        resamples=Resamples(np.arange(n), n_resamples=400),
        n_permutations=999,
    )
    return found.p_value, found.estimate


def test_no_difference_is_rarely_found_where_there_is_none() -> None:
    rng = np.random.default_rng(2)
    found = sum(simulated(rng, 200, 0.0)[0] < 0.05 for _ in range(300))
    assert found / 300 <= 0.08  # 0.05 and twice its standard error


def test_no_difference_of_label_sets_is_rarely_found_where_there_is_none() -> None:
    rng = np.random.default_rng(4)
    draws, n_found = Resamples(np.arange(200), n_resamples=400), 0
    for _ in range(300):
        y = rng.random((200, 4)) < [0.5, 0.3, 0.2, 0.1]
        # A row that is hard is so for all its labels, and for both methods.
        hard = rng.random((200, 1)) < 0.3
        first, second = (
            y ^ (rng.random(y.shape) < np.where(hard, 0.3, 0.05)) for _ in range(2)
        )
        found = paired_difference(
            f1_macro, *both(y, first, second, 4), resamples=draws, n_permutations=999
        )
        n_found += found.p_value < 0.05
    assert n_found / 300 <= 0.08  # 0.05 and twice its standard error


def test_a_difference_is_found_with_the_power_that_theory_says() -> None:
    rng = np.random.default_rng(3)
    results = np.array([simulated(rng, 400, 0.06) for _ in range(300)])
    error = results[:, 1].std()
    power = norm.sf(1.96 - 0.06 / error) + norm.cdf(-1.96 - 0.06 / error)
    assert np.mean(results[:, 0] < 0.05) == pytest.approx(power, abs=0.08)
