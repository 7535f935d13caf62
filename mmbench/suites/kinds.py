"""What methods are put together from, where they classify and where they don't."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

from mmbench.fusion import (
    NUMBER_RULES,
    RULES,
    FusionNetClassifier,
    FusionNetRegressor,
    GreedyEnsembleClassifier,
    GreedyEnsembleRegressor,
    HybridFusionClassifier,
    HybridFusionRegressor,
    LateFusionClassifier,
    LateFusionRegressor,
)
from mmbench.predictors import (
    CLASSIFIERS,
    REGRESSORS,
    Preset,
    make_classifier,
    make_regressor,
)

if TYPE_CHECKING:
    from mmbench.tasks import Task

__all__ = ["PredictorKind", "kind_of"]

LINEAR = "linear"
"""Stands for the linear predictor, ``logistic`` or ``ridge``."""


@dataclass(frozen=True, kw_only=True)
class PredictorKind:
    """Predictors and fusions of one kind: of classes, or of numbers.

    Parameters
    ----------
    presets : mapping of str to Preset
        The predictors.
    make_preset : callable
        Makes one by name.
    linear : str
        The name of the one that all fusions use.
    penalties : mapping of str to tuple of float
        What its penalty is searched among, jointly with the weights of blocks.
    rules : tuple of str
        Those of late fusion.
    late, greedy, hybrid, network : class
        The fusions.
    kernel_machine : callable
        Makes a support vector machine, or its like, of a kernel's name.
    inner, few : splitter
        Five folds inside of training rows, and three where each costs many fits. Tables
        are often sorted by target, so folds in the order of the rows would tell
        nothing.
    make_final : callable
        Makes what learns how to combine answers.
    native_trees : class
        Boosted trees that take missing numbers and categories.
    scoring : str
        What searches maximise unless methods are ranked by a score of scikit-learn's.
    """

    presets: Mapping[str, Preset]
    make_preset: Callable[..., Any]
    linear: str
    penalties: Mapping[str, tuple[float, ...]]
    rules: tuple[str, ...]
    late: Any
    greedy: Any
    hybrid: Any
    network: Any
    kernel_machine: Callable[[str], Any]
    inner: Any
    few: Any
    make_final: Callable[[], Any]
    native_trees: Any
    scoring: str

    def named(self, name: str) -> str:
        """Return the name of a preset: ``linear`` is the linear one's.

        Parameters
        ----------
        name : str
            A preset's name, or ``"linear"``.

        Returns
        -------
        str
            A preset's name.
        """
        return self.linear if name == LINEAR else name

    def has(self, name: str) -> bool:
        """Return whether there is a preset of a name.

        Parameters
        ----------
        name : str
            A preset's name, or ``"linear"``.

        Returns
        -------
        bool
            Whether :meth:`make` can build it.
        """
        return self.named(name) in self.presets

    def make(self, name: str) -> Any:
        """Return a preset, new and unfitted.

        Parameters
        ----------
        name : str
            A preset's name, or ``"linear"``.

        Returns
        -------
        estimator
            A classifier or regressor with the preset's parameters.
        """
        return self.make_preset(self.named(name))


CLASSES = PredictorKind(
    presets=CLASSIFIERS,
    make_preset=make_classifier,
    linear="logistic",
    penalties={"C": (30.0, 3.0)},
    rules=RULES,
    late=LateFusionClassifier,
    greedy=GreedyEnsembleClassifier,
    hybrid=HybridFusionClassifier,
    network=FusionNetClassifier,
    inner=StratifiedKFold(5, shuffle=True, random_state=0),
    kernel_machine=lambda kernel: CalibratedClassifierCV(
        # One temperature for all classes; a sigmoid each errs where classes are many.
        SVC(C=10.0, kernel=kernel),
        method="temperature",
        cv=3,
        ensemble=False,
    ),
    few=StratifiedKFold(3, shuffle=True, random_state=0),
    make_final=lambda: make_classifier("logistic", C=10.0),
    native_trees=HistGradientBoostingClassifier,
    scoring="f1_macro",
)

NUMBERS = PredictorKind(
    presets=REGRESSORS,
    make_preset=make_regressor,
    linear="ridge",
    penalties={"alpha": (1.0, 10.0)},
    rules=NUMBER_RULES,
    late=LateFusionRegressor,
    greedy=GreedyEnsembleRegressor,
    hybrid=HybridFusionRegressor,
    network=FusionNetRegressor,
    inner=KFold(5, shuffle=True, random_state=0),
    kernel_machine=lambda kernel: TransformedTargetRegressor(
        SVR(C=10.0, kernel=kernel), transformer=StandardScaler()
    ),
    few=KFold(3, shuffle=True, random_state=0),
    # Answers are as large as the target, and so is what a penalty weighs.
    make_final=lambda: make_pipeline(StandardScaler(), make_regressor("ridge")),
    native_trees=HistGradientBoostingRegressor,
    scoring="r2",
)


def kind_of(task: Task) -> PredictorKind:
    """Return the predictors that answer for a task.

    Parameters
    ----------
    task : Task
        The task of the datasets.

    Returns
    -------
    PredictorKind
        Classifiers or regressors.
    """
    return CLASSES if task.answers.is_classifier else NUMBERS
