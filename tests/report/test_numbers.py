import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmbench.presentation.numbers import (
    NOTHING,
    count_text,
    rate_text,
    score_text,
    seconds_text,
)


@pytest.mark.parametrize("write", [score_text, seconds_text, rate_text])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_not_known_is_a_dash(write: object, value: float) -> None:
    assert callable(write)
    assert write(value) == NOTHING


@given(st.floats(1e-6, 1e9))
def test_a_rate_keeps_three_digits(value: float) -> None:
    assert float(rate_text(value).replace(",", "")) == pytest.approx(value, rel=5.1e-3)


@given(st.floats(1e-6, 1e6))
def test_a_duration_keeps_its_size(value: float) -> None:
    units = {"ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
    words = seconds_text(value).replace(",", "").split()
    parts = zip(words[::2], words[1::2], strict=True)

    total = sum(float(number) * units[unit] for number, unit in parts)

    assert total == pytest.approx(value, rel=0.01)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.9994, "999 ms"),
        (0.99951, "1.00 s"),
        (9.999, "10.0 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 0 s"),
        (3599.6, "1 h 0 min"),
        (0.0, "0 ms"),
    ],
)
def test_a_duration_takes_the_next_unit_in_time(value: float, expected: str) -> None:
    assert seconds_text(value) == expected


def test_a_rate_of_zero_is_zero() -> None:
    assert rate_text(0.0) == "0"


def test_one_of_a_kind_is_no_plural() -> None:
    assert count_text(1, "class") == "1 class"
