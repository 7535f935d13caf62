"""Spaces other than pairs of linear maps: neighbours, bags and trained projections."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.utils.estimator_checks import parametrize_with_checks

from mmbench.fusion.joint_spaces import (
    BaggedSpace,
    CCASpace,
    ContrastiveSpace,
    NeighbourSpace,
    SingularVectors,
)

RNG = np.random.default_rng(0)
SHARED = RNG.normal(size=(200, 3))
X = SHARED @ RNG.normal(size=(3, 6)) + 0.3 * RNG.normal(size=(200, 6))
Y = SHARED @ RNG.normal(size=(3, 5)) + 0.3 * RNG.normal(size=(200, 5))
TRAIN, TEST = slice(0, 150), slice(150, 200)


@parametrize_with_checks(
    [SingularVectors(), NeighbourSpace(), BaggedSpace(CCASpace(), 2, random_state=0)]
)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def hit_rate(space):
    """Return how often a held out row's partner is among its five nearest of fifty."""
    space.fit(X[TRAIN], Y[TRAIN])
    likeness = cosine_similarity(space.transform(X[TEST]), space.transform_y(Y[TEST]))
    own = np.diag(likeness)
    return float(((likeness > own[:, None]).sum(axis=1) < 5).mean())


SPACES = {
    "neighbours": NeighbourSpace(5),
    "bagged": BaggedSpace(CCASpace(3), 3, random_state=0),
}


@pytest.mark.parametrize("name", SPACES)
def test_partners_are_found_among_rows_never_seen(name):
    assert hit_rate(SPACES[name]) > 0.5


@pytest.mark.parametrize("hidden_size", [0, 8])
def test_a_trained_projection_finds_partners_and_repeats_itself(hidden_size):
    pytest.importorskip("torch")
    how = {"hidden_size": hidden_size, "max_epochs": 20, "random_state": 0}
    space, again = (ContrastiveSpace(3, **how) for _ in range(2))
    assert hit_rate(space) > 0.5
    hit_rate(again)
    assert np.array_equal(space.transform(X), again.transform(X))


def test_one_neighbour_gives_its_own_row_of_the_other_block():
    space = NeighbourSpace(1).fit(X, Y)
    centred = Y - Y.mean(axis=0)
    expected = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    np.testing.assert_allclose(space.transform(X)[:, 6:], expected)


def test_a_bag_of_one_draw_is_the_space_of_that_draw():
    bag = BaggedSpace(CCASpace(2), 1, random_state=3).fit(X, Y)
    rows = np.random.RandomState(3).randint(200, size=200)
    mapped = CCASpace(2).fit(X[rows], Y[rows]).transform(X)
    expected = mapped / np.linalg.norm(mapped, axis=1, keepdims=True)
    np.testing.assert_allclose(bag.transform(X), expected)


def test_an_empty_bag_is_refused():
    with pytest.raises(ValueError, match="n_spaces must be at least 1, got 0"):
        BaggedSpace(CCASpace(), 0).fit(X, Y)


@pytest.mark.parametrize("as_block", [np.asarray, sparse.csr_array])
def test_wide_blocks_are_reduced_as_scikit_learn_does(as_block):
    found = SingularVectors(2, random_state=0).fit_transform(as_block(X))
    expected = TruncatedSVD(2, algorithm="arpack", random_state=0).fit_transform(X)
    # But for the signs of the vectors.
    np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=1e-9)


def test_narrow_blocks_stay_as_they_are():
    assert np.array_equal(SingularVectors(6).fit_transform(X), X)
