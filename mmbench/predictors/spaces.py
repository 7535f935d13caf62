"""What there is to search in predictors, for tuning them beside their presets.

By class, since a preset may stand anywhere in a method: inside a calibration, behind a
reduction of features, as one of several voters. A parameter is searched where the
preset's own value is among those listed; a preset that sets another meant it so.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from scipy.stats import loguniform
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.svm import SVC, SVR, LinearSVC, LinearSVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from mmbench.predictors.boosting import (
    CatBoostClassifier,
    CatBoostRegressor,
    LightGBMClassifier,
    LightGBMRegressor,
    XGBoostClassifier,
    XGBoostRegressor,
)
from mmbench.predictors.features import DenseReducer
from mmbench.predictors.linear_svm import LinearSVMClassifier
from mmbench.predictors.nb_svm import NBSVMClassifier

__all__ = ["SPACES"]

Space = Mapping[str, Any]

# Blocks have unit norm, so penalties are weak: ten times what suits standardised ones.
_PENALTY: Space = {"C": loguniform(0.3, 300.0)}
_MARGIN: Space = {"C": loguniform(0.03, 30.0)}
_RIDGE: Space = {"alpha": loguniform(0.03, 100.0)}
_BAYES: Space = {"alpha": loguniform(0.003, 3.0)}
_NEIGHBOURS: Space = {
    "n_neighbors": [1, 3, 5, 10, 20],
    "weights": ["uniform", "distance"],
}
_TREE: Space = {"min_samples_leaf": [1, 2, 5, 10]}
_FOREST: Space = {
    "max_features": ["sqrt", 0.03, 0.1, 0.3],
    "min_samples_leaf": [1, 2, 4],
}
_ADABOOST: Space = {"learning_rate": loguniform(0.03, 1.0)}
_HISTOGRAM: Space = {
    "learning_rate": loguniform(0.03, 0.3),
    "max_leaf_nodes": [4, 8, 15, 31],
    "min_samples_leaf": [2, 5, 10, 20],
    "l2_regularization": [0.0, 1.0, 10.0],
}
_XGBOOST: Space = {
    "learning_rate": loguniform(0.05, 0.5),
    "max_depth": [2, 3, 4, 6],
    "colsample_bytree": [0.1, 0.3, 1.0],
    "min_child_weight": [0.3, 1.0, 5.0],
}
_LIGHTGBM: Space = {
    "learning_rate": loguniform(0.03, 0.3),
    "num_leaves": [4, 8, 15, 31],
    "colsample_bytree": [0.1, 0.3, 1.0],
    "min_child_samples": [2, 5, 20],
}
_CATBOOST: Space = {
    "learning_rate": loguniform(0.05, 0.5),
    "max_depth": [3, 4, 6],
    "reg_lambda": [1.0, 3.0, 10.0],
}
_NETWORK: Space = {
    "alpha": loguniform(1e-5, 0.1),
    "learning_rate_init": loguniform(1e-3, 0.03),
    "hidden_layer_sizes": [(32,), (64,), (128,)],
}

SPACES: Mapping[type, Space] = MappingProxyType(
    {
        LogisticRegression: _PENALTY,
        LinearSVC: _MARGIN,
        LinearSVMClassifier: _MARGIN,
        NBSVMClassifier: _MARGIN,
        LinearSVR: _MARGIN,
        SVC: {"C": loguniform(0.3, 100.0)},
        SVR: {"C": loguniform(0.3, 100.0)},
        Ridge: _RIDGE,
        RidgeClassifier: _RIDGE,
        MultinomialNB: _BAYES,
        ComplementNB: _BAYES,
        KNeighborsClassifier: _NEIGHBOURS,
        KNeighborsRegressor: _NEIGHBOURS,
        DecisionTreeClassifier: _TREE,
        DecisionTreeRegressor: _TREE,
        RandomForestClassifier: _FOREST,
        RandomForestRegressor: _FOREST,
        ExtraTreesClassifier: _FOREST,
        ExtraTreesRegressor: _FOREST,
        AdaBoostClassifier: _ADABOOST,
        AdaBoostRegressor: _ADABOOST,
        HistGradientBoostingClassifier: _HISTOGRAM,
        HistGradientBoostingRegressor: _HISTOGRAM,
        XGBoostClassifier: _XGBOOST,
        XGBoostRegressor: _XGBOOST,
        LightGBMClassifier: _LIGHTGBM,
        LightGBMRegressor: _LIGHTGBM,
        CatBoostClassifier: _CATBOOST,
        CatBoostRegressor: _CATBOOST,
        MLPClassifier: _NETWORK,
        MLPRegressor: _NETWORK,
        DenseReducer: {"n_components": [50, 100, 200, 300]},
    }
)
"""Class to its parameters: lists of values, or distributions of scipy's."""
