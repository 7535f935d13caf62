"""Searches for parameters of regressors find and answer what scikit-learn's do."""

import numpy as np
import pytest
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, KFold
from sklearn.pipeline import make_pipeline

from mmbench.fusion import LateFusionRegressor, stacked_fusion
from mmbench.tasks.regression.estimators import LogTargetRegressor
from tests.engine.oracle import by_engine, by_scikit_learn
from tests.engine.test_equal import image, text
from tests.engine.test_search_equal import root_of, searches_in
from tests.tasks.regression.priced import make_priced

ALPHA = {"ridge__alpha": [0.01, 1, 100]}
VOTERS = [("text", text(Ridge())), ("image", image(Ridge()))]

METHODS = {
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


TASK = "regression"


@pytest.mark.parametrize("groups", [False, True])
@pytest.mark.parametrize("name", METHODS)
def test_searches_of_numbers_answer_as_in_scikit_learn(name, groups, tmp_path):
    method, samples = METHODS[name], make_priced(groups=groups)
    assert searches_in(root_of(method, samples, TASK))
    result = by_engine(method, tmp_path, samples, TASK)
    assert result.status == "ok", result.traceback
    model, X_test = by_scikit_learn(method, samples, TASK)
    np.testing.assert_allclose(result.value["number"], model.predict(X_test), rtol=1e-9)
