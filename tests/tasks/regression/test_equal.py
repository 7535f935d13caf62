"""Numbers are predicted as plain scikit-learn predicts them."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.compose import TransformedTargetRegressor
from sklearn.cross_decomposition import PLSRegression
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import (
    RandomForestRegressor,
    StackingRegressor,
    VotingRegressor,
)
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

from mmbench.engine.graph.compositions import expand
from mmbench.engine.graph.node import walk
from mmbench.engine.graph.predicting import Predict
from mmbench.fusion import (
    FusionNetRegressor,
    HybridFusionRegressor,
    LateFusionRegressor,
    branch,
    early_fusion,
    interaction_fusion,
    stacked_fusion,
)
from mmbench.tasks.regression.estimators import LogTargetRegressor
from tests.engine.conftest import Flatten
from tests.engine.oracle import (
    by_engine,
    by_scikit_learn,
    first_fold,
    problem_of,
    ready_for,
)
from tests.engine.test_equal import image, text
from tests.tasks.regression.priced import make_priced

TASK = "regression"
PRICED = make_priced()
VOTERS = [
    ("text", text(Ridge())),
    ("image", image(RandomForestRegressor(n_estimators=5))),
    ("size", branch(["size"], StandardScaler(), LinearRegression())),
]
BLOCKS = [("text", text()), ("image", image())]
SHUFFLED = KFold(3, shuffle=True, random_state=1)

METHODS = {
    "mean": DummyRegressor(),
    "text alone": text(Ridge()),
    "answers with a column": image(PLSRegression()),
    "selection by target": branch(
        "image", Flatten(), SelectKBest(f_regression, k=5), Ridge()
    ),
    "grid search": GridSearchCV(text(Ridge()), {"ridge__alpha": [0.1, 10]}, cv=2),
    "union": make_pipeline(FeatureUnion(BLOCKS), Ridge()),
    "voting": VotingRegressor(VOTERS, weights=[1, 2, 1]),
    "stacking": StackingRegressor(VOTERS, Ridge(), cv=SHUFFLED),
    "stacking, default folds and final": StackingRegressor(VOTERS),
    "stacking beside features": make_pipeline(
        image(), StackingRegressor([("a", Ridge())], Ridge(), cv=3, passthrough=True)
    ),
    "stacking of features": make_pipeline(
        image(),
        StackingRegressor([("a", Ridge()), ("b", LinearRegression())], cv=KFold(4)),
    ),
    "early": early_fusion(BLOCKS, Ridge()),
    "interaction": interaction_fusion(BLOCKS, Ridge()),
    "late mean": LateFusionRegressor(VOTERS),
    "late median": LateFusionRegressor(VOTERS, rule="median"),
    "late weighted": LateFusionRegressor(VOTERS, rule="weighted", cv=3),
    "hybrid": HybridFusionRegressor(BLOCKS, Ridge()),
    "hybrid weighted": HybridFusionRegressor(BLOCKS, Ridge(), rule="weighted", cv=3),
    "stacked fusion": stacked_fusion(VOTERS, Ridge(), cv=SHUFFLED),
    "late fusion of stacks": LateFusionRegressor(
        [("s", stacked_fusion(VOTERS, Ridge(), cv=2)), ("t", VOTERS[0][1])],
        rule="weighted",
        cv=2,
    ),
    "logarithms": LogTargetRegressor(text(Ridge())),
    "logarithms of one voter": VotingRegressor(
        [("log", LogTargetRegressor(text(Ridge()))), ("image", VOTERS[1][1])]
    ),
    "logarithms of a stack": LogTargetRegressor(
        stacked_fusion(VOTERS, Ridge(), cv=SHUFFLED)
    ),
    "logarithms of logarithms": LogTargetRegressor(LogTargetRegressor(text(Ridge()))),
    "standardised target": TransformedTargetRegressor(
        text(Ridge()), transformer=StandardScaler()
    ),
    "a target as it is": TransformedTargetRegressor(text(Ridge())),
}


def assert_equal(method, folder, samples=PRICED):
    result = by_engine(method, folder, samples, TASK)
    assert result.status == "ok", result.traceback
    model, X_test = by_scikit_learn(method, samples, TASK)
    expected = np.asarray(model.predict(X_test)).reshape(-1)
    np.testing.assert_allclose(result.value["number"], expected, rtol=1e-9)


@pytest.mark.parametrize("name", METHODS)
def test_numbers_are_predicted_as_scikit_learn_does(name, tmp_path):
    assert_equal(METHODS[name], tmp_path)


@pytest.mark.parametrize("name", ["stacking", "late weighted", "logarithms"])
def test_an_answer_from_the_cache_is_the_same(name, tmp_path):
    for _ in range(2):
        assert_equal(METHODS[name], tmp_path)


@pytest.mark.parametrize("name", ["late weighted", "stacked fusion", "voting"])
def test_inner_folds_keep_groups_whole_as_scikit_learn_would(name, tmp_path):
    assert_equal(METHODS[name], tmp_path, make_priced(groups=True))


@pytest.mark.parametrize("fusion", ["concat", "gated", "attention"])
def test_networks_answer_as_they_do_alone(fusion, tmp_path):
    pytest.importorskip("torch")
    assert_equal(
        FusionNetRegressor(BLOCKS, fusion=fusion, hidden_size=8, max_epochs=3), tmp_path
    )


def nodes_of(*methods):
    fold = first_fold(PRICED, TASK)
    roots = [
        expand(ready_for(method, PRICED, fold, TASK), problem_of(PRICED, fold, TASK))
        for method in methods
    ]
    return list(walk(roots))


@pytest.mark.parametrize(
    "name", ["voting", "stacking", "late weighted", "hybrid", "logarithms of a stack"]
)
def test_no_composition_is_run_whole(name):
    predicted = [n.work for n in nodes_of(METHODS[name]) if isinstance(n.work, Predict)]
    kinds = {type(work.estimator) for work in predicted}
    assert kinds <= {Ridge, RandomForestRegressor, LinearRegression}


def test_a_method_on_logarithms_shares_all_features():
    plain = nodes_of(METHODS["text alone"])
    both = nodes_of(METHODS["text alone"], METHODS["logarithms"])
    assert len(both) == len(plain) + 2


def test_an_inverse_that_overflows_fails_as_a_record(tmp_path):
    method = TransformedTargetRegressor(
        text(Ridge()), func=np.sqrt, inverse_func=np.exp, check_inverse=False
    )
    samples = PRICED._replace(y=PRICED.y * 1e6)
    result = by_engine(method, tmp_path, samples, TASK)
    assert result.status == "failed"
    assert "must return finite numbers" in result.traceback


@st.composite
def methods(draw, depth=2):
    kind = draw(st.sampled_from(["leaf", "late", "vote", "stack", "early", "log"]))
    if depth == 0 or kind == "leaf":
        make = draw(st.sampled_from([text, image]))
        return make(draw(st.sampled_from([Ridge(), DecisionTreeRegressor()])))
    if kind == "early":
        return early_fusion(BLOCKS, Ridge())
    if kind == "log":
        return LogTargetRegressor(draw(methods(depth=depth - 1)))
    inner = draw(st.lists(methods(depth=depth - 1), min_size=1, max_size=3))
    voters = [(f"v{i}", voter) for i, voter in enumerate(inner)]
    if kind == "vote":
        return VotingRegressor(voters)
    if kind == "stack":
        return stacked_fusion(voters, Ridge(), cv=2)
    rule = draw(st.sampled_from(["mean", "median", "weighted"]))
    return LateFusionRegressor(voters, rule=rule, cv=2)


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(method=methods())
def test_any_composition_is_answered_as_scikit_learn_does(method, tmp_path_factory):
    assert_equal(method, tmp_path_factory.mktemp("cache"))
