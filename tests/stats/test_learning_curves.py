import numpy as np
import pytest
from scipy.optimize import curve_fit

from mmbench.stats import extrapolate

N = np.array([100.0, 250, 500, 1000])


def folds_of(curve: np.ndarray, noise: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return curve + noise * (rng.normal(size=(5, 1)) + rng.normal(size=(5, len(N))))


def test_the_estimate_is_that_of_scipys_least_squares() -> None:
    errors = folds_of(0.08 + 1.5 * N**-0.5, 0.004)

    def law(n: np.ndarray, a: float, b: float, c: float) -> np.ndarray:
        return a + b * n**-c

    (a, b, c), _ = curve_fit(
        law, N / 1000, errors.mean(axis=0), [0.1, 0.1, 0.5], bounds=(0, [1, 1, 2])
    )
    found = extrapolate(N, errors)

    # Exponents are looked for on a grid.
    assert found.estimate == pytest.approx(law(2.0, a, b, c), abs=2e-4)
    assert found.exponent == pytest.approx(c, rel=0.1)


def test_an_error_falls_to_zero_at_most() -> None:
    errors = folds_of(0.5 - 0.07 * np.log(N / 10), 0.001)

    assert extrapolate(N, errors, 1000).low >= 0


def test_a_flat_curve_stays_flat() -> None:
    found = extrapolate(N, folds_of(np.full(4, 0.2), 1e-6))

    assert found.estimate == pytest.approx(0.2, abs=1e-5)


@pytest.mark.parametrize(
    ("floor", "factor", "power"), [(0.05, 3, 0.5), (0.1, 30, 1.0), (0.2, 0, 1.0)]
)
def test_the_interval_covers_the_truth(
    floor: float, factor: float, power: float
) -> None:
    def curve(n: np.ndarray | float) -> np.ndarray:
        return floor + factor * np.asarray(n) ** -power

    found = [extrapolate(N, folds_of(curve(N), 0.01, s)) for s in range(60)]

    covered = [each.low <= curve(2000.0) <= each.high for each in found]
    assert np.mean(covered) >= 0.88


def test_too_few_sizes_or_folds_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 3 folds and 4 sizes"):
        extrapolate(N[:3], np.zeros((5, 3)))
