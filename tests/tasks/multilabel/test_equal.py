"""Label sets are answered label by label, and labels share what looks at none."""

from collections import Counter

import numpy as np
import pytest
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.pipeline import Pipeline

from mmbench.engine.graph.compositions import expand
from mmbench.engine.graph.node import walk
from tests.engine.oracle import (
    by_engine,
    by_scikit_learn,
    first_fold,
    problem_of,
    ready_for,
)
from tests.engine.test_equal import METHODS, text
from tests.tasks.multilabel.tagged import make_tagged

TASK = "multilabel"


def assert_equal(method, folder, samples):
    result = by_engine(method, folder, samples, TASK)
    assert result.status == "ok", result.traceback
    model, X_test = by_scikit_learn(method, samples, TASK)
    np.testing.assert_array_equal(result.value["label"], model.predict(X_test))
    if "proba" in result.value:
        proba = model.predict_proba(X_test)
        np.testing.assert_allclose(result.value["proba"], proba, rtol=0, atol=1e-9)


# Where voters only name labels, scikit-learn's OneVsRestClassifier can't ask them.
@pytest.mark.parametrize("name", [name for name in METHODS if name != "hard voting"])
def test_several_labels_are_told_as_scikit_learn_does_it_label_by_label(name, tmp_path):
    assert_equal(METHODS[name], tmp_path, make_tagged())


@pytest.mark.parametrize("name", ["late weighted", "stacked fusion", "early"])
def test_several_labels_in_groups_are_told_as_scikit_learn_does(name, tmp_path):
    assert_equal(METHODS[name], tmp_path, make_tagged(groups=True))


@pytest.mark.parametrize(
    "classifier",
    [
        OneVsRestClassifier(LogisticRegression()),
        MultiOutputClassifier(LogisticRegression()),
        ClassifierChain(LogisticRegression()),
    ],
)
def test_what_takes_several_labels_itself_is_left_to_it(classifier, tmp_path):
    tagged = make_tagged()
    method = text(classifier)
    assert type(ready_for(method, tagged, first_fold(tagged, TASK), TASK)) is Pipeline
    model, X_test = by_scikit_learn(method, tagged, TASK)
    expected = model.predict_proba(X_test)
    if isinstance(expected, list):
        expected = np.column_stack([proba[:, 1] for proba in expected])
    found = by_engine(method, tmp_path, tagged, TASK).value["proba"]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("share", [0, 1])
def test_a_label_without_contrast_is_told_as_scikit_learn_does(share, tmp_path):
    tagged = make_tagged()
    tagged.y[:, 1] = share
    with pytest.warns(UserWarning, match="present in all training examples"):
        model, X_test = by_scikit_learn(METHODS["late mean"], tagged, TASK)
    expected = model.predict_proba(X_test)
    proba = by_engine(METHODS["late mean"], tmp_path, tagged, TASK).value["proba"]
    np.testing.assert_allclose(proba, expected, rtol=0, atol=1e-9)
    assert proba[:, 1].tolist() == [share] * len(expected)


def test_a_threshold_decides_about_each_label(tmp_path):
    low = FixedThresholdClassifier(LogisticRegression(), threshold=0.1)
    assert_equal(text(low), tmp_path, make_tagged())


def test_labels_share_what_looks_at_none_of_them():
    tagged = make_tagged()
    fold = first_fold(tagged, TASK)
    ready = ready_for(METHODS["late weighted"], tagged, fold, TASK)
    problem = problem_of(tagged, fold, TASK)
    kinds = Counter(
        type(getattr(node.work, "estimator", node.work)).__name__
        for node in walk([expand(ready, problem)])
    )
    # Three inner folds and the whole of the training rows, four labels; all pictures
    # in two chunks.
    assert kinds["TfidfVectorizer"] == 4
    assert kinds["Flatten"] == 2
    assert kinds["LogisticRegression"] == 4 * 4


def test_a_transformer_that_needs_labels_is_fitted_for_each(tmp_path):
    selecting = METHODS["image with selection"]
    tagged = make_tagged()
    fold = first_fold(tagged, TASK)
    problem = problem_of(tagged, fold, TASK)
    root = expand(ready_for(selecting, tagged, fold, TASK), problem)
    picks = [
        node
        for node in walk([root])
        if isinstance(getattr(node.work, "estimator", None), SelectKBest)
    ]
    assert sorted(node.views[0].key for node in picks) == [0, 1, 2, 3]
