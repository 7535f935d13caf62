"""Methods with networks in them are answered as plain scikit-learn does, too."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from mmbench.engine import Fold
from mmbench.engine.graph.compositions import expand
from mmbench.engine.graph.node import walk
from mmbench.feature_extraction import (
    LSTMVectorizer,
    TfidfVectorizer,
    TransformerVectorizer,
)
from mmbench.fusion import (
    NETWORK_FUSIONS,
    FusionNetClassifier,
    LateFusionClassifier,
    branch,
    early_fusion,
)

from .conftest import Flatten
from .oracle import SAMPLES, assert_equal, problem_of

pytest.importorskip("torch")

BRANCHES = [
    ("text", branch("text", TfidfVectorizer())),
    ("image", branch("image", Flatten())),
    ("size", branch(["size"], StandardScaler())),
]


def test_texts_by_a_pretrained_transformer(tiny_bert, tmp_path):
    method = branch("text", TransformerVectorizer(tiny_bert), LogisticRegression())
    assert_equal(method, tmp_path)


def test_texts_by_a_recurrent_network(tmp_path):
    lstm = LSTMVectorizer(hidden_size=8, max_epochs=3)
    assert_equal(branch("text", lstm, LogisticRegression()), tmp_path)


@pytest.mark.parametrize("fusion", NETWORK_FUSIONS)
def test_a_fusion_network(fusion, tmp_path):
    net = FusionNetClassifier(BRANCHES, fusion=fusion, hidden_size=8, max_epochs=5)
    assert_equal(net, tmp_path)


def test_a_fusion_network_that_votes_beside_others(tmp_path):
    net = FusionNetClassifier(BRANCHES, hidden_size=8, max_epochs=5)
    text = branch("text", TfidfVectorizer(), LogisticRegression())
    voters = [("net", net), ("text", text)]
    assert_equal(LateFusionClassifier(voters, rule="weighted", cv=2), tmp_path)


def test_a_fusion_networks_features_are_those_of_an_early_fusion():
    problem = problem_of(SAMPLES, Fold(np.arange(60), np.arange(60, 90)))
    net = expand(FusionNetClassifier(BRANCHES[::-1], random_state=0), problem)
    early = expand(early_fusion(BRANCHES, LogisticRegression()), problem)
    shared = {node.key for node in walk([early])}
    assert len(net.inputs) == 3
    assert {node.key for node in net.inputs} <= shared
