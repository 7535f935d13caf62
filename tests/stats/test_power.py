import math

import pytest
from statsmodels.stats.power import TTestPower

from mmbench.stats import detectable_difference


@pytest.mark.parametrize("n", [4, 20, 400])
def test_detectable_differences_agree_with_statsmodels(n: int) -> None:
    expected = TTestPower().solve_power(nobs=n, alpha=0.05, power=0.8)

    found = detectable_difference(1 / math.sqrt(n), n - 1)

    assert found == pytest.approx(expected, rel=1e-4)


def test_many_degrees_of_freedom_are_normal() -> None:
    assert detectable_difference(1.0, 1e7) == pytest.approx(1.95996 + 0.84162, rel=1e-3)


def test_no_error_no_answer() -> None:
    assert math.isnan(detectable_difference(math.nan, 10))
