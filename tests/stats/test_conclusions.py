import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmbench.stats import Conclusion, conclude, rope_on_scale

numbers = st.floats(-1, 1)
ordered = st.tuples(numbers, numbers, numbers).map(sorted)


@given(ordered, st.floats(0, 1))
def test_words_never_contradict_the_interval(ends: list[float], rope: float) -> None:
    low, estimate, high = ends

    found = conclude(estimate, low, high, rope=rope)

    assert (found == Conclusion.BETTER) == (low > 0)
    assert (found == Conclusion.WORSE) == (high < 0)
    if found == Conclusion.EQUIVALENT:
        assert max(abs(low), abs(high)) <= rope


@given(ordered, st.floats(0, 1), st.floats(0, 1))
def test_a_greater_region_only_turns_doubt_into_equivalence(
    ends: list[float], rope: float, other: float
) -> None:
    low, estimate, high = ends
    narrow, wide = sorted((rope, other))

    before, after = (
        conclude(estimate, low, high, rope=each) for each in (narrow, wide)
    )

    assert after == before or (before, after) == (
        Conclusion.INCONCLUSIVE,
        Conclusion.EQUIVALENT,
    )


def test_nothing_is_concluded_without_an_interval() -> None:
    assert conclude(0.5, math.nan, math.nan, rope=0.01) == Conclusion.INCONCLUSIVE


def test_an_estimate_outside_its_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="estimate must lie within low to high"):
        conclude(0.5, 0.1, 0.4, rope=0.01)


def test_a_point_of_a_loss_is_a_hundredth_of_the_floors() -> None:
    assert rope_on_scale(0.01, is_share=True, floor=0.3) == 0.01
    assert rope_on_scale(0.01, is_share=False, floor=-2.0) == 0.02
    assert rope_on_scale(0.01, is_share=False, floor=math.nan) == 0.0
