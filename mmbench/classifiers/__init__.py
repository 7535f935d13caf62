"""The named classifiers: what stands at the end of a branch or of a fusion.

Any scikit-learn classifier may take their place; these have defaults that suit both
sparse texts and dense features, on one core, in seconds. They expect blocks of about
unit norm, as TF-IDF rows are and :class:`~mmbench.fusion.BlockScaler` makes all others.
"""

from __future__ import annotations

from mmbench.classifiers.boosting import (
    CatBoostClassifier,
    LightGBMClassifier,
    XGBoostClassifier,
)
from mmbench.classifiers.features import DenseReducer, SignSplitter
from mmbench.classifiers.presets import CLASSIFIERS, Preset, make_classifier

__all__ = [
    "CLASSIFIERS",
    "CatBoostClassifier",
    "DenseReducer",
    "LightGBMClassifier",
    "Preset",
    "SignSplitter",
    "XGBoostClassifier",
    "make_classifier",
]
