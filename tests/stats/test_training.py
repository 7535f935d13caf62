import numpy as np
import pytest

from mmbench.stats import excess_covariance, is_degenerate, retraining_covariance


def test_excess_is_the_variance_between_parts_less_that_of_sampling() -> None:
    # Two splits of two parts. Differences .1 and .3: variance .02, sampling .004, over
    # two parts .008; then .2 and .2: 0 less .006, over two -.003. Their mean is .0025.
    scores = np.array([[[0.1], [0.3]], [[0.2], [0.2]]])
    sampling = np.array([[0.004, 0.004], [0.004, 0.008]])[..., None, None]

    found, df = excess_covariance(scores, sampling)

    assert found.item() == pytest.approx(0.0025)
    assert df == 2


def test_excess_has_the_covariance_of_methods() -> None:
    scores = np.array([[[0.1, 0.3], [0.3, 0.1]]])

    found, _ = excess_covariance(scores, np.zeros((1, 2, 2, 2)))

    np.testing.assert_allclose(found, [[0.01, -0.01], [-0.01, 0.01]])


def test_excess_finds_the_variance_that_training_adds() -> None:
    # A score of n rows: training moves it by a variance of 1 / n, rows by 4 / n.
    rng, n = np.random.default_rng(0), 1000
    moves = rng.normal(0, np.sqrt(1 / (n / 3)), size=(20_000, 3, 1))
    seen = moves + rng.normal(0, np.sqrt(4 / (n / 3)), size=moves.shape)

    found, _ = excess_covariance(seen, np.full((20_000, 3, 1, 1), 4 / (n / 3)))

    assert found.item() == pytest.approx(1 / n, rel=0.1)


def test_retraining_leaves_out_what_differs_on_single_test_units() -> None:
    # Training moves all units by a variance of .01, and each by itself by 1.
    rng, n = np.random.default_rng(0), 200
    shared = rng.normal(0, 0.1, size=(4000, 1, 1))
    own = rng.normal(size=(4000, n, 1))
    scores = shared[:, 0] + own.mean(axis=1)

    found, df = retraining_covariance(scores, own - own.mean(axis=1, keepdims=True))

    assert found.item() == pytest.approx(0.01, rel=0.1)
    assert df == 3999


def test_a_single_part_or_retraining_shows_nothing() -> None:
    with pytest.raises(ValueError, match="at least 2 parts, got 1"):
        excess_covariance(np.zeros((3, 1, 2)), np.zeros((3, 1, 2, 2)))
    with pytest.raises(ValueError, match="at least 2 retrainings, got 1"):
        retraining_covariance(np.zeros((1, 2)), np.zeros((1, 5, 2)))


def test_no_claim_is_made_when_a_tenth_of_the_fits_is_exceeded() -> None:
    assert not is_degenerate(10, 100)
    assert is_degenerate(11, 100)
