"""One network over the features of all branches."""

import pickle
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from mmbench.errors import MissingDependencyError
from mmbench.fusion import (
    NETWORK_FUSIONS,
    BlockNetworkClassifier,
    FusionNetClassifier,
    branch,
    check_fusion,
    describe,
)

from .conftest import make_table

torch = pytest.importorskip("torch")

SMALL = {"hidden_size": 16, "max_epochs": 30, "random_state": 0}


def of_one_block(fusion):
    return FusionNetClassifier([("all", StandardScaler())], fusion=fusion, **SMALL)


# The fusions differ in one layer; the contract is kept by the class around it.
@parametrize_with_checks([of_one_block("concat")])
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks([of_one_block("attention"), of_one_block("gated")])
def test_scikit_learns_checks_under_the_other_fusions(estimator, check):
    check(estimator)


@pytest.mark.parametrize("fusion", NETWORK_FUSIONS)
def test_it_keeps_every_rule_for_fusions(fusion):
    check_fusion(lambda branches: FusionNetClassifier(branches, fusion=fusion, **SMALL))


def xor(n=400):
    """Return samples of two columns that tell the class together, and alone nothing."""
    rng = np.random.default_rng(0)
    signs = rng.choice([-1.0, 1.0], size=(n, 2))
    X = pd.DataFrame(signs + rng.normal(0, 0.1, (n, 2)), columns=["a", "b"])
    return X, (signs[:, 0] * signs[:, 1] > 0).astype(int)


@pytest.mark.parametrize(
    ("fusion", "optimizer"),
    [*((fusion, "adam") for fusion in NETWORK_FUSIONS), ("concat", "sgd")],
)
def test_what_only_both_branches_together_tell_is_learnt(fusion, optimizer):
    X, y = xor()
    branches = [
        ("a", branch(["a"], "passthrough")),
        ("b", branch(["b"], "passthrough")),
    ]
    net = FusionNetClassifier(
        branches,
        fusion=fusion,
        optimizer=optimizer,
        learning_rate={"adam": 0.003, "sgd": 0.05}[optimizer],
        random_state=0,
    )
    assert net.fit(X[:300], y[:300]).score(X[300:], y[300:]) > 0.95


def relu(x):
    return np.maximum(x, 0)


def layers(net):
    """Return the weights of a trained network by name."""
    named = net.classifier_.network_.named_parameters()
    return {name: weight.detach().numpy() for name, weight in named}


def by_hand(net, X, join):
    """Return the probabilities that the layers give, computed with numpy."""
    w = layers(net)
    hidden = []
    for i, (_, block) in enumerate(net.branches_):
        features = block.transform(X)
        dense = features.toarray() if sparse.issparse(features) else features
        hidden.append(dense @ w[f"branches.{i}.weight"] + w[f"branches.{i}.bias"])
    logits = join(hidden, w) @ w["output.weight"].T + w["output.bias"]
    odds = np.exp(logits)
    proba = odds / odds.sum(axis=1, keepdims=True)
    return proba[:, net.classifier_.rank_]


def concat(hidden, w):
    side_by_side = np.hstack([relu(each) for each in hidden])
    return relu(side_by_side @ w["join.joined.weight"].T + w["join.joined.bias"])


def gated(hidden, w):
    gates = np.hstack(hidden) @ w["join.gates.weight"].T + w["join.gates.bias"]
    odds = np.exp(np.split(gates, len(hidden), axis=1))
    shares = odds / odds.sum(axis=0)
    return sum(s * np.tanh(each) for s, each in zip(shares, hidden, strict=True))


def attention(hidden, w):
    n, size = len(hidden[0]), hidden[0].shape[1] // 4
    groups = np.concatenate([each.reshape(n, 4, size) for each in hidden], axis=1)
    owner = np.repeat(np.arange(len(hidden)), 4)

    def linear(name):
        return groups @ w[f"join.{name}.weight"].T + w[f"join.{name}.bias"]

    scores = linear("query") @ linear("key").transpose(0, 2, 1) / np.sqrt(size)
    odds = np.exp(scores) * (owner[:, None] != owner)
    asked = groups + odds / odds.sum(axis=2, keepdims=True) @ linear("value")
    centred = asked - asked.mean(axis=2, keepdims=True)
    normed = centred / np.sqrt(centred.var(axis=2, keepdims=True) + 1e-5)
    normed = normed * w["join.norm.weight"] + w["join.norm.bias"]
    joined = normed.reshape(n, -1) @ w["join.joined.weight"].T
    return relu(joined + w["join.joined.bias"])


@pytest.mark.parametrize("join", [concat, gated, attention])
def test_the_layers_compute_what_the_papers_say(join, table, branches):
    X, y = table
    net = FusionNetClassifier(branches, fusion=join.__name__, **SMALL).fit(X, y)
    expected = by_hand(net, X, join)
    np.testing.assert_allclose(net.predict_proba(X), expected, rtol=0, atol=1e-12)


def test_sparse_blocks_are_learnt_from_as_dense_ones_are():
    rng = np.random.default_rng(0)
    dense = [
        rng.random((60, 8)) * (rng.random((60, 8)) < 0.3),
        rng.normal(size=(60, 3)),
    ]
    y = np.arange(60) % 3
    net = BlockNetworkClassifier(random_state=0, max_epochs=5)
    expected = clone(net).fit(dense, y).predict_proba(dense)
    mixed = [sparse.csr_array(dense[0]), dense[1]]
    found = clone(net).fit(mixed, y).predict_proba(mixed)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("fusion", NETWORK_FUSIONS)
def test_neither_order_nor_names_nor_threads_change_a_bit(fusion):
    X, y = make_table(3)
    branches = [
        ("text", branch("text", TfidfVectorizer())),
        ("b", branch(["price"], "passthrough")),
    ]
    net = FusionNetClassifier(branches, fusion=fusion, **SMALL)
    expected = clone(net).fit(X, y).predict_proba(X)
    moved = clone(net).set_params(branches=branches[::-1]).fit(X, y)
    np.testing.assert_array_equal(moved.predict_proba(X), expected)
    names = np.array(["z", "x", "y"])
    renamed = clone(net).fit(X, names[y])
    np.testing.assert_array_equal(
        renamed.predict_proba(X)[:, np.searchsorted(renamed.classes_, names)], expected
    )
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        again = clone(net).fit(X, y).predict_proba(X)
    finally:
        torch.set_num_threads(before)
    np.testing.assert_array_equal(again, expected)


def test_training_stops_early_and_leaves_its_losses():
    X, y = xor()
    rng = np.random.default_rng(1)
    net = FusionNetClassifier(
        [("ab", branch(["a", "b"], "passthrough"))], patience=3, random_state=0
    ).fit(X, rng.permutation(y))
    losses = net.validation_loss_history_
    assert len(losses) == len(net.loss_history_) == net.n_epochs_ < 200
    assert np.argmin(losses) == net.n_epochs_ - 1 - 3


def test_too_few_rows_to_hold_any_out_are_all_learnt_from():
    X, y = make_table(2, n_samples=8)
    net = FusionNetClassifier([("p", branch(["price"], "passthrough"))], **SMALL)
    assert net.fit(X, y).validation_loss_history_ == []


def test_a_pickle_of_a_fitted_one_answers_the_same(table, branches):
    X, y = table
    net = FusionNetClassifier(branches, **SMALL).fit(X, y)
    again = pickle.loads(pickle.dumps(net))  # noqa: S301 - just dumped
    np.testing.assert_array_equal(again.predict_proba(X), net.predict_proba(X))


def test_parameters_of_branches_are_set_by_name(branches):
    net = FusionNetClassifier(branches).set_params(text__countvectorizer__min_df=2)
    assert net.get_params()["text__countvectorizer__min_df"] == 2


@pytest.mark.parametrize(
    ("fusion", "kind"),
    [("concat", "joint"), ("gated", "joint"), ("attention", "attention")],
)
def test_it_is_described_by_what_it_does(fusion, kind, branches):
    modalities = {"text": "text", "width": "numeric", "height": "numeric"}
    described = describe(FusionNetClassifier(branches, fusion=fusion), modalities)
    assert (described.fusion, described.classifier) == (kind, "FusionNetClassifier")
    assert described.modalities == "text+numeric"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"fusion": "sum"},
            r"fusion must be one of \['attention', 'concat', 'gated'\]",
        ),
        ({"hidden_size": 6}, "hidden_size must be a multiple of 4 above 0, got 6"),
        ({"dropout": -1}, "dropout must be at least 0 and below 1, got -1"),
        (
            {"optimizer": "rms"},
            r"optimizer must be one of \['adam', 'sgd'\], got 'rms'",
        ),
        ({"batch_size": 0}, "batch_size must be an integer of at least 1, got 0"),
        ({"alpha": -1}, "alpha must be a number of at least 0"),
        ({"branches": []}, "branches must be a list of at least one"),
    ],
)
def test_a_wrong_parameter_is_told(params, message, branches):
    X, y = make_table(2)
    net = FusionNetClassifier(branches).set_params(**params)
    with pytest.raises(ValueError, match=message):
        net.fit(X, y)


def test_without_torch_the_error_says_how_to_install_it(branches, monkeypatch):
    X, y = make_table(2)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingDependencyError, match=r"mmbench\[torch\]"):
        FusionNetClassifier(branches).fit(X, y)
