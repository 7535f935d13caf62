import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from mmbench.stats.maxima import Maxima

levels = st.floats(0.001, 0.2)


@given(st.integers(0, 999), st.integers(2, 9), levels, st.booleans())
def test_a_corrected_p_value_and_its_limit_agree(
    seed: int, n_tests: int, alpha: float, is_two_sided: bool
) -> None:
    draws = np.random.default_rng(seed).normal(size=(n_tests, 200)).max(axis=0)
    found = Maxima(draws, n_tests=n_tests, is_two_sided=is_two_sided)
    # At every step of the distribution, and on both sides of it.
    steps = (2 if is_two_sided else 1) * norm.sf(np.sort(draws))
    p_values = np.concatenate([steps * (1 - 1e-9), steps * (1 + 1e-9), [alpha]])

    is_below = found.adjusted(p_values) < alpha

    np.testing.assert_array_equal(is_below, p_values < found.local_level(alpha))


def test_independent_tests_are_corrected_by_sidaks_formula() -> None:
    draws = np.random.default_rng(0).normal(size=(5, 100_000)).max(axis=0)

    found = Maxima(draws, n_tests=5)

    np.testing.assert_allclose(found.adjusted([0.03]), 1 - 0.97**5, rtol=0.02)
    np.testing.assert_allclose(found.local_level(0.05), 1 - 0.95 ** (1 / 5), rtol=0.02)
