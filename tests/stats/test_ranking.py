import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from mmbench.stats import competition_ranks, pareto_front

few = st.integers(0, 4).map(float)


@given(st.lists(few, max_size=15))
def test_ranks_agree_with_scipy(scores: list[float]) -> None:
    expected = rankdata(-np.asarray(scores), method="min")

    np.testing.assert_array_equal(competition_ranks(scores), expected)


@pytest.mark.parametrize("odd", [math.nan, math.inf])
def test_a_score_that_is_not_finite_has_no_rank(odd: float) -> None:
    with pytest.raises(ValueError, match="scores must be finite"):
        competition_ranks([0.5, odd])


@given(st.lists(st.tuples(few, few), max_size=15))
def test_the_front_is_what_no_other_point_dominates(
    points: list[tuple[float, float]],
) -> None:
    def is_dominated(p: tuple[float, float]) -> bool:
        return any(q[0] >= p[0] and q[1] >= p[1] and q != p for q in points)

    x, y = [p[0] for p in points], [p[1] for p in points]

    assert pareto_front(x, y).tolist() == [not is_dominated(p) for p in points]


def test_a_point_with_a_value_missing_is_not_on_the_front() -> None:
    front = pareto_front([1.0, math.nan, 3.0], [2.0, 9.0, math.nan])

    assert front.tolist() == [True, False, False]
