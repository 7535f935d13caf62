import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmbench.stats import mean_std

scores = st.lists(st.floats(0, 1), min_size=2, max_size=20)


def test_mean_and_sample_deviation_agree_with_a_hand_calculation() -> None:
    mean, std = mean_std([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0])

    assert mean == 5.0
    assert std == pytest.approx(math.sqrt(32 / 7))


def test_one_trial_has_a_mean_but_no_deviation() -> None:
    mean, std = mean_std([0.25])

    assert mean == 0.25
    assert math.isnan(std)


@pytest.mark.parametrize("values", [[], [math.nan], [0.5, math.nan, 0.5]])
def test_no_mean_is_taken_over_fewer_trials_than_given(values: list[float]) -> None:
    assert all(map(math.isnan, mean_std(values)))


def test_a_table_is_no_list_of_scores() -> None:
    with pytest.raises(ValueError, match="values must have one dimension, got 2"):
        mean_std(np.zeros((2, 2)))


@given(scores)
def test_the_order_of_trials_does_not_matter(values: list[float]) -> None:
    assert mean_std(values[::-1]) == pytest.approx(mean_std(values))


@given(scores, st.floats(-5, 5))
def test_a_shift_moves_the_mean_and_leaves_the_deviation(
    values: list[float], shift: float
) -> None:
    mean, std = mean_std(values)
    shifted = mean_std([value + shift for value in values])

    assert shifted.mean == pytest.approx(mean + shift, abs=1e-9)
    assert shifted.std == pytest.approx(std, abs=1e-9)
