"""Hybrid fusion is late fusion over the branches and their early fusion."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import StandardScaler

from mmbench.fusion import (
    RULES,
    HybridFusionClassifier,
    LateFusionClassifier,
    branch,
    early_fusion,
)


@pytest.mark.parametrize("rule", RULES)
def test_it_is_late_fusion_with_an_early_voter(table, branches, rule):
    X, y = table
    hybrid = HybridFusionClassifier(branches, LogisticRegression(), rule=rule, cv=3)
    voters = [
        (name, branch(*(part for part in _parts(made)), LogisticRegression()))
        for name, made in branches
    ]
    voters.append(("early", early_fusion(branches, LogisticRegression())))
    late = LateFusionClassifier(voters, rule=rule, cv=3).fit(X, y)
    np.testing.assert_array_equal(
        hybrid.fit(X, y).predict_proba(X), late.predict_proba(X)
    )
    np.testing.assert_array_equal(hybrid.predict(X), late.predict(X))


def _parts(made):
    return [made[0].columns, *(step for _, step in made.steps[1:])]


def test_a_voter_is_the_same_work_as_the_branch_alone_with_that_classifier():
    made = HybridFusionClassifier(
        [("a", branch(["a"], StandardScaler()))], GaussianNB()
    ).late_estimators()
    alone = branch(["a"], StandardScaler(), GaussianNB())
    assert repr(made[0][1]) == repr(alone)
    assert made[-1][0] == "early"


def test_where_one_modality_is_missing_the_others_and_the_early_model_speak(
    table, branches
):
    X, y = table
    hybrid = HybridFusionClassifier(branches, LogisticRegression()).fit(X, y)
    holes = X.copy()
    holes.loc[0, "text"] = ""
    _, size, price, early = (v.predict_proba(holes) for v in hybrid.late_.estimators_)
    np.testing.assert_allclose(
        hybrid.predict_proba(holes)[0], (size[0] + price[0] + early[0]) / 3
    )


def test_where_everything_is_missing_the_prior_speaks(table, branches):
    X, y = table
    hybrid = HybridFusionClassifier(branches, LogisticRegression()).fit(X, y)
    empty = pd.DataFrame([[np.nan] * 3 + [""]], columns=X.columns)
    prior = np.bincount(y) / len(y)
    np.testing.assert_allclose(hybrid.predict_proba(empty), [prior])


def test_parameters_of_branches_and_classifier_are_reached(table, branches):
    X, y = table
    hybrid = HybridFusionClassifier(branches, LogisticRegression())
    hybrid.set_params(text__countvectorizer__binary=True, classifier__C=9.0)
    voters = dict(clone(hybrid).fit(X, y).late_.estimators)
    assert voters["text"]["countvectorizer"].binary
    assert voters["early"]["classifier"].C == 9.0
    grid = {"rule": ["mean", "max"], "classifier__C": [0.1, 1]}
    assert np.isfinite(GridSearchCV(hybrid, grid, cv=2).fit(X, y).best_score_)


def test_branches_and_classifier_are_left_unfitted(table, branches):
    X, y = table
    classifier = LogisticRegression()
    HybridFusionClassifier(branches, classifier).fit(X, y)
    assert not hasattr(classifier, "coef_")
    assert not hasattr(branches[0][1][-1], "vocabulary_")


@pytest.mark.parametrize(
    ("name", "message"),
    [("early", "must not use the name 'early'"), ("classifier", "conflict")],
)
def test_names_that_are_taken_are_refused(name, message):
    hybrid = HybridFusionClassifier([(name, branch(["a"]))], GaussianNB())
    with pytest.raises(ValueError, match=message):
        hybrid.fit(pd.DataFrame({"a": [1.0, 2.0]}), [0, 1])


def test_no_branches_and_an_unknown_rule_are_refused_in_fit():
    X = pd.DataFrame({"a": [1.0, 2.0]})
    with pytest.raises(ValueError, match="branches must be a list of at least one"):
        HybridFusionClassifier([], GaussianNB()).fit(X, [0, 1])
    hybrid = HybridFusionClassifier([("a", branch(["a"]))], GaussianNB(), rule="avg")
    with pytest.raises(ValueError, match="rule must be one of"):
        hybrid.fit(X, [0, 1])
