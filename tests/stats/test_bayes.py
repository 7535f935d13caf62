"""The Bayesian signed-rank test agrees with its authors' program and with algebra."""

import pytest

from mmbench.stats import bayesian_signed_rank

DIFFERENCES = [0.03, 0.05, -0.01, 0.002, 0.04, 0.015, -0.03, 0.06]


def test_it_equals_the_program_of_its_authors() -> None:
    # baycomp 1.0.3: SignedRankTest.sample(0, differences, 0.01, nsamples=20000,
    # random_state=7), and how often each column is the largest.
    found = bayesian_signed_rank(
        DIFFERENCES, rope=0.01, n_samples=20_000, random_state=7
    )
    assert found == pytest.approx((0.0197, 0.086, 0.8943), abs=1e-9)


def test_one_dataset_gives_what_algebra_gives() -> None:
    # With equal weights the two shares are u and 1 - u, u uniform; pairs of the data
    # with anything lie above the region: equivalent wins when (1 - u)**2 > 1 / 2.
    found = bayesian_signed_rank([1.0], rope=0.01, prior=1.0, n_samples=200_000)
    assert found.better == pytest.approx(0.5**0.5, abs=0.004)
    assert found.worse == 0


def test_turning_the_differences_turns_the_answer() -> None:
    there = bayesian_signed_rank(DIFFERENCES)
    back = bayesian_signed_rank([-value for value in DIFFERENCES])
    assert (there.worse, there.better) == (back.better, back.worse)


def test_differences_inside_the_region_are_equivalent() -> None:
    assert bayesian_signed_rank([0.001, -0.002, 0.003], rope=0.01).equivalent == 1.0
