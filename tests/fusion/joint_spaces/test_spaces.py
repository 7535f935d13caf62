"""Joint spaces find what scipy, statsmodels and scikit-learn find."""

import numpy as np
import pytest
from scipy import sparse
from scipy.linalg import eigh
from sklearn.cross_decomposition import PLSSVD
from sklearn.linear_model import Ridge
from sklearn.utils.estimator_checks import parametrize_with_checks
from statsmodels.multivariate.cancorr import CanCorr

from mmbench.fusion.joint_spaces import (
    CCASpace,
    PLSSpace,
    ProcrustesSpace,
    RidgeSpace,
    whitening,
)

SPACES = [CCASpace(), PLSSpace(), ProcrustesSpace(), RidgeSpace(), RidgeSpace("x")]


def make_blocks(n_samples=60, n_x=5, n_y=4):
    """Return two blocks that share two hidden variables."""
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(n_samples, 2))
    X, Y = (
        shared @ rng.normal(size=(2, n)) + rng.normal(size=(n_samples, n))
        for n in (n_x, n_y)
    )
    return X + 3.0, Y - 1.0


@parametrize_with_checks(SPACES)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def test_canonical_correlations_are_those_of_statsmodels():
    X, Y = make_blocks()
    space = CCASpace(regularization=0.0, power=0.0).fit(X, Y)
    expected = CanCorr(Y, X).cancorr
    np.testing.assert_allclose(space.correlations_, expected, atol=1e-10)
    a, b = space.transform(X), space.transform_y(Y)
    found = [np.corrcoef(a[:, i], b[:, i])[0, 1] for i in range(4)]
    np.testing.assert_allclose(found, expected, atol=1e-10)


@pytest.mark.parametrize(("n_x", "n_y"), [(5, 4), (90, 4), (90, 80)])
def test_regularised_cca_solves_the_generalised_eigenproblem(n_x, n_y):
    X, Y = make_blocks(40, n_x, n_y)
    x, y = X - X.mean(axis=0), Y - Y.mean(axis=0)
    penalties = []
    for block in (x, y):
        variances = np.linalg.svd(block, compute_uv=False) ** 2 / 39
        penalties.append(0.5 * variances[variances > 1e-10].mean())
    cov = np.cov(np.hstack([x, y]).T)
    cross = np.zeros_like(cov)
    cross[:n_x, n_x:], cross[n_x:, :n_x] = cov[:n_x, n_x:], cov[n_x:, :n_x]
    within = cov - cross + np.diag(np.repeat(penalties, [n_x, n_y]))
    values = eigh(cross, within, eigvals_only=True)[::-1]
    space = CCASpace(regularization=0.5).fit(X, Y)
    n = min(n_x, n_y, 39)
    np.testing.assert_allclose(space.correlations_[:n], values[:n], atol=1e-8)


def test_power_scales_each_coordinate_by_its_correlation():
    X, Y = make_blocks()
    plain = CCASpace(power=0.0).fit(X, Y)
    scaled = CCASpace(2, power=4.0).fit(X, Y)
    expected = plain.transform(X)[:, :2] * plain.correlations_[:2] ** 4
    np.testing.assert_allclose(scaled.transform(X), expected)


def test_whitening_leaves_out_directions_without_variance():
    block = np.random.default_rng(0).normal(size=(30, 3)) @ np.ones((3, 8))
    block -= block.mean(axis=0)
    white = block @ whitening(block, 0.0)
    assert white.shape == (30, 1)
    np.testing.assert_allclose(np.var(white, ddof=1), 1.0)


def test_ridge_predicts_as_scikit_learns_with_the_penalty_it_chose():
    X, Y = make_blocks()
    space = RidgeSpace().fit(X[:40], Y[:40])
    ridge = Ridge(space.alpha_).fit(X[:40], Y[:40])
    np.testing.assert_allclose(space.predict(X[40:]), ridge.predict(X[40:]))
    there = space.transform(X[40:]) - space.transform_y(Y[40:])
    np.testing.assert_allclose(there, ridge.predict(X[40:]) - Y[40:])


def test_ridge_towards_the_first_block_maps_the_second():
    X, Y = make_blocks()
    there, back = RidgeSpace().fit(Y, X), RidgeSpace("x").fit(X, Y)
    np.testing.assert_allclose(back.transform_y(Y), there.transform(Y))
    np.testing.assert_allclose(back.transform(X), there.transform_y(X))


def test_pls_is_scikit_learns():
    X, Y = make_blocks()
    ours, theirs = PLSSpace(3).fit(X, Y), PLSSVD(3, scale=False).fit(X, Y)
    for mine, other in zip(
        (ours.transform(X), ours.transform_y(Y)), theirs.transform(X, Y), strict=True
    ):
        np.testing.assert_allclose(np.abs(mine), np.abs(other), atol=1e-9)


def test_procrustes_undoes_a_rotation_and_a_change_of_scale():
    X, _ = make_blocks()
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(5, 5)))[0]
    space = ProcrustesSpace().fit(X[:40], 3.0 * X[:40] @ turn)
    there = space.transform_y(3.0 * X[40:] @ turn)
    np.testing.assert_allclose(space.transform(X[40:]), there)


def test_cca_without_regularisation_predicts_as_least_squares_do():
    X, Y = make_blocks()
    space = CCASpace(regularization=0.0).fit(X[:40], Y[:40])
    expected = Ridge(0.0).fit(X[:40], Y[:40]).predict(X[40:])
    np.testing.assert_allclose(space.predict(X[40:]), expected)


@pytest.mark.parametrize("space", SPACES, ids=lambda space: type(space).__name__)
def test_a_sparse_block_is_mapped_as_its_dense_twin_is(space):
    X, Y = make_blocks()
    dense = space.fit(X, Y).predict(X)
    np.testing.assert_allclose(
        space.fit(sparse.csr_matrix(X), sparse.csr_matrix(Y)).predict(X), dense
    )


@pytest.mark.parametrize("space", SPACES, ids=lambda space: type(space).__name__)
def test_a_wide_block_is_mapped_through_its_singular_vectors(space):
    X, Y = make_blocks(n_x=50, n_y=40)
    space.set_params(max_width=3, random_state=0).fit(X, Y)
    assert np.linalg.matrix_rank(space.transform(X)) <= 3
    assert space.predict(X).shape == Y.shape
    space.set_params(max_width=300, random_state=None)


def test_what_does_not_fit_is_refused():
    X, Y = make_blocks()
    with pytest.raises(ValueError, match=r"equally many rows, got 60 and 59\."):
        CCASpace().fit(X, Y[1:])
    with pytest.raises(ValueError, match=r"must have 4 columns as in fit, got 5\."):
        CCASpace().fit(X, Y).transform_y(X)
    with pytest.raises(ValueError, match=r"towards must be 'x' or 'y', got 'z'\."):
        RidgeSpace("z").fit(X, Y)
