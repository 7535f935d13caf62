"""Checks of parameters."""

import numpy as np
import pytest

from mmbench.feature_extraction.parameters import (
    require_choice,
    require_int,
    require_positive,
)


def test_numbers_of_numpy_are_numbers():
    require_int("window", np.int64(3), minimum=1)
    require_positive("alpha", np.float32(0.5))


@pytest.mark.parametrize("value", [2.0, "2", None, True])
def test_what_is_no_integer_is_a_type_error(value):
    with pytest.raises(TypeError, match="window must be an integer, got"):
        require_int("window", value, minimum=1)


@pytest.mark.parametrize("value", ["1", None, False])
def test_what_is_no_number_is_a_type_error(value):
    with pytest.raises(TypeError, match="alpha must be a number, got"):
        require_positive("alpha", value)


@pytest.mark.parametrize("value", [0, -1.5, float("inf"), float("nan")])
def test_a_number_that_is_not_positive_and_finite_is_a_value_error(value):
    with pytest.raises(ValueError, match="alpha must be a finite number above 0"):
        require_positive("alpha", value)


def test_an_unknown_choice_is_an_error_that_lists_the_known():
    with pytest.raises(ValueError, match=r"one of \['a', 'b'\], got 'c'\."):
        require_choice("rule", "c", ("b", "a"))
