"""The presets, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.model_selection import KFold, TunedThresholdClassifierCV
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from mmbench.errors import UnknownNameError
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
from mmbench.predictors.nb_svm import NBSVMClassifier
from mmbench.predictors.rare_classes import rare_class_presets

__all__ = [
    "CLASSIFIERS",
    "PRESETS",
    "REGRESSORS",
    "Preset",
    "make_classifier",
    "make_regressor",
]

Family = Literal[
    "bagging",
    "bayes",
    "boosting",
    "dummy",
    "linear",
    "neighbours",
    "neural",
    "stacking",
    "tree",
    "voting",
]


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A named predictor with its defaults.

    Parameters
    ----------
    description : str
        One line: what it is, and which defaults differ from the library's, and why.
    family : str
        Which kind of ensemble or plain model it is.
    classifier, regressor : callable, optional
        Return it, new and unfitted, with ``random_state=None`` throughout; None where
        there is no such thing.
    needs : str, optional
        The extra of mmbench that has to be installed.
    only_binary : bool, default=False
        Whether the classifier takes two classes only.
    for_imbalance : bool, default=False
        Whether it aims at rare classes, at the expense of common ones.
    """

    description: str
    family: Family
    classifier: Callable[[], Any] | None = None
    regressor: Callable[[], Any] | None = None
    needs: str | None = None
    only_binary: bool = False
    for_imbalance: bool = False


def make_classifier(name: str, **params: Any) -> Any:
    """Make a classifier by name.

    Parameters
    ----------
    name : str
        One of :data:`CLASSIFIERS`.
    **params : object
        Parameters to set: those of the classifier itself, even where the preset puts a
        step before it, or nested ones such as ``estimator__max_depth``. All
        ``random_state`` are None until set.

    Returns
    -------
    classifier
        New and unfitted, with ``predict_proba``.

    Raises
    ------
    UnknownNameError
        When there is no such preset.
    ValueError
        When it has no such parameter.

    Examples
    --------
    >>> make_classifier("logistic", C=1.0)
    LogisticRegression(max_iter=1000)
    >>> make_classifier("naive_bayes", alpha=1.0)[-1]
    MultinomialNB()
    """
    if name not in CLASSIFIERS:
        raise UnknownNameError("classifier", name, CLASSIFIERS)
    make = CLASSIFIERS[name].classifier
    assert make is not None  # noqa: S101 - for the type checker
    return _with_params(make(), params)


def make_regressor(name: str, **params: Any) -> Any:
    """Make a regressor by name.

    Parameters
    ----------
    name : str
        One of :data:`REGRESSORS`.
    **params : object
        As in :func:`make_classifier`.

    Returns
    -------
    regressor
        New and unfitted.

    Raises
    ------
    UnknownNameError
        When there is no such preset.
    ValueError
        When it has no such parameter.

    Examples
    --------
    >>> make_regressor("ridge", alpha=3.0)
    Ridge(alpha=3.0)
    >>> make_regressor("mlp", alpha=0.1).regressor.alpha
    0.1
    """
    if name not in REGRESSORS:
        raise UnknownNameError("regressor", name, REGRESSORS)
    make = REGRESSORS[name].regressor
    assert make is not None  # noqa: S101 - for the type checker
    return _with_params(make(), params)


def _with_params(predictor: Any, params: Mapping[str, Any]) -> Any:
    own = predictor.get_params()
    last = predictor
    if isinstance(predictor, Pipeline):
        last = predictor[-1]
    elif isinstance(predictor, TransformedTargetRegressor):
        last = predictor.regressor
    predictor.set_params(**{key: params[key] for key in params if key in own})
    last.set_params(**{key: params[key] for key in params if key not in own})
    return predictor


def _standardised(regressor: Any) -> TransformedTargetRegressor:
    """Fit a regressor whose penalty or rate is about targets near one to others."""
    return TransformedTargetRegressor(regressor, transformer=StandardScaler())


def _logistic() -> Any:
    return LogisticRegression(C=30.0, max_iter=1000)


def _calibrated(classifier: Any) -> CalibratedClassifierCV:
    return CalibratedClassifierCV(classifier, cv=3, ensemble=False)


def _naive_bayes() -> Any:
    return make_pipeline(SignSplitter(), MultinomialNB(alpha=0.1))


def _nearest(kind: Any) -> Any:
    return kind(n_neighbors=5, metric="cosine", weights="distance")


def _histogram(kind: Any) -> Any:
    boosting = kind(
        learning_rate=0.1,
        max_iter=50,
        max_leaf_nodes=8,
        min_samples_leaf=5,
        l2_regularization=1.0,
        max_features=0.1,
        max_bins=64,
        early_stopping=False,
    )
    return make_pipeline(DenseReducer(n_components=100), boosting)


def _network(kind: Any) -> Any:
    return kind(
        hidden_layer_sizes=(64,),
        learning_rate_init=0.01,
        alpha=1e-3,
        tol=1e-3,
        max_iter=1000,
    )


def _classifiers() -> list[tuple[str, Any]]:
    return [
        ("logistic", _logistic()),
        ("naive_bayes", _naive_bayes()),
        ("random_forest", RandomForestClassifier(n_estimators=100)),
    ]


def _regressors() -> list[tuple[str, Any]]:
    return [
        ("ridge", Ridge()),
        ("knn", _nearest(KNeighborsRegressor)),
        ("random_forest", _forest()),
    ]


def _weights() -> Any:
    # Members' answers are as large as the target, and so is what a penalty weighs.
    return make_pipeline(StandardScaler(), Ridge())


def _shuffled() -> Any:
    # Rows are often sorted by target, and folds in their order would extrapolate.
    return KFold(3, shuffle=True, random_state=0)


def _forest() -> Any:
    return RandomForestRegressor(n_estimators=100, max_features=0.1)


_PLAIN: dict[str, Preset] = {
    "dummy": Preset(
        description="the classes' shares of the training rows, whatever comes",
        family="dummy",
        classifier=lambda: DummyClassifier(strategy="prior"),
    ),
    "mean": Preset(
        description="the mean of the training rows, whatever comes",
        family="dummy",
        regressor=lambda: DummyRegressor(strategy="mean"),
    ),
    "median": Preset(
        description="the median of the training rows, whatever comes",
        family="dummy",
        regressor=lambda: DummyRegressor(strategy="median"),
    ),
    "naive_bayes": Preset(
        description="multinomial naive Bayes, alpha=0.1 as suits TF-IDF; negative "
        "features are split by sign",
        family="bayes",
        classifier=_naive_bayes,
    ),
    "complement_nb": Preset(
        description="complement naive Bayes, as suits counts and rare classes; "
        "negative features are split by sign",
        family="bayes",
        classifier=lambda: make_pipeline(SignSplitter(), ComplementNB()),
    ),
    "nb_svm": Preset(
        description="linear SVM on naive Bayes log-count ratios, as suits words that "
        "occur or not; calibrated as in linear_svm, negative features split by sign",
        family="linear",
        classifier=lambda: make_pipeline(
            SignSplitter(), _calibrated(NBSVMClassifier())
        ),
    ),
    "logistic": Preset(
        description="multinomial logistic regression, C=30 as suits blocks of unit "
        "norm",
        family="linear",
        classifier=_logistic,
    ),
    "ridge": Preset(
        description="linear regression with an L2 penalty of 1, as suits blocks of "
        "unit norm; a classifier's is of the labels' indicators, calibrated as in "
        "linear_svm",
        family="linear",
        classifier=lambda: _calibrated(RidgeClassifier()),
        regressor=Ridge,
    ),
    "linear_svm": Preset(
        description="linear SVM; a classifier's sigmoid calibration needs "
        "decisions out of fold, so 3 folds (a class needs 3 rows), then one fit on "
        "all rows",
        family="linear",
        classifier=lambda: _calibrated(LinearSVMClassifier(C=1.0)),
        regressor=lambda: _standardised(
            LinearSVR(
                epsilon=0.1,
                loss="squared_epsilon_insensitive",
                dual=True,
                max_iter=10_000,
            )
        ),
    ),
    "svd_linear": Preset(
        description="an SVD reduces wide sparse features to 300 columns for "
        "logistic regression; for numbers, for ridge",
        family="linear",
        classifier=lambda: make_pipeline(DenseReducer(300), _logistic()),
        regressor=lambda: make_pipeline(DenseReducer(300), Ridge()),
    ),
    "tuned_threshold": Preset(
        description="logistic regression whose threshold has the best macro-F1 "
        "out of 5 folds; for two classes",
        family="linear",
        classifier=lambda: TunedThresholdClassifierCV(_logistic(), scoring="f1_macro"),
        only_binary=True,
    ),
    "knn": Preset(
        description="5 nearest neighbours by cosine, weighted by distance",
        family="neighbours",
        classifier=lambda: _nearest(KNeighborsClassifier),
        regressor=lambda: _nearest(KNeighborsRegressor),
    ),
    "tree": Preset(
        description="one decision tree, fully grown",
        family="tree",
        classifier=DecisionTreeClassifier,
        regressor=DecisionTreeRegressor,
    ),
    "random_forest": Preset(
        description="100 trees on bootstrap samples, each split over a few columns",
        family="bagging",
        classifier=lambda: RandomForestClassifier(n_estimators=100),
        regressor=_forest,
    ),
    "extra_trees": Preset(
        description="100 trees on all rows, splits drawn at random",
        family="bagging",
        classifier=lambda: ExtraTreesClassifier(n_estimators=100),
        regressor=lambda: ExtraTreesRegressor(n_estimators=100, max_features=0.1),
    ),
    "bagged_trees": Preset(
        description="30 trees on bootstrap samples, each split over 30 % of the "
        "columns so that wide blocks stay affordable",
        family="bagging",
        classifier=lambda: BaggingClassifier(
            DecisionTreeClassifier(max_features=0.3), n_estimators=30
        ),
        regressor=lambda: BaggingRegressor(
            DecisionTreeRegressor(max_features=0.3), n_estimators=30
        ),
    ),
    "bagged_linear": Preset(
        description="10 linear models on bootstrap samples; logistic regressions "
        "are solved to tol=0.001",
        family="bagging",
        classifier=lambda: BaggingClassifier(
            LogisticRegression(C=30.0, max_iter=1000, tol=1e-3), n_estimators=10
        ),
        regressor=lambda: BaggingRegressor(Ridge(), n_estimators=10),
    ),
    "adaboost": Preset(
        description="50 boosted trees of depth 8 (stumps can't tell many classes "
        "apart), each split over 10 % of the columns; ranks well, but its "
        "probabilities are nearly uniform",
        family="boosting",
        classifier=lambda: AdaBoostClassifier(
            DecisionTreeClassifier(max_depth=8, max_features=0.1),
            n_estimators=50,
            learning_rate=0.3,
        ),
        regressor=lambda: AdaBoostRegressor(
            DecisionTreeRegressor(max_depth=8, max_features=0.1),
            n_estimators=50,
            learning_rate=0.3,
        ),
    ),
    "hist_gradient_boosting": Preset(
        description="scikit-learn's histogram boosting, 50 rounds of 8 leaves; an "
        "SVD first reduces wide sparse features to 100, since it takes dense only",
        family="boosting",
        classifier=lambda: _histogram(HistGradientBoostingClassifier),
        regressor=lambda: _histogram(HistGradientBoostingRegressor),
    ),
    "xgboost": Preset(
        description="XGBoost, 100 rounds of depth 3, each tree over 30 % of the "
        "columns",
        family="boosting",
        classifier=XGBoostClassifier,
        regressor=XGBoostRegressor,
    ),
    "lightgbm": Preset(
        description="LightGBM, 100 rounds of 8 leaves, each tree over 30 % of the "
        "columns",
        family="boosting",
        classifier=LightGBMClassifier,
        regressor=LightGBMRegressor,
        needs="boosting",
    ),
    "catboost": Preset(
        description="CatBoost, 100 rounds of symmetric trees of depth 4",
        family="boosting",
        classifier=CatBoostClassifier,
        regressor=CatBoostRegressor,
        needs="boosting",
    ),
    "mlp": Preset(
        description="one hidden layer of 64 units, Adam at rate 0.01 until the "
        "loss rests",
        family="neural",
        classifier=lambda: _network(MLPClassifier),
        regressor=lambda: _standardised(_network(MLPRegressor)),
    ),
    "voting": Preset(
        description="mean of logistic, naive_bayes and random_forest; of numbers, "
        "of ridge, knn and random_forest",
        family="voting",
        classifier=lambda: VotingClassifier(_classifiers(), voting="soft"),
        regressor=lambda: VotingRegressor(_regressors()),
    ),
    "stacking": Preset(
        description="a linear model over what the members of voting predict out of "
        "3 folds",
        family="stacking",
        classifier=lambda: StackingClassifier(
            _classifiers(),
            final_estimator=LogisticRegression(C=10.0, max_iter=1000),
            cv=3,
            stack_method="predict_proba",
        ),
        regressor=lambda: StackingRegressor(
            _regressors(), final_estimator=_weights(), cv=_shuffled()
        ),
    ),
}

PRESETS: Mapping[str, Preset] = MappingProxyType(
    _PLAIN | rare_class_presets(_PLAIN, make_classifier)
)
"""All presets."""

CLASSIFIERS: Mapping[str, Preset] = MappingProxyType(
    {name: preset for name, preset in PRESETS.items() if preset.classifier}
)
"""Those that classify."""

REGRESSORS: Mapping[str, Preset] = MappingProxyType(
    {name: preset for name, preset in PRESETS.items() if preset.regressor}
)
"""Those that predict numbers."""
