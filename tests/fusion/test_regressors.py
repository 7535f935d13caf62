"""Fusions of regressors: the same branches, and numbers instead of classes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls
from sklearn.base import clone
from sklearn.ensemble import VotingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from mmbench.fusion import (
    NETWORK_FUSIONS,
    FusionNetRegressor,
    HybridFusionRegressor,
    LateFusionRegressor,
    branch,
    combine_numbers,
    describe,
    early_fusion,
    learn_number_weights,
    stacked_fusion,
)

SMALL = {"hidden_size": 16, "max_epochs": 60, "random_state": 0}
NAMED = [("linear", Ridge()), ("tree", DecisionTreeRegressor(random_state=0))]
SCALED = [("all", StandardScaler())]
FOLDS = KFold(3, shuffle=True, random_state=0)


@parametrize_with_checks(
    [
        LateFusionRegressor(NAMED, rule="mean"),
        LateFusionRegressor(NAMED, rule="weighted", cv=FOLDS),
        HybridFusionRegressor(SCALED, Ridge()),
    ]
)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@parametrize_with_checks([FusionNetRegressor(SCALED, fusion="concat", **SMALL)])
def test_scikit_learns_checks_of_networks(estimator, check):
    pytest.importorskip("torch")
    check(estimator)


@pytest.fixture
def sales():
    """Return two columns that each tell half of a price, and the price."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(80, 2)), columns=["width", "height"])
    return X, 1e6 + 3e4 * X["width"].to_numpy() + 1e4 * X["height"].to_numpy()


def voters():
    return [(each, branch([each], LinearRegression())) for each in ("width", "height")]


def blocks():
    return [(each, branch([each], "passthrough")) for each in ("width", "height")]


def test_the_mean_is_scikit_learns_voting(sales):
    X, y = sales
    late, plain = LateFusionRegressor(voters()), VotingRegressor(voters())
    expected = plain.fit(X, y).predict(X)
    np.testing.assert_allclose(late.fit(X, y).predict(X), expected)


def test_a_voter_without_its_column_has_no_say(sales):
    X, y = sales
    late = LateFusionRegressor(voters()).fit(X, y)
    holes = X.iloc[:2].copy()
    filled = holes.fillna(0.0)
    holes.loc[holes.index[0], "height"] = np.nan
    holes.iloc[1] = np.nan

    class Imputed:
        def __init__(self, voter):
            self.voter = voter

        def predict(self, frame):
            return self.voter.predict(frame.fillna(0.0))

    late.estimators_ = [Imputed(voter) for voter in late.estimators_]
    width = late.estimators_[0].predict(filled)
    np.testing.assert_allclose(late.predict(holes), [width[0], y.mean()])


def test_learned_weights_are_of_predictions_out_of_fold(sales):
    X, y = sales
    late = LateFusionRegressor(voters(), rule="weighted", cv=FOLDS).fit(X, y)
    out_of_fold = [cross_val_predict(v, X, y, cv=FOLDS) for _, v in voters()]
    np.testing.assert_allclose(late.weights_, learn_number_weights(out_of_fold, y))
    assert late.weights_[0] > late.weights_[1]


def test_hybrid_fusion_is_late_fusion_with_an_early_voter(sales):
    X, y = sales
    hybrid = HybridFusionRegressor(blocks(), Ridge()).fit(X, y)
    early = early_fusion(blocks(), Ridge())
    alone = [branch([each], Ridge()) for each in X]
    expected = np.mean([clone(m).fit(X, y).predict(X) for m in [*alone, early]], axis=0)
    np.testing.assert_allclose(hybrid.predict(X), expected)
    assert list(early.named_steps) == ["features", "regressor"]


def test_stacked_fusion_of_regressors_is_scikit_learns(sales):
    X, y = sales
    stack = stacked_fusion(voters(), LinearRegression(), cv=FOLDS).fit(X, y)
    assert type(stack).__name__ == "StackingRegressor"
    assert stack.score(X, y) > 0.99


@pytest.mark.parametrize("fusion", NETWORK_FUSIONS)
def test_a_network_does_not_care_for_unit_and_zero_of_the_target(fusion, sales):
    pytest.importorskip("torch")
    X, y = sales
    network = FusionNetRegressor(blocks(), fusion=fusion, **SMALL)
    near = clone(network).fit(X, y).predict(X)
    far = clone(network).fit(X, 1024 * y + 2.0**30).predict(X)
    np.testing.assert_allclose((far - 2.0**30) / 1024, near, rtol=1e-6)
    assert 1 - np.mean((near - y) ** 2) / y.var() > 0.8


def test_numbers_are_combined_by_hand():
    numbers = [[1.0, 10.0], [2.0, 20.0], [6.0, 99.0]]
    present = [[True, True], [True, True], [True, False]]
    assert combine_numbers(numbers, present).tolist() == [3.0, 15.0]
    assert combine_numbers(numbers, present, "median").tolist() == [2.0, 15.0]
    weighted = combine_numbers(numbers, present, "weighted", [1, 1, 2])
    assert weighted.tolist() == [3.75, 15.0]
    nobody = combine_numbers([[7.0]], [[False]], prior=5.0)
    assert nobody.tolist() == [5.0]


@given(st.integers(0, 1000), st.sampled_from([0.0, 1e9]))
@settings(max_examples=25, deadline=None)
def test_learned_weights_have_the_least_squared_error(seed, offset):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=50)
    numbers = y + rng.normal(size=(3, 50)) * rng.uniform(0.2, 2.0, size=(3, 1))
    found = learn_number_weights(numbers + offset, y + offset)
    # Non-negative least squares with a heavy row that asks for a sum of one.
    system = np.vstack([(numbers - y).T, np.full(3, 1e4)])
    expected = nnls(system, np.append(np.zeros(50), 1e4))[0]
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_weights_heed_where_voters_are_absent():
    y = np.array([1.0, 2.0, 3.0, 4.0])
    numbers = [y, y + 1, np.full(4, 1e6)]
    present = np.array([[True] * 4, [True] * 4, [False] * 4])
    found = learn_number_weights(numbers, y, present)
    assert found[0] > 0.99 * (found[0] + found[1])


@pytest.mark.parametrize(
    ("method", "message"),
    [
        (LateFusionRegressor(voters(), rule="vote"), "rule must be one of"),
        (LateFusionRegressor([]), "at least one"),
        (
            LateFusionRegressor([("c", branch(["width"], LogisticRegression()))]),
            "voter 'c' must be a regressor",
        ),
        (HybridFusionRegressor([("early", branch("width"))], Ridge()), "'early'"),
    ],
)
def test_what_can_not_be_fused_is_refused(method, message, sales):
    with pytest.raises(ValueError, match=message):
        method.fit(*sales)


@pytest.mark.parametrize(
    ("method", "fusion", "predictor"),
    [
        (early_fusion(blocks(), Ridge()), "early", "Ridge"),
        (LateFusionRegressor(voters()), "late", "LinearRegression"),
        (VotingRegressor(voters()), "late", "LinearRegression"),
        (HybridFusionRegressor(blocks(), Ridge()), "hybrid", "Ridge"),
        (stacked_fusion(voters(), Ridge()), "stacked", "LinearRegression+Ridge"),
        (FusionNetRegressor(blocks()), "joint", "FusionNetRegressor"),
    ],
)
def test_fusions_of_regressors_are_described(method, fusion, predictor):
    found = describe(method, {"width": "numeric", "height": "numeric"})
    assert (found.fusion, found.classifier) == (fusion, predictor)
