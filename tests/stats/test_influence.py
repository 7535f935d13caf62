import numpy as np
import pytest
from scipy import sparse

from mmbench.stats import influence_values
from tests.stats.counts import accuracy, counted, f1_macro


def test_influence_on_accuracy_is_the_distance_from_the_mean() -> None:
    y, predicted = np.array([0, 1, 1, 0, 1]), np.array([0, 1, 0, 0, 0])

    found = influence_values(accuracy, counted(y, predicted, 2))

    np.testing.assert_allclose(found, (y == predicted) - 0.6)


def test_influence_on_macro_f1_nears_its_derivative_where_samples_are_many() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 5000)
    predicted = np.where(rng.random(5000) < 0.7, y, rng.integers(0, 3, 5000))
    truth, answer = np.eye(3)[y], np.eye(3)[predicted]
    both, seen = truth * answer, truth + answer
    scores = 2 * both.sum(axis=0) / seen.sum(axis=0)
    derivative = np.mean((2 * both - scores * seen) / seen.mean(axis=0), axis=1)

    found = influence_values(f1_macro, counted(y, predicted, 3))

    np.testing.assert_allclose(found, derivative, atol=0.002)


def test_sparse_contributions_give_the_same_influence() -> None:
    rows = counted(np.array([0, 1, 2, 0, 1]), np.array([0, 1, 1, 0, 2]), 3)

    found = influence_values(f1_macro, sparse.csr_array(rows))

    np.testing.assert_allclose(found, influence_values(f1_macro, rows))


@pytest.mark.filterwarnings("error")
def test_a_score_that_is_undefined_without_a_unit_has_an_influence() -> None:
    rows = np.array([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]])

    found = influence_values(lambda sums: sums[0] / sums[1], rows)

    np.testing.assert_allclose(found, 0, atol=1e-6)
