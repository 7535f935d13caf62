"""The named predictors: the last step of a branch or a fusion.

Any scikit-learn classifier or regressor may take their place; these have defaults that
suit both sparse texts and dense features, on one core, in seconds. They expect blocks
of about unit norm, as TF-IDF rows are and :class:`~mmbench.fusion.BlockScaler` makes
all others.

May import `neural` and `errors`.
"""

from __future__ import annotations

from mmbench.predictors.boosting import (
    CatBoostClassifier,
    CatBoostRegressor,
    LightGBMClassifier,
    LightGBMRegressor,
    XGBoostClassifier,
    XGBoostRegressor,
)
from mmbench.predictors.features import DenseReducer, SignSplitter
from mmbench.predictors.linear_svm import LinearSVMClassifier
from mmbench.predictors.logit_adjustment import LogitAdjustedClassifier
from mmbench.predictors.nb_svm import NBSVMClassifier
from mmbench.predictors.optuna_search import OptunaSearchCV
from mmbench.predictors.presets import (
    CLASSIFIERS,
    PRESETS,
    REGRESSORS,
    Preset,
    make_classifier,
    make_regressor,
)

__all__ = [
    "CLASSIFIERS",
    "PRESETS",
    "REGRESSORS",
    "CatBoostClassifier",
    "CatBoostRegressor",
    "DenseReducer",
    "LightGBMClassifier",
    "LightGBMRegressor",
    "LinearSVMClassifier",
    "LogitAdjustedClassifier",
    "NBSVMClassifier",
    "OptunaSearchCV",
    "Preset",
    "SignSplitter",
    "XGBoostClassifier",
    "XGBoostRegressor",
    "make_classifier",
    "make_regressor",
]
