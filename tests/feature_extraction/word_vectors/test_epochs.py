"""How often the training goes over its data."""

import pytest

from mmbench.feature_extraction.word_vectors.epochs import passes


@pytest.mark.parametrize(
    ("size", "expected"), [(1, 50), (20_000, 50), (50_000, 20), (10**9, 5), (0, 50)]
)
def test_auto_spends_a_budget_within_limits(size, expected):
    assert passes("auto", size, 1_000_000, 5, 50) == expected


def test_a_number_is_taken_as_it_is():
    assert passes(7, 10**9, 1_000_000, 50, 90) == 7
