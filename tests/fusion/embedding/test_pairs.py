"""Both sides of pairs in one space."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from mmbench.fusion import branch
from mmbench.fusion.embedding import JointEmbedding, PairEmbedder, SemanticMatching
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


@pytest.mark.parametrize("make", [JointEmbedding, SemanticMatching])
def test_a_side_that_is_missing_is_refused(make):
    frame = pd.DataFrame({"cm": [1.0, 2.0]})
    sides = [("text", branch(["cm"], "passthrough"))]
    more = (CCASpace(),) if make is JointEmbedding else ()
    with pytest.raises(ValueError, match=r"for each of .*, got"):
        make(sides, *more).fit(frame, ["a", "b"])
