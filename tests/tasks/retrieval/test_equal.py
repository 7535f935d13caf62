"""The engine embeds as plain fit and embed of the method do."""

import numpy as np
import pytest

from mmbench.engine.graph.compositions import expand
from mmbench.engine.graph.node import walk
from mmbench.engine.graph.predicting import Predict
from mmbench.fusion.embedding import JointEmbedding, RandomEmbedding
from mmbench.fusion.joint_spaces import CCASpace, RidgeSpace
from tests.engine.oracle import (
    by_engine,
    by_scikit_learn,
    first_fold,
    problem_of,
    ready_for,
)
from tests.engine.test_equal import image, text
from tests.tasks.retrieval.paired import make_pairs

TASK = "retrieval"
PAIRS = make_pairs()
SIDES = [("text", text()), ("image", image())]

METHODS = {
    "random": RandomEmbedding(),
    "cca": JointEmbedding(SIDES, CCASpace(10)),
    "ridge": JointEmbedding(SIDES, RidgeSpace("x")),
}


def assert_equal(method, folder, samples=PAIRS):
    result = by_engine(method, folder, samples, TASK)
    assert result.status == "ok", result.traceback
    model, X_test = by_scikit_learn(method, samples, TASK)
    for side in ("text", "image"):
        expected = model.embed(X_test, side)
        np.testing.assert_allclose(result.value[side], expected, rtol=0, atol=1e-3)


@pytest.mark.parametrize("name", METHODS)
def test_pairs_are_embedded_as_the_plain_method_does(name, tmp_path):
    assert_equal(METHODS[name], tmp_path)


def nodes_of(*methods):
    fold = first_fold(PAIRS, TASK)
    return list(
        walk(
            [
                expand(ready_for(m, PAIRS, fold, TASK), problem_of(PAIRS, fold, TASK))
                for m in methods
            ]
        )
    )


def test_methods_on_the_same_features_share_them():
    one = nodes_of(METHODS["cca"])
    assert len(nodes_of(METHODS["cca"], METHODS["ridge"])) == len(one) + 1


def test_no_composition_is_run_whole():
    names = [name for name in METHODS if name != "random"]
    works = [node.work for node in nodes_of(*(METHODS[name] for name in names))]
    assert not [work for work in works if type(work) is Predict]
