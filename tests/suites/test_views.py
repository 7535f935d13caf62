"""Views and embeddings are units of their own."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_blobs
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

from mmbench.datasets import Dataset, Samples
from mmbench.errors import UsageError
from mmbench.fusion import describe
from mmbench.suites import build_suite
from mmbench.suites.kinds import CLASSES

VIEWS = {"left": ("left_0", "left_1"), "right": ("right_0", "right_1")}
COLUMNS = [column for columns in VIEWS.values() for column in columns]


def make_views(views=VIEWS, extra=()):
    def load():
        X = np.random.default_rng(0).normal(size=(40, len(COLUMNS)))
        return Samples(pd.DataFrame(X, columns=COLUMNS), np.arange(40) % 2)

    return Dataset(
        name="seen", version="1", source="", licence="", load=load, views=views,
        modalities=dict.fromkeys([*COLUMNS, *extra], "numeric"),
    )  # fmt: skip


def test_each_view_is_a_unit_and_fused_with_the_others():
    methods = build_suite("fusion", [make_views(extra=["weight"])]).methods
    assert {
        "left/numeric/logistic",
        "right/numeric/svm",
        "numeric/numeric/logistic",
    } <= (methods.keys())
    said = {
        kind: describe(methods[name], make_views().sources)
        for kind, name in (
            ("kernel", "left+right/numeric/kernel/svm"),
            ("canonical", "left+right/numeric/canonical/logistic"),
        )
    }
    assert {kind: each.fusion for kind, each in said.items()} == {
        kind: kind for kind in said
    }
    assert {each.modalities for each in said.values()} == {"left+right"}


def test_the_quick_suite_takes_every_view():
    methods = build_suite("quick", [make_views(extra=["weight"])]).methods
    assert {"left/numeric/logistic", "right/numeric/logistic"} < set(methods)
    assert any("late-weighted" in name for name in methods)


def test_columns_of_no_view_stand_together():
    dataset = make_views(views={"left": VIEWS["left"]})
    assert dataset.sources == {
        "left_0": "left", "left_1": "left", "right_0": "numeric", "right_1": "numeric"
    }  # fmt: skip
    alone = build_suite("fusion", [dataset]).methods["numeric/numeric/logistic"]
    assert alone.steps[0][1].columns == ["right_0", "right_1"]


@pytest.mark.parametrize(
    ("views", "said"),
    [
        ({"left_0": VIEWS["left"]}, "must not be called 'left_0'"),
        ({"numeric": VIEWS["left"]}, "must not be called 'numeric'"),
        ({"none": ()}, "'none' of dataset 'seen' has no column"),
        ({"left": ["other"]}, "numeric columns that no other view has, got 'other'"),
        ({"a": ["left_0"], "b": ["left_0"]}, "no other view has, got 'left_0'"),
    ],
)
def test_a_view_must_be_made_of_numeric_columns_of_its_own(views, said):
    with pytest.raises(UsageError, match=said):
        make_views(views=views)


def test_the_support_vector_machine_is_as_right_as_without_probabilities():
    X, y = make_blobs(450, centers=30, n_features=6, cluster_std=3.0, random_state=0)
    X, X_test, y, y_test = train_test_split(X, y, stratify=y, random_state=0)
    machine = CLASSES.kernel_machine("rbf").fit(X, y)
    plain = SVC(C=10.0).fit(X, y)
    assert machine.score(X_test, y_test) >= plain.score(X_test, y_test) - 0.02
