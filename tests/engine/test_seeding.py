"""A method made ready for a trial: seeded everywhere, groups whole inside too."""

from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    BaggingClassifier,
    RandomForestClassifier,
    StackingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from mmbench.datasets import Dataset, Samples
from mmbench.engine import prepared
from mmbench.engine.graph.inner_folds import check_inner_folds
from mmbench.engine.graph.works import Refuse
from mmbench.engine.plan import make_plan
from mmbench.errors import UsageError
from mmbench.fusion import LateFusionClassifier
from mmbench.suite import Suite
from mmbench.tasks import Target, get_task

Y = np.arange(40) % 2


TASK = get_task("classification")


def ready(method, *, seed, groups=None, y=Y):
    target = TASK.data.completed(Target(y))
    return prepared(method, TASK, target, seed=seed, groups=groups)


def check_them(method, y):
    check_inner_folds(method, TASK, TASK.data.completed(Target(y)))


def test_every_open_random_state_is_set_at_any_depth():
    model = BaggingClassifier(DecisionTreeClassifier())
    found = ready(model, seed=7)
    assert found.random_state == 7
    assert found.estimator.random_state == 7


def test_a_chosen_random_state_is_kept():
    assert ready(RandomForestClassifier(random_state=3), seed=7).random_state == 3


class Rounds(LogisticRegression):
    def __init__(self, precision="auto"):
        super().__init__()
        self.precision = precision

    def chosen_params(self):
        return {"precision": "float32"} if self.precision == "auto" else {}


def test_what_the_machine_decides_is_written_into_the_method_also_into_grids():
    grid = {"estimator": [Rounds(), Rounds("bfloat16")]}
    search = GridSearchCV(BaggingClassifier(Rounds()), grid)
    found = ready(search, seed=7)
    assert found.estimator.estimator.precision == "float32"
    precisions = [each.precision for each in found.param_grid["estimator"]]
    assert precisions == ["float32", "bfloat16"]
    assert search.estimator.estimator.precision == "auto"


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


class Spied(LogisticRegression):
    """Is given the number of each row, and tells which it learnt and answered for."""

    told: ClassVar[list[tuple[list[int], list[int]]]] = []

    def fit(self, X, y):
        self.learnt_ = X[:, 0].astype(int).tolist()
        return super().fit(X, y)

    def decision_function(self, X):
        self.told.append((self.learnt_, X[:, 0].astype(int).tolist()))
        return super().decision_function(X)


@pytest.mark.parametrize(
    ("y", "groups"),
    [
        (Y, np.arange(40) // 4),
        # Sorted, and of equal groups: the targets of all folds look alike.
        (np.repeat([0, 1], 20), np.arange(40) // 2),
        (np.repeat([0, 1], 20), np.r_[np.arange(20) // 2, 10 + np.arange(20) // 4]),
        # Sorted, too, and groups have rows of both classes.
        (np.repeat([0, 1], 20), np.arange(40) * 7 % 40 // 4),
    ],
)
@pytest.mark.parametrize("depth", [1, 2])
def test_a_cross_validation_inside_another_keeps_groups_whole(y, groups, depth):
    model = CalibratedClassifierCV(Spied(), cv=2, ensemble=False)
    for _ in range(depth):
        model = StackingClassifier([("m", model)], LogisticRegression(), cv=4)
    found = ready(model, seed=0, groups=groups, y=y)
    Spied.told.clear()
    # Labels are coded on their way down.
    found.fit(np.arange(40.0)[:, None], np.array(["no", "yes"])[y])
    assert 40 in {len(learnt) + len(asked) for learnt, asked in Spied.told}
    for learnt, asked in Spied.told:
        assert not set(groups[learnt]) & set(groups[asked])


def test_folds_inside_that_would_not_train_on_a_class_are_refused():
    # Class 2 is in two groups, one of which is left where the other is tested.
    y, groups = np.r_[Y, [2] * 6], np.r_[np.arange(40) // 4, [10, 10, 10, 11, 11, 11]]
    model = stacker(CalibratedClassifierCV(LinearSVC(), cv=2)).set_params(cv=2)
    with pytest.raises(UsageError, match=r"\(m__cv\) would predict class '?2"):
        ready(model, seed=0, groups=groups, y=y)
    search = stacker(GridSearchCV(LinearSVC(), {"C": [1, 2]}, cv=2)).set_params(cv=2)
    ready(search, seed=0, groups=groups, y=y)


def test_folds_inside_of_folds_that_were_typed_are_refused():
    model = stacker(CalibratedClassifierCV(LinearSVC(), cv=3))
    model.set_params(cv=[(np.arange(20), np.arange(20, 40))])
    with pytest.raises(UsageError, match=r"m__cv is a cross-validation inside"):
        ready(model, seed=0, groups=np.arange(40) // 4)


def test_there_are_no_more_inner_folds_than_groups():
    groups = np.repeat(np.arange(3), 14)[:40]
    found = ready(stacker(LogisticRegression()), seed=0, groups=groups)
    assert len(found.cv) == 3
    assert {len(set(groups[test])) for _, test in found.cv} == {1}


def test_inner_folds_of_one_group_are_refused():
    with pytest.raises(UsageError, match="at least 2 groups among the training rows"):
        ready(stacker(LogisticRegression()), seed=0, groups=np.zeros(40))


def late(rule):
    return LateFusionClassifier([("m", LogisticRegression())], rule=rule, cv=4)


def test_a_fusion_that_learns_no_weights_needs_no_inner_folds():
    found = ready(late("mean"), seed=0, groups=np.zeros(40))
    assert found.cv == 4
    with pytest.raises(UsageError, match="at least 2 groups"):
        ready(late("weighted"), seed=0, groups=np.zeros(40))


def test_inner_folds_all_train_on_every_class_where_any_number_of_them_does():
    # Four groups, and class 1 in two of them: four folds would test one of them each.
    groups = np.repeat(np.arange(4), 10)
    y = np.where((groups < 2) & (np.arange(40) % 10 < 2), 1, 0)
    found = ready(stacker(LogisticRegression()), seed=0, y=y, groups=groups)
    assert all(y[train].any() for train, _ in found.cv)


@pytest.mark.parametrize("method", [stacker(LogisticRegression()), late("weighted")])
def test_inner_folds_that_answer_for_a_class_they_never_saw_are_refused(method):
    groups = np.repeat(np.arange(4), 10)
    y = np.where(groups == 2, "rare", "common")
    found = ready(method, seed=0, y=y, groups=groups)
    with pytest.raises(UsageError, match="would predict class 'rare' without havin"):
        check_them(found, y)


def test_a_splitter_that_leaves_a_class_out_of_training_is_refused():
    method = stacker(LogisticRegression()).set_params(cv=KFold(2))
    with pytest.raises(UsageError, match="would predict class 0"):
        check_them(method, np.repeat([0, 1], 20))
    check_them(method, Y)


@pytest.mark.parametrize(
    ("n_rare", "method", "n_left"),
    [
        (2, CalibratedClassifierCV(LinearSVC(), cv=3), 2),
        (3, stacker(CalibratedClassifierCV(LinearSVC(), cv=3)), 2),
    ],
)
def test_a_calibration_of_too_few_rows_names_its_preset_and_parameter(
    n_rare, method, n_left
):
    y = np.array(["rare"] * n_rare + ["common"] * 20)
    expected = rf"cv=3: .* preset linear_svm, .* class 'rare' has {n_left}; set a small"
    with pytest.raises(UsageError, match=expected):
        check_them(method, y)
    check_them(method, np.array(["rare"] * 5 + ["common"] * 20))


class BrokenSplitter:
    """A splitter of someone else's that can't split."""

    def get_n_splits(self, X=None, y=None, groups=None):
        raise KeyError("nothing here")

    def split(self, X, y=None, groups=None):
        raise KeyError("nothing here")


def test_planning_survives_few_groups_and_a_broken_splitter():
    X = pd.DataFrame({"n": np.arange(60.0)})
    groups = np.array([f"s{i % 5}" for i in range(60)])
    y = np.where(np.arange(60) // 5 % 2, "a", "b")
    data = Dataset(
        name="small",
        version="1",
        source="",
        licence="",
        modalities={"n": "numeric"},
        load=lambda: Samples(X, y, groups),
    )
    good = stacker(LogisticRegression()).set_params(cv=5)
    broken = stacker(LogisticRegression()).set_params(cv=BrokenSplitter())
    methods = {"good": good, "broken": broken}
    suite = Suite(
        name="s", datasets=[data], methods=methods, cv=5, scoring=["accuracy"]
    )
    plan = make_plan(suite)
    refused = {
        plan.trials[key].method: node.work.reason
        for key, node in plan.roots(list(plan.trials)).items()
        if isinstance(node.work, Refuse)
    }
    assert list(refused) == ["broken"]
    assert "it can't be prepared: KeyError: 'nothing here'" in refused["broken"]
    assert plan.leaks["small"][-1] == (
        "there are 4 groups to train on, so methods that ask for up to 5 inner folds "
        "get 4 at most."
    )
