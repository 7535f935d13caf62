"""The conformance check passes what is right and names what is wrong."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.ensemble import RandomForestClassifier, StackingClassifier
from sklearn.linear_model import LogisticRegression

from mmbench.fusion import (
    RULES,
    HybridFusionClassifier,
    LateFusionClassifier,
    append_step,
    check_fusion,
    early_fusion,
    stacked_fusion,
)


def voters(branches):
    return [(n, append_step(clone(b), LogisticRegression())) for n, b in branches]


@pytest.mark.parametrize("rule", RULES)
def test_late_fusion_conforms(rule):
    check_fusion(
        lambda branches: LateFusionClassifier(voters(branches), rule=rule, cv=2)
    )


@pytest.mark.parametrize("rule", ["mean", "weighted"])
def test_hybrid_fusion_conforms(rule):
    check_fusion(
        lambda branches: HybridFusionClassifier(
            branches, LogisticRegression(), rule=rule, cv=2
        )
    )


def test_early_and_stacked_fusion_conform():
    check_fusion(lambda branches: early_fusion(branches, LogisticRegression()))
    check_fusion(
        lambda branches: stacked_fusion(voters(branches), LogisticRegression(), cv=2)
    )


class Broken(ClassifierMixin, BaseEstimator):
    """An early fusion with one fault."""

    def __init__(self, branches, fault):
        self.branches = branches
        self.fault = fault

    def fit(self, X, y):
        if self.fault == "changes X":
            X.iloc[0, 0] = 99.0
        self.model_ = early_fusion(self.branches, LogisticRegression()).fit(X, y)
        self.classes_ = np.unique(y)[:: -1 if "sorted" in self.fault else 1]
        return None if self.fault == "return itself" else self

    def predict_proba(self, X):
        proba = self.model_.predict_proba(X)
        if self.fault == "sum to one":
            proba = proba * 1.1
        if self.fault == "negative":
            proba = proba - [[1] + [-1] * (proba.shape[1] - 1)]
        if self.fault == "finite" and X.isna().any(axis=None):
            proba[0] = np.nan
        if self.fault == "each row by itself":
            proba = (proba + proba.mean(axis=0)) / 2
        if self.fault == "fit to fit":
            proba = proba + np.random.default_rng().normal(0, 1e-6, proba.shape)
            proba = proba / proba.sum(axis=1, keepdims=True)
        if self.fault == "chance":
            proba = np.full_like(proba, 1 / proba.shape[1])
        if self.fault == "classes are called" and "z" in self.classes_:
            proba = proba[:, ::-1]
        return proba

    def predict(self, X):
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[-best if self.fault == "most probable" else best]


@pytest.mark.parametrize(
    "fault",
    [
        "changes X",
        "return itself",
        "sorted classes_",
        "sum to one",
        "negative",
        "finite",
        "each row by itself",
        "chance",
        "classes are called",
        "most probable",
    ],
)
def test_a_fault_is_named(fault):
    with pytest.raises(AssertionError, match=fault):
        check_fusion(lambda branches: Broken(branches, fault))


def test_an_unseeded_fusion_is_found():
    def build(branches):
        return early_fusion(branches, RandomForestClassifier(n_estimators=5))

    with pytest.raises(AssertionError, match="differs from fit to fit"):
        check_fusion(build, atol=1.0)


def test_a_fusion_that_prefers_its_first_branch_is_found_unless_it_says_so():
    def build(branches):
        first = early_fusion(branches[:1], LogisticRegression())
        return StackingClassifier([("first", first)], LogisticRegression(), cv=2)

    with pytest.raises(AssertionError, match="order of its branches"):
        check_fusion(build)
    check_fusion(build, symmetric=False)


def test_a_fusion_must_come_unfitted():
    def build(branches):
        method = LateFusionClassifier(voters(branches))
        method.classes_ = np.array([0, 1])
        return method

    with pytest.raises(AssertionError, match="must come unfitted"):
        check_fusion(build)
