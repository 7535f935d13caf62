"""Methods over datasets agree with scipy, statsmodels, scikit-posthocs and Demšar."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import friedmanchisquare
from statsmodels.stats.multitest import multipletests

from mmbench.stats import (
    average_ranks,
    friedman,
    holm,
    indistinct_groups,
    nemenyi_distance,
)

# Demšar (2006), table 6: AUC of C4.5, C4.5+m, C4.5+cf and C4.5+m+cf on 14 datasets.
DEMSAR = np.array(
    [
        [0.763, 0.768, 0.771, 0.798],
        [0.599, 0.591, 0.590, 0.569],
        [0.954, 0.971, 0.968, 0.967],
        [0.628, 0.661, 0.654, 0.657],
        [0.882, 0.888, 0.886, 0.898],
        [0.936, 0.931, 0.916, 0.931],
        [0.661, 0.668, 0.609, 0.685],
        [0.583, 0.583, 0.563, 0.625],
        [0.775, 0.838, 0.866, 0.875],
        [1.000, 1.000, 1.000, 1.000],
        [0.940, 0.962, 0.965, 0.962],
        [0.619, 0.666, 0.614, 0.669],
        [0.972, 0.981, 0.975, 0.973],
        [0.957, 0.978, 0.946, 0.970],
    ]
)
TABLES = arrays(np.float64, (6, 4), elements=st.sampled_from([0.1, 0.2, 0.3, 0.5]))


def test_ranks_are_those_that_demsar_published() -> None:
    assert np.round(average_ranks(DEMSAR), 3).tolist() == [3.143, 2.0, 2.893, 1.964]


def test_the_ranks_give_the_statistics_that_demsar_published() -> None:
    n, k = DEMSAR.shape
    ranks = average_ranks(DEMSAR)
    squares = (ranks**2).sum() - k * (k + 1) ** 2 / 4
    chi_squared = 12 * n / (k * (k + 1)) * squares
    assert chi_squared == pytest.approx(9.28, abs=0.005)
    f_statistic = (n - 1) * chi_squared / (n * (k - 1) - chi_squared)
    assert f_statistic == pytest.approx(3.69, abs=0.005)


@pytest.mark.parametrize(
    ("n_methods", "alpha", "published"),
    [
        # Demšar (2006), table 5(a).
        *((k + 2, 0.05, q) for k, q in enumerate([1.960, 2.343, 2.569, 2.728, 2.850])),
        *((k + 7, 0.05, q) for k, q in enumerate([2.949, 3.031, 3.102, 3.164])),
        *((k + 2, 0.10, q) for k, q in enumerate([1.645, 2.052, 2.291, 2.459, 2.589])),
    ],
)
def test_critical_values_are_those_of_demsars_table(
    n_methods: int, alpha: float, published: float
) -> None:
    scale = np.sqrt(n_methods * (n_methods + 1) / (6 * 14))
    distance = nemenyi_distance(14, n_methods, alpha=alpha)
    assert distance / scale == pytest.approx(published, abs=0.0011)


def test_the_critical_differences_are_those_that_demsar_published() -> None:
    assert round(nemenyi_distance(14, 4), 2) == 1.25
    assert round(nemenyi_distance(14, 4, alpha=0.10), 2) == 1.12


def test_demsars_diagram_joins_what_it_published() -> None:
    # At 0.10, C4.5 differs from C4.5+m and C4.5+m+cf; C4.5+cf from none (figure 1a).
    groups = indistinct_groups(
        average_ranks(DEMSAR), nemenyi_distance(14, 4, alpha=0.1)
    )
    assert groups == [(3, 1, 2), (2, 0)]


def test_friedman_equals_scipy() -> None:
    expected = friedmanchisquare(*DEMSAR.T)
    found = friedman(DEMSAR)
    assert found.statistic == pytest.approx(expected.statistic, abs=1e-12)
    assert found.p_value == pytest.approx(expected.pvalue, abs=1e-12)


def test_methods_that_are_all_equal_have_a_p_value_of_one() -> None:
    assert friedman(np.ones((4, 3))).p_value == 1.0


def test_friedman_says_what_it_needs() -> None:
    with pytest.raises(
        ValueError, match="at least 2 datasets and 3 methods, got 1 and"
    ):
        friedman([[0.1, 0.2, 0.3]])


def test_a_missing_score_is_refused_rather_than_ranked() -> None:
    with pytest.raises(ValueError, match="leave out the methods or the datasets"):
        average_ranks([[0.1, np.nan], [0.2, 0.3]])


def test_the_critical_difference_parts_what_scikit_posthocs_parts() -> None:
    posthocs = pytest.importorskip("scikit_posthocs")
    p_values = posthocs.posthoc_nemenyi_friedman(DEMSAR).to_numpy()
    ranks = average_ranks(DEMSAR)
    apart = np.abs(ranks[:, None] - ranks) > nemenyi_distance(14, 4)
    np.testing.assert_array_equal(p_values < 0.05, apart)


def test_holm_equals_statsmodels() -> None:
    p_values = [0.02, 0.3, 0.004, 0.04]
    expected = multipletests(p_values, method="holm")[1]
    np.testing.assert_allclose(holm(p_values), expected, atol=1e-12)


def test_holm_follows_its_own_worked_steps() -> None:
    # Three times the smallest, twice the next, once the last, never falling.
    assert holm([0.01, 0.04, 0.03, np.nan])[:3].tolist() == [0.03, 0.06, 0.06]
    assert np.isnan(holm([0.01, np.nan])[1])


@given(TABLES)
def test_ranks_add_up_whatever_ties(scores: np.ndarray) -> None:
    assert average_ranks(scores).sum() == pytest.approx(10)


@given(TABLES, st.permutations(range(4)))
def test_ranks_follow_their_methods(scores: np.ndarray, order: list[int]) -> None:
    np.testing.assert_allclose(
        average_ranks(scores[:, order]), average_ranks(scores)[order]
    )


@given(arrays(np.float64, 5, elements=st.floats(1, 5)), st.floats(0.01, 4))
def test_two_methods_share_a_line_exactly_when_they_are_near(
    ranks: np.ndarray, distance: float
) -> None:
    groups = indistinct_groups(ranks, distance)
    for a in range(5):
        for b in range(a):
            joined = any({a, b} <= set(group) for group in groups)
            gap = max(ranks[a], ranks[b]) - min(ranks[a], ranks[b])
            assert joined == (gap < distance)
