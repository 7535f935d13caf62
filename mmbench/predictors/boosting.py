"""Gradient boosting libraries, made to take targets and features as scikit-learn does.

Each library is imported in ``fit``. The wrappers are alike: labels of any kind, sparse
or dense features, missing numbers allowed, one thread, the same bytes for the same
seed. Where a library has more parameters, its own predictor may stand in their place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mmbench.predictors.boosted_trees import (
    BoostedTrees,
    BoostedTreesClassifier,
    BoostedTreesRegressor,
)

__all__ = [
    "CatBoostClassifier",
    "CatBoostRegressor",
    "LightGBMClassifier",
    "LightGBMRegressor",
    "XGBoostClassifier",
    "XGBoostRegressor",
]

_Seed = int | np.random.RandomState | None


class _XGBoost(BoostedTrees):
    """XGBoost of either kind."""

    _package = "xgboost"

    def __init__(
        self,
        *,
        n_estimators: int = 100,
        max_depth: int = 3,
        learning_rate: float = 0.3,
        colsample_bytree: float = 0.3,
        subsample: float = 1.0,
        min_child_weight: float = 1.0,
        reg_lambda: float = 1.0,
        max_bin: int = 64,
        random_state: _Seed = None,
        n_jobs: int = 1,
    ) -> None:
        self.n_estimators = n_estimators
        self.max_depth = max_depth
        self.learning_rate = learning_rate
        self.colsample_bytree = colsample_bytree
        self.subsample = subsample
        self.min_child_weight = min_child_weight
        self.reg_lambda = reg_lambda
        self.max_bin = max_bin
        self.random_state = random_state
        self.n_jobs = n_jobs

    def _make_booster(self, seed: int) -> Any:
        params = {**self.get_params(), "random_state": seed, "tree_method": "hist"}
        return self._library_class("XGB")(**params)


class XGBoostClassifier(BoostedTreesClassifier, _XGBoost):
    """XGBoost for labels of any kind.

    Parameters
    ----------
    n_estimators : int, default=100
        Rounds; each grows a tree per class.
    max_depth : int, default=3
        Depth of a tree.
    learning_rate : float in (0, 1], default=0.3
        What each tree is shrunk by.
    colsample_bytree : float in (0, 1], default=0.3
        The share of the columns that a tree may use.
    subsample : float in (0, 1], default=1.0
        The share of the rows that a tree sees.
    min_child_weight : float, default=1.0
        The least weight (sum of second derivatives) of a leaf.
    reg_lambda : float, default=1.0
        L2 penalty on the leaves' values.
    max_bin : int, default=64
        How many values of a column are told apart.
    random_state : int, RandomState instance or None, default=None
        Seed of the choice of columns and rows.
    n_jobs : int, default=1
        Threads.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted.
    booster_ : xgboost.XGBClassifier
        The fitted model; its classes are positions in ``classes_``.
    n_features_in_ : int
        The number of columns seen in ``fit``.

    References
    ----------
    T. Chen, C. Guestrin (2016), "XGBoost: a scalable tree boosting system", KDD,
    785-794.

    Examples
    --------
    >>> X, y = [[0.0], [1.0], [8.0], [9.0]] * 5, ["low", "low", "high", "high"] * 5
    >>> XGBoostClassifier(random_state=0).fit(X, y).predict([[0.5], [8.5]]).tolist()
    ['low', 'high']
    """


class XGBoostRegressor(BoostedTreesRegressor, _XGBoost):
    """XGBoost for numbers of any size.

    Parameters
    ----------
    n_estimators, max_depth, learning_rate, colsample_bytree, subsample
        As in :class:`XGBoostClassifier`.
    min_child_weight, reg_lambda, max_bin, random_state, n_jobs
        As in :class:`XGBoostClassifier`.

    Attributes
    ----------
    mean_, scale_ : float
        What is subtracted from the target, and what it is divided by then.
    booster_ : xgboost.XGBRegressor
        The fitted model of the standardised target.
    n_features_in_ : int
        The number of columns seen in ``fit``.

    Examples
    --------
    >>> X, y = [[0.0], [1.0], [8.0], [9.0]] * 5, [1e9, 1e9, 1e9 + 6, 1e9 + 6] * 5
    >>> found = XGBoostRegressor(random_state=0).fit(X, y).predict([[0.5], [8.5]])
    >>> (found - 1e9).round(2).tolist()
    [0.0, 6.0]
    """


class _LightGBM(BoostedTrees):
    """LightGBM of either kind."""

    _package = "lightgbm"

    def __init__(
        self,
        *,
        n_estimators: int = 100,
        num_leaves: int = 8,
        learning_rate: float = 0.1,
        colsample_bytree: float = 0.3,
        min_child_samples: int = 5,
        reg_lambda: float = 1.0,
        max_bin: int = 63,
        random_state: _Seed = None,
        n_jobs: int = 1,
    ) -> None:
        self.n_estimators = n_estimators
        self.num_leaves = num_leaves
        self.learning_rate = learning_rate
        self.colsample_bytree = colsample_bytree
        self.min_child_samples = min_child_samples
        self.reg_lambda = reg_lambda
        self.max_bin = max_bin
        self.random_state = random_state
        self.n_jobs = n_jobs

    def _make_booster(self, seed: int) -> Any:
        fixed = {"deterministic": True, "force_row_wise": True, "verbosity": -1}
        params = {**self.get_params(), "random_state": seed, **fixed}
        return self._library_class("LGBM")(**params)

    def _asked(self, X: Any) -> Any:
        # The wrapper of LightGBM itself warns that arrays have no feature names.
        return self.booster_.booster_.predict(X)


class LightGBMClassifier(_LightGBM, BoostedTreesClassifier):
    """LightGBM for labels of any kind, quiet and deterministic.

    Parameters
    ----------
    n_estimators : int, default=100
        Rounds; each grows a tree per class.
    num_leaves : int, default=8
        Leaves of a tree.
    learning_rate : float in (0, 1], default=0.1
        What each tree is shrunk by.
    colsample_bytree : float in (0, 1], default=0.3
        The share of the columns that a tree may use.
    min_child_samples : int, default=5
        The least rows in a leaf.
    reg_lambda : float, default=1.0
        L2 penalty on the leaves' values.
    max_bin : int, default=63
        How many values of a column are told apart.
    random_state : int, RandomState instance or None, default=None
        Seed of the choice of columns.
    n_jobs : int, default=1
        Threads.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted.
    booster_ : lightgbm.LGBMClassifier
        The fitted model; its classes are positions in ``classes_``.
    n_features_in_ : int
        The number of columns seen in ``fit``.

    References
    ----------
    G. Ke et al. (2017), "LightGBM: a highly efficient gradient boosting decision tree",
    Advances in Neural Information Processing Systems 30.
    """


class LightGBMRegressor(_LightGBM, BoostedTreesRegressor):
    """LightGBM for numbers of any size.

    Parameters
    ----------
    n_estimators, num_leaves, learning_rate, colsample_bytree
        As in :class:`LightGBMClassifier`.
    min_child_samples, reg_lambda, max_bin, random_state, n_jobs
        As in :class:`LightGBMClassifier`.

    Attributes
    ----------
    mean_, scale_ : float
        What is subtracted from the target, and what it is divided by then.
    booster_ : lightgbm.LGBMRegressor
        The fitted model of the standardised target.
    n_features_in_ : int
        The number of columns seen in ``fit``.
    """


class _CatBoost(BoostedTrees):
    """CatBoost of either kind."""

    _package = "catboost"

    def __init__(
        self,
        *,
        n_estimators: int = 100,
        max_depth: int = 4,
        learning_rate: float = 0.2,
        rsm: float = 0.3,
        reg_lambda: float = 3.0,
        border_count: int = 32,
        random_state: _Seed = None,
        n_jobs: int = 1,
    ) -> None:
        self.n_estimators = n_estimators
        self.max_depth = max_depth
        self.learning_rate = learning_rate
        self.rsm = rsm
        self.reg_lambda = reg_lambda
        self.border_count = border_count
        self.random_state = random_state
        self.n_jobs = n_jobs

    def _make_booster(self, seed: int) -> Any:
        params = {**self.get_params(), "random_state": seed}
        params["thread_count"] = params.pop("n_jobs")
        quiet = {"verbose": False, "allow_writing_files": False}
        return self._library_class("CatBoost")(**params, **quiet)


class CatBoostClassifier(BoostedTreesClassifier, _CatBoost):
    """CatBoost for labels of any kind, quiet and leaving no files behind.

    Parameters
    ----------
    n_estimators : int, default=100
        Rounds; each grows a tree for all classes.
    max_depth : int, default=4
        Depth of a tree; all nodes of a level split alike.
    learning_rate : float in (0, 1], default=0.2
        What each tree is shrunk by.
    rsm : float in (0, 1], default=0.3
        The share of the columns that a split may use.
    reg_lambda : float, default=3.0
        L2 penalty on the leaves' values.
    border_count : int, default=32
        How many values of a column are told apart.
    random_state : int, RandomState instance or None, default=None
        Seed of the choice of columns and of the order of rows.
    n_jobs : int, default=1
        Threads.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted.
    booster_ : catboost.CatBoostClassifier
        The fitted model; its classes are positions in ``classes_``.
    n_features_in_ : int
        The number of columns seen in ``fit``.

    References
    ----------
    L. Prokhorenkova, G. Gusev, A. Vorobev, A. V. Dorogush, A. Gulin (2018), "CatBoost:
    unbiased boosting with categorical features", Advances in Neural Information
    Processing Systems 31.
    """


class CatBoostRegressor(BoostedTreesRegressor, _CatBoost):
    """CatBoost for numbers of any size.

    Parameters
    ----------
    n_estimators, max_depth, learning_rate, rsm, reg_lambda, border_count
        As in :class:`CatBoostClassifier`.
    random_state, n_jobs
        As in :class:`CatBoostClassifier`.

    Attributes
    ----------
    mean_, scale_ : float
        What is subtracted from the target, and what it is divided by then.
    booster_ : catboost.CatBoostRegressor
        The fitted model of the standardised target.
    n_features_in_ : int
        The number of columns seen in ``fit``.
    """
