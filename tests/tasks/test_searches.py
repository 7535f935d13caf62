"""Searches for parameters are looked into under every task."""

import numpy as np
import pytest
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, KFold
from sklearn.pipeline import make_pipeline

from mmbench.engine.compositions import expand
from mmbench.engine.node import walk
from mmbench.engine.searches import Search
from mmbench.fusion import LateFusionRegressor, stacked_fusion
from mmbench.tasks.regression.estimators import LogTargetRegressor
from tests.engine.oracle import (
    by_engine,
    by_scikit_learn,
    first_fold,
    problem_of,
    ready_for,
)
from tests.engine.test_equal import image, text
from tests.engine.test_search_equal import SEARCHES
from tests.tasks.multilabel.tagged import make_tagged
from tests.tasks.regression.priced import make_priced

ALPHA = {"ridge__alpha": [0.01, 1, 100]}
VOTERS = [("text", text(Ridge())), ("image", image(Ridge()))]

OF_NUMBERS = {
    "grid": GridSearchCV(text(Ridge()), ALPHA, cv=3),
    "mean error": GridSearchCV(
        text(Ridge()), ALPHA, cv=KFold(3), scoring="neg_mean_absolute_error"
    ),
    "late": GridSearchCV(
        LateFusionRegressor(VOTERS),
        {"rule": ["mean", "median"], "image__ridge__alpha": [0.1, 10]},
        cv=3,
    ),
    "stacked": GridSearchCV(
        stacked_fusion(VOTERS, Ridge(), cv=2), {"text__ridge__alpha": [0.1, 10]}, cv=2
    ),
    "of logarithms": GridSearchCV(
        LogTargetRegressor(text(Ridge())), {"regressor__ridge__alpha": [0.01, 10]}, cv=3
    ),
    "on logarithms": LogTargetRegressor(GridSearchCV(text(Ridge()), ALPHA, cv=3)),
    "halving": HalvingGridSearchCV(LateFusionRegressor(VOTERS), {"rule": ["mean"]}),
    "behind features": make_pipeline(
        image(), GridSearchCV(Ridge(), {"alpha": [0.1, 100]}, cv=3)
    ),
}


def searches_in(method, samples, task):
    fold = first_fold(samples, task)
    ready = ready_for(method, samples, fold, task)
    nodes = walk([expand(ready, problem_of(samples, fold, task))])
    return [node for node in nodes if isinstance(node.work, Search)]


@pytest.mark.parametrize("groups", [False, True])
@pytest.mark.parametrize("name", OF_NUMBERS)
def test_searches_of_numbers_answer_as_in_scikit_learn(name, groups, tmp_path):
    method, samples = OF_NUMBERS[name], make_priced(groups=groups)
    if groups and name == "stacked":
        pytest.skip("a cross-validation inside another can't keep groups together")
    assert searches_in(method, samples, "regression")
    result = by_engine(method, tmp_path, samples, "regression")
    assert result.status == "ok", result.traceback
    model, X_test = by_scikit_learn(method, samples, "regression")
    np.testing.assert_allclose(result.value["number"], model.predict(X_test), rtol=1e-9)


@pytest.mark.parametrize("groups", [False, True])
@pytest.mark.parametrize("name", ["grid", "log loss", "late", "as a voter", "halving"])
def test_searches_label_by_label_answer_as_in_scikit_learn(name, groups, tmp_path):
    method, samples = SEARCHES[name], make_tagged(groups=groups)
    assert len(searches_in(method, samples, "multilabel")) >= samples.y.shape[1]
    result = by_engine(method, tmp_path, samples, "multilabel")
    assert result.status == "ok", result.traceback
    model, X_test = by_scikit_learn(method, samples, "multilabel")
    np.testing.assert_array_equal(result.value["label"], model.predict(X_test))
    proba = model.predict_proba(X_test)
    np.testing.assert_allclose(result.value["proba"], proba, rtol=0, atol=1e-9)
