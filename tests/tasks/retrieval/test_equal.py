"""The engine embeds as plain fit and embed of the method do."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression, Ridge

from mmbench.engine.graph.compositions import expand
from mmbench.engine.graph.node import walk
from mmbench.engine.graph.predicting import Predict
from mmbench.fusion.embedding import (
    ChiSquaredRidge,
    EmbeddingEnsemble,
    JointEmbedding,
    PopularityEmbedding,
    RandomEmbedding,
    SemanticMatching,
    TaughtMatching,
)
from mmbench.fusion.embedding.member_weights import RULES
from mmbench.fusion.joint_spaces import (
    BaggedSpace,
    CCASpace,
    ContrastiveSpace,
    NeighbourSpace,
    PLSSpace,
    RidgeSpace,
)
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

CCA, RIDGE = (JointEmbedding(SIDES, each) for each in (CCASpace(10), RidgeSpace("x")))
CLASSIFIERS = [
    ("text", text(LogisticRegression())),
    ("image", image(RandomForestClassifier(5))),
]
MEMBERS = [("cca", CCA), ("ridge", RIDGE), ("pls", JointEmbedding(SIDES, PLSSpace(5)))]

METHODS = {
    "random": RandomEmbedding(),
    "cca": CCA,
    "ridge": RIDGE,
    "popularity": PopularityEmbedding(SIDES, CCASpace(10), n_neighbors=3),
    "cca, scaled locally": JointEmbedding(SIDES, CCASpace(10), n_neighbors=3),
    "neighbours": JointEmbedding(SIDES, NeighbourSpace(3)),
    "bagged": JointEmbedding(SIDES, BaggedSpace(CCASpace(5), 3)),
    **{rule: EmbeddingEnsemble(MEMBERS, rule=rule, cv=3) for rule in RULES},
    "ensemble of an ensemble": EmbeddingEnsemble(
        [("cca", CCA), ("both", EmbeddingEnsemble(MEMBERS, cv=2))], cv=3
    ),
}
VOTING = VotingClassifier(
    [("a", LogisticRegression()), ("b", RandomForestClassifier(5))], voting="soft"
)
OF_CLASSES = {
    "semantic voting": SemanticMatching(
        [("text", text(VOTING)), ("image", image(VOTING))]
    ),
    "semantic": SemanticMatching(CLASSIFIERS),
    "taught": TaughtMatching(
        [CLASSIFIERS[0], ("image", image(ChiSquaredRidge()))], own=CLASSIFIERS[1][1]
    ),
    "taught by pictures": TaughtMatching(
        [("text", text(Ridge())), CLASSIFIERS[1]], teacher="image"
    ),
    "semantic and cca": EmbeddingEnsemble(
        [("cca", CCA), ("semantic", SemanticMatching(CLASSIFIERS))], rule="weighted"
    ),
}


def assert_equal(method, folder, samples=PAIRS):
    result = by_engine(method, folder, samples, TASK)
    assert result.status == "ok", result.traceback
    model, X_test = by_scikit_learn(method, samples, TASK)
    for side in ("text", "image"):
        expected = model.embed(X_test, side)
        np.testing.assert_allclose(result.value[side], expected, rtol=0, atol=1e-3)
    shared = getattr(model, "shared_", {})
    assert result.value.shared.keys() == shared.keys()
    for name, expected in shared.items():
        np.testing.assert_allclose(result.value.shared[name], expected, rtol=1e-3)


@pytest.mark.parametrize("name", METHODS)
def test_pairs_are_embedded_as_the_plain_method_does(name, tmp_path):
    assert_equal(METHODS[name], tmp_path)


@pytest.mark.parametrize("name", OF_CLASSES)
def test_classes_are_matched_as_the_plain_method_does(name, tmp_path):
    assert_equal(OF_CLASSES[name], tmp_path, make_pairs(key="class"))


@pytest.mark.parametrize("name", ["mean", "greedy"])
def test_inner_folds_keep_groups_whole_as_the_plain_method_would(name, tmp_path):
    assert_equal(METHODS[name], tmp_path, make_pairs(groups=True))


def test_a_contrastive_space_is_trained_as_it_is_alone(tmp_path):
    pytest.importorskip("torch")
    space = ContrastiveSpace(5, hidden_size=4, max_epochs=3)
    assert_equal(JointEmbedding(SIDES, space), tmp_path)


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
