"""A method made ready for a trial: seeded everywhere, groups whole inside too."""

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    BaggingClassifier,
    RandomForestClassifier,
    StackingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from mmbench.engine import prepared
from mmbench.errors import UsageError

Y = np.arange(40) % 2


def test_every_open_random_state_is_set_at_any_depth():
    model = BaggingClassifier(DecisionTreeClassifier())
    ready = prepared(model, seed=7, y=Y)
    assert ready.random_state == 7
    assert ready.estimator.random_state == 7


def test_a_chosen_random_state_is_kept():
    assert (
        prepared(RandomForestClassifier(random_state=3), seed=7, y=Y).random_state == 3
    )


def test_the_method_itself_is_left_as_it_is():
    model = RandomForestClassifier()
    prepared(model, seed=7, y=Y)
    assert model.random_state is None


def stacker(estimator):
    return StackingClassifier([("m", estimator)], LogisticRegression(), cv=4)


def test_inner_folds_keep_groups_whole():
    groups = np.repeat(np.arange(10), 4)
    ready = prepared(stacker(LogisticRegression()), seed=0, y=Y, groups=groups)
    assert len(ready.cv) == 4
    for train, test in ready.cv:
        assert not set(groups[train]) & set(groups[test])


def test_an_inner_splitter_is_made_to_keep_groups_whole():
    groups = np.repeat(np.arange(10), 4)
    model = stacker(LogisticRegression()).set_params(cv=StratifiedKFold(3))
    ready = prepared(model, seed=0, y=Y, groups=groups)
    assert len(ready.cv) == 3
    for train, test in ready.cv:
        assert not set(groups[train]) & set(groups[test])


def test_a_cross_validation_inside_another_is_refused_with_groups():
    model = stacker(CalibratedClassifierCV(LinearSVC(), cv=3))
    with pytest.raises(UsageError, match=r"m__cv is a cross-validation inside"):
        prepared(model, seed=0, y=Y, groups=np.arange(40) // 4)
