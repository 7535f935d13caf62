"""Both sides of pairs in one space."""

import numpy as np
import pandas as pd
import pytest
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics.pairwise import additive_chi2_kernel, cosine_similarity

from mmbench.fusion import branch
from mmbench.fusion.embedding import (
    ChiSquaredRidge,
    JointEmbedding,
    PairEmbedder,
    SemanticMatching,
    TaughtMatching,
)
from mmbench.fusion.embedding.taught import lesson
from mmbench.fusion.joint_spaces import CCASpace

RNG = np.random.default_rng(0)
TEXTS = RNG.normal(size=(60, 5))
PICTURES = TEXTS @ RNG.normal(size=(5, 4)) + RNG.normal(size=(60, 4))
TRAIN, TEST = [slice(0, 40), slice(40, 60)]


def test_likeness_is_the_cosine_in_the_space():
    train, test = ([TEXTS[rows], PICTURES[rows]] for rows in (TRAIN, TEST))
    method, space = PairEmbedder(CCASpace(3)).fit(train), CCASpace(3).fit(*train)
    expected = cosine_similarity(space.transform(test[0]), space.transform_y(test[1]))
    found = method.embed(test, "text") @ method.embed(test, "image").T
    np.testing.assert_allclose(found, expected)


def test_local_scaling_takes_off_the_mean_cosine_with_the_nearest_training_cells():
    train, test = ([TEXTS[rows], PICTURES[rows]] for rows in (TRAIN, TEST))
    method = PairEmbedder(CCASpace(3), n_neighbors=4).fit(train)
    found = method.embed(test, "text") @ method.embed(test, "image").T
    space = CCASpace(3).fit(*train)
    a, b = space.transform(test[0]), space.transform_y(test[1])
    near_a = np.sort(cosine_similarity(a, space.transform_y(train[1])))[:, -4:]
    near_b = np.sort(cosine_similarity(b, space.transform(train[0])))[:, -4:]
    density = near_a.mean(axis=1)[:, None] + near_b.mean(axis=1)
    np.testing.assert_allclose(found, cosine_similarity(a, b) - density / 2)


@pytest.mark.parametrize("make", [JointEmbedding, SemanticMatching, TaughtMatching])
def test_a_side_that_is_missing_is_refused(make):
    frame = pd.DataFrame({"cm": [1.0, 2.0]})
    sides = [("text", branch(["cm"], "passthrough"))]
    more = (CCASpace(),) if make is JointEmbedding else ()
    with pytest.raises(ValueError, match=r"for each of .*, got"):
        make(sides, *more).fit(frame, ["a", "b"])


def test_regression_under_the_chi_squared_kernel_is_scikit_learns():
    X, y = np.abs(TEXTS), PICTURES - PICTURES[TRAIN].mean(axis=0)
    scale = 2.0 / -additive_chi2_kernel(X[TRAIN]).mean()
    expected = KernelRidge(alpha=0.6, kernel="chi2", gamma=scale)
    expected.fit(X[TRAIN], y[TRAIN])
    found = ChiSquaredRidge().fit(X[TRAIN], y[TRAIN]).predict(X[TEST])
    np.testing.assert_allclose(found, expected.predict(X[TEST]), atol=1e-10)


def test_a_teacher_that_is_too_sure_is_made_as_sure_as_it_is_right():
    codes = np.array([0] * 8 + [1] * 2)
    too_sure = np.tile([0.99, 0.01], (10, 1))
    found = lesson(too_sure, codes, label_share=0.5)
    soft = found.sharpened(too_sure)
    np.testing.assert_allclose(soft[0], [0.8, 0.2], atol=1e-3)
    np.testing.assert_allclose(found.wanted[[0, -1], 0], [0.9, 0.4], atol=1e-3)
