"""Calibration agrees with scikit-learn and with arithmetic by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from mmbench.stats import (
    brier_score,
    expected_calibration_error,
    expected_error_by_chance,
    reliability_curve,
)

RNG = np.random.default_rng(0)


def test_the_curve_equals_scikit_learns() -> None:
    confidence = RNG.random(500)
    correct = RNG.random(500) < confidence
    share, mean = calibration_curve(correct, confidence, n_bins=10)
    curve = reliability_curve(confidence, correct, n_bins=10)
    np.testing.assert_allclose(curve.accuracy, share, atol=1e-12)
    np.testing.assert_allclose(curve.confidence, mean, atol=1e-12)


def test_the_error_is_the_mean_gap_over_answers() -> None:
    # Bins of a fifth: 0.95 and 0.85 (one right), 0.55 and 0.45 (both right).
    curve = reliability_curve(
        [0.95, 0.85, 0.55, 0.45], [True, False, True, True], n_bins=5
    )
    assert curve.n.tolist() == [2, 2]
    expected = (2 * abs(0.9 - 0.5) + 2 * abs(0.5 - 1.0)) / 4
    assert expected_calibration_error(curve) == pytest.approx(expected, abs=1e-12)


def test_honest_confidence_has_hardly_any_error() -> None:
    confidence = RNG.uniform(0.3, 1.0, 200_000)
    correct = RNG.random(200_000) < confidence
    curve = reliability_curve(confidence, correct)
    assert expected_calibration_error(curve) < 0.005


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_every_answer_is_in_one_bin(answers: list[tuple[float, bool]]) -> None:
    curve = reliability_curve(*zip(*answers, strict=True))
    assert curve.n.sum() == len(answers)
    assert 0 <= expected_calibration_error(curve) <= 1


def test_briers_score_equals_scikit_learns() -> None:
    proba = RNG.dirichlet(np.ones(4), 50)
    y = RNG.integers(0, 4, 50)
    expected = brier_score_loss(y, proba, labels=range(4), scale_by_half=False)
    assert brier_score(y, proba) == pytest.approx(expected, abs=1e-12)


def test_briers_score_of_label_sets_is_the_mean_of_scikit_learns_over_labels() -> None:
    proba, y = RNG.random((60, 3)), RNG.integers(0, 2, (60, 3))
    expected = np.mean([brier_score_loss(y[:, i], proba[:, i]) for i in range(3)])
    assert brier_score(y, proba) == pytest.approx(expected, abs=1e-12)


def test_the_error_by_chance_is_that_of_perfect_calibration() -> None:
    rng = np.random.default_rng(1)
    confidence = rng.uniform(0.3, 1.0, 60)
    errors = [
        expected_calibration_error(
            reliability_curve(confidence, rng.random(60) < confidence)
        )
        for _ in range(2000)
    ]

    found = expected_error_by_chance(reliability_curve(confidence, confidence > 0.5))

    # Of 60 answers that are calibrated perfectly, well above 0.
    assert found == pytest.approx(
        (np.mean(errors), np.quantile(errors, 0.95)), abs=0.01
    )
    assert found[0] > 0.1
