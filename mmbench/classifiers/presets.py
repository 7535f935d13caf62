"""The presets, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from mmbench.classifiers.boosting import (
    CatBoostClassifier,
    LightGBMClassifier,
    XGBoostClassifier,
)
from mmbench.classifiers.features import DenseReducer, SignSplitter
from mmbench.errors import UnknownNameError

__all__ = ["CLASSIFIERS", "Preset", "make_classifier"]

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
    """A named classifier with its defaults.

    Parameters
    ----------
    description : str
        One line: what it is, and which defaults differ from the library's, and why.
    family : str
        Which kind of ensemble or plain model it is.
    make : callable
        Returns it, new and unfitted, with ``random_state=None`` throughout.
    needs : str, optional
        The extra of mmbench that has to be installed.
    """

    description: str
    family: Family
    make: Callable[[], Any]
    needs: str | None = None


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
    classifier = CLASSIFIERS[name].make()
    own = classifier.get_params()
    last = classifier[-1] if isinstance(classifier, Pipeline) else classifier
    classifier.set_params(**{key: params[key] for key in params if key in own})
    last.set_params(**{key: params[key] for key in params if key not in own})
    return classifier


def _logistic() -> Any:
    return LogisticRegression(C=30.0, max_iter=1000)


def _naive_bayes() -> Any:
    return make_pipeline(SignSplitter(), MultinomialNB(alpha=0.1))


def _random_forest() -> Any:
    return RandomForestClassifier(n_estimators=100)


def _members() -> list[tuple[str, Any]]:
    return [
        ("logistic", _logistic()),
        ("naive_bayes", _naive_bayes()),
        ("random_forest", _random_forest()),
    ]


CLASSIFIERS: Mapping[str, Preset] = MappingProxyType(
    {
        "dummy": Preset(
            description="the classes' shares of the training rows, whatever comes",
            family="dummy",
            make=lambda: DummyClassifier(strategy="prior"),
        ),
        "naive_bayes": Preset(
            description="multinomial naive Bayes, alpha=0.1 as suits TF-IDF; negative "
            "features are split by sign",
            family="bayes",
            make=_naive_bayes,
        ),
        "logistic": Preset(
            description="multinomial logistic regression, C=30 as suits blocks of unit "
            "norm",
            family="linear",
            make=_logistic,
        ),
        "linear_svm": Preset(
            description="linear SVM; its sigmoid calibration needs decisions out of "
            "fold, so 3 folds (a class needs 3 rows), then one fit on all rows",
            family="linear",
            make=lambda: CalibratedClassifierCV(
                LinearSVC(C=1.0, max_iter=10_000), cv=3, ensemble=False
            ),
        ),
        "knn": Preset(
            description="5 nearest neighbours by cosine, weighted by distance",
            family="neighbours",
            make=lambda: KNeighborsClassifier(
                n_neighbors=5, metric="cosine", weights="distance"
            ),
        ),
        "tree": Preset(
            description="one decision tree, fully grown",
            family="tree",
            make=DecisionTreeClassifier,
        ),
        "random_forest": Preset(
            description="100 trees on bootstrap samples, each split over a few columns",
            family="bagging",
            make=_random_forest,
        ),
        "extra_trees": Preset(
            description="100 trees on all rows, splits drawn at random",
            family="bagging",
            make=lambda: ExtraTreesClassifier(n_estimators=100),
        ),
        "bagged_trees": Preset(
            description="30 trees on bootstrap samples, each split over 30 % of the "
            "columns so that wide blocks stay affordable",
            family="bagging",
            make=lambda: BaggingClassifier(
                DecisionTreeClassifier(max_features=0.3), n_estimators=30
            ),
        ),
        "bagged_linear": Preset(
            description="10 logistic regressions on bootstrap samples, solved to "
            "tol=0.001",
            family="bagging",
            make=lambda: BaggingClassifier(
                LogisticRegression(C=30.0, max_iter=1000, tol=1e-3), n_estimators=10
            ),
        ),
        "adaboost": Preset(
            description="50 boosted trees of depth 8 (stumps can't tell many classes "
            "apart), each split over 10 % of the columns; ranks well, but its "
            "probabilities are nearly uniform",
            family="boosting",
            make=lambda: AdaBoostClassifier(
                DecisionTreeClassifier(max_depth=8, max_features=0.1),
                n_estimators=50,
                learning_rate=0.3,
            ),
        ),
        "hist_gradient_boosting": Preset(
            description="scikit-learn's histogram boosting, 50 rounds of 8 leaves; an "
            "SVD first reduces wide sparse features to 100, since it takes dense only",
            family="boosting",
            make=lambda: make_pipeline(
                DenseReducer(n_components=100),
                HistGradientBoostingClassifier(
                    learning_rate=0.1,
                    max_iter=50,
                    max_leaf_nodes=8,
                    min_samples_leaf=5,
                    l2_regularization=1.0,
                    max_features=0.1,
                    max_bins=64,
                    early_stopping=False,
                ),
            ),
        ),
        "xgboost": Preset(
            description="XGBoost, 100 rounds of depth 3, each tree over 30 % of the "
            "columns",
            family="boosting",
            make=XGBoostClassifier,
        ),
        "lightgbm": Preset(
            description="LightGBM, 100 rounds of 8 leaves, each tree over 30 % of the "
            "columns",
            family="boosting",
            make=LightGBMClassifier,
            needs="boosting",
        ),
        "catboost": Preset(
            description="CatBoost, 100 rounds of symmetric trees of depth 4",
            family="boosting",
            make=CatBoostClassifier,
            needs="boosting",
        ),
        "mlp": Preset(
            description="one hidden layer of 64 units, Adam at rate 0.01 until the "
            "loss rests",
            family="neural",
            make=lambda: MLPClassifier(
                hidden_layer_sizes=(64,),
                learning_rate_init=0.01,
                alpha=1e-3,
                tol=1e-3,
                max_iter=1000,
            ),
        ),
        "voting": Preset(
            description="mean probability of logistic, naive_bayes and random_forest",
            family="voting",
            make=lambda: VotingClassifier(_members(), voting="soft"),
        ),
        "stacking": Preset(
            description="logistic regression over what logistic, naive_bayes and "
            "random_forest predict out of 3 folds",
            family="stacking",
            make=lambda: StackingClassifier(
                _members(),
                final_estimator=LogisticRegression(C=10.0, max_iter=1000),
                cv=3,
                stack_method="predict_proba",
            ),
        ),
    }
)
