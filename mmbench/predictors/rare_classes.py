"""Variants of presets that aim at rare classes, at the expense of common ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from mmbench.predictors.logit_adjustment import LogitAdjustedClassifier

__all__ = ["rare_class_presets"]

_Make = Callable[..., Any]

# A calibrated SVM forgets the weights of classes, so its prior is corrected.
_VARIANTS: dict[str, tuple[str, tuple[str, ...], Callable[[_Make, str], Any]]] = {
    "balanced": (
        "rows weighted so that classes count alike",
        ("logistic", "hist_gradient_boosting"),
        lambda make, name: make(name, class_weight="balanced"),
    ),
    "corrected": (
        "probabilities divided by the classes' shares",
        ("linear_svm", "naive_bayes", "knn"),
        lambda make, name: LogitAdjustedClassifier(make(name)),
    ),
    "tuned": (
        "probabilities times factors of the best macro-F1 out of 5 folds",
        ("logistic", "linear_svm", "hist_gradient_boosting", "xgboost"),
        lambda make, name: LogitAdjustedClassifier(make(name), "f1_macro"),
    ),
}


def rare_class_presets(presets: Mapping[str, Any], make: _Make) -> dict[str, Any]:
    """Return the variants of presets that aim at rare classes.

    Parameters
    ----------
    presets : mapping of str to Preset
        The presets to vary.
    make : callable
        Makes a classifier by name, with parameters.

    Returns
    -------
    dict of str to Preset
        By names such as ``"logistic_balanced"``.
    """
    return {
        f"{name}_{suffix}": replace(
            presets[name],
            description=f"{name}, {what}",
            classifier=_bound(build, make, name),
            regressor=None,
            for_imbalance=True,
        )
        for suffix, (what, names, build) in _VARIANTS.items()
        for name in names
    }


def _bound(
    build: Callable[[_Make, str], Any], make: _Make, name: str
) -> Callable[[], Any]:
    return lambda: build(make, name)
