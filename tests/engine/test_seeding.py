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
from mmbench.tasks import Target, get_task

Y = np.arange(40) % 2


def ready(method, *, seed, groups=None):
    return prepared(
        method, get_task("classification"), Target(Y), seed=seed, groups=groups
    )


def test_every_open_random_state_is_set_at_any_depth():
    model = BaggingClassifier(DecisionTreeClassifier())
    found = ready(model, seed=7)
    assert found.random_state == 7
    assert found.estimator.random_state == 7


def test_a_chosen_random_state_is_kept():
    assert ready(RandomForestClassifier(random_state=3), seed=7).random_state == 3


def test_the_method_itself_is_left_as_it_is():
    model = RandomForestClassifier()
    ready(model, seed=7)
    assert model.random_state is None


def stacker(estimator):
    return StackingClassifier([("m", estimator)], LogisticRegression(), cv=4)


def test_inner_folds_keep_groups_whole():
    groups = np.repeat(np.arange(10), 4)
    found = ready(stacker(LogisticRegression()), seed=0, groups=groups)
    assert len(found.cv) == 4
    for train, test in found.cv:
        assert not set(groups[train]) & set(groups[test])


def test_an_inner_splitter_is_made_to_keep_groups_whole():
    groups = np.repeat(np.arange(10), 4)
    model = stacker(LogisticRegression()).set_params(cv=StratifiedKFold(3))
    found = ready(model, seed=0, groups=groups)
    assert len(found.cv) == 3
    for train, test in found.cv:
        assert not set(groups[train]) & set(groups[test])


def test_a_cross_validation_inside_another_is_refused_with_groups():
    model = stacker(CalibratedClassifierCV(LinearSVC(), cv=3))
    with pytest.raises(UsageError, match=r"m__cv is a cross-validation inside"):
        ready(model, seed=0, groups=np.arange(40) // 4)
