"""The oracle of the engine: plain scikit-learn's fit and predict of the clone."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    BaggingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from mmbench.datasets import classes_of
from mmbench.engine import folds_of, prepared
from mmbench.engine.cache import Cache
from mmbench.engine.compositions import expand
from mmbench.engine.expansion import Task, source
from mmbench.engine.local_executor import InProcess, in_process
from mmbench.engine.local_workers import Place
from mmbench.engine.node import walk
from mmbench.engine.schedule import Schedule
from mmbench.engine.values import Context, Rows
from mmbench.engine.worker import Job, cut
from mmbench.feature_extraction import HashingVectorizer, TfidfVectorizer
from mmbench.fusion import (
    HybridFusionClassifier,
    LateFusionClassifier,
    branch,
    early_fusion,
    interaction_fusion,
    stacked_fusion,
)

from .conftest import Flatten, make_samples, make_tagged

SAMPLES = make_samples()
CLASSES = np.unique(SAMPLES.y)


def centred(X):
    return X - np.mean(X, axis=0)


def by_engine(method, folder, samples=SAMPLES, seed=0):
    """Return the engine's probabilities of the first fold's test rows."""
    fold = folds_of(samples, 3, seed)[0]
    ready = ready_for(method, samples, fold, seed)
    rows = Rows(fold.train, fold.test)
    root = expand(ready, Task(source("fruit"), rows, samples.y))
    place = Place(folder, "test")
    schedule = Schedule({"t": root}, Cache(*place))
    contexts = {"fruit": Context(samples.X, samples.y, classes_of(samples))}
    for ended in schedule.found():
        return ended.result
    with in_process(contexts, place) as executor:
        assert isinstance(executor, InProcess)
        while schedule.n_open:
            for node in schedule.next_batch():
                executor.submit([Job(node=cut(node), given=schedule.given(node))])
            for result in executor.wait():
                ended = schedule.settle(result)
                if ended:
                    return ended[0].result
    raise AssertionError("the schedule ended without an answer")


def ready_for(method, samples, fold, seed):
    groups = None if samples.groups is None else samples.groups[fold.train]
    return prepared(method, seed=seed, y=samples.y[fold.train], groups=groups)


def by_scikit_learn(method, samples=SAMPLES, seed=0):
    fold = folds_of(samples, 3, seed)[0]
    model = ready_for(method, samples, fold, seed)
    model.fit(samples.X.iloc[fold.train], samples.y[fold.train])
    X_test = samples.X.iloc[fold.test]
    if hasattr(model, "predict_proba"):
        return model.predict_proba(X_test)
    if samples.y.ndim == 2:
        return model.predict(X_test).astype(float)
    return (model.predict(X_test)[:, None] == model.classes_).astype(float)


def assert_equal(method, folder, samples=SAMPLES):
    result = by_engine(method, folder, samples)
    assert result.status == "ok", result.traceback
    expected = by_scikit_learn(method, samples)
    found = result.value.proba
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
    if samples.y.ndim == 2:
        assert np.array_equal(found > 0.5, expected > 0.5)
    else:
        assert found.argmax(axis=1).tolist() == expected.argmax(axis=1).tolist()


def text(classifier=None):
    steps = (
        [TfidfVectorizer()] if classifier is None else [TfidfVectorizer(), classifier]
    )
    return branch("text", *steps)


def image(classifier=None):
    steps = [Flatten(), StandardScaler()]
    return branch("image", *steps, *([] if classifier is None else [classifier]))


def size(classifier):
    return branch(["size"], StandardScaler(), classifier)


VOTERS = [
    ("text", text(LogisticRegression())),
    ("image", image(RandomForestClassifier(n_estimators=5))),
    ("size", size(GaussianNB())),
]
BLOCKS = [("text", text()), ("image", image())]

METHODS = {
    "dummy": DummyClassifier(),
    "text alone": text(LogisticRegression()),
    "no probabilities": text(RidgeClassifier()),
    "hashed text": branch(
        "text", HashingVectorizer(n_features=64), LogisticRegression()
    ),
    "image with selection": branch(
        "image", Flatten(), SelectKBest(k=5), LogisticRegression()
    ),
    "calibrated classifier": text(CalibratedClassifierCV(LinearSVC(), cv=3)),
    "calibrated pipeline": CalibratedClassifierCV(image(LinearSVC()), cv=3),
    "bagging": image(BaggingClassifier(DecisionTreeClassifier(), n_estimators=5)),
    "grid search": GridSearchCV(
        text(LogisticRegression()), {"logisticregression__C": [0.1, 10]}, cv=2
    ),
    "whole-column statistics": branch(
        ["size"], FunctionTransformer(centred), LogisticRegression()
    ),
    "union": make_pipeline(
        FeatureUnion(BLOCKS, transformer_weights={"text": 2.0}), LogisticRegression()
    ),
    "union of whole blocks": make_pipeline(
        FeatureUnion(
            [("a", branch("image", Flatten())), ("b", branch("image", Flatten(0.5)))]
        ),
        GaussianNB(),
    ),
    "column transformer, dense": make_pipeline(
        ColumnTransformer(
            [("i", Flatten(), "image"), ("s", StandardScaler(), ["size"])]
        ),
        LogisticRegression(max_iter=2000),
    ),
    "column transformer, sparse": make_pipeline(
        ColumnTransformer(
            [("t", TfidfVectorizer(), "text"), ("s", StandardScaler(), ["size"])],
            sparse_threshold=0.9,
        ),
        LogisticRegression(),
    ),
    "column transformer with remainder": make_pipeline(
        ColumnTransformer(
            [("t", TfidfVectorizer(), "text"), ("i", "drop", ["image"])],
            remainder="passthrough",
        ),
        LogisticRegression(),
    ),
    "passthrough step": Pipeline(
        [("pick", image()), ("nothing", "passthrough"), ("clf", GaussianNB())]
    ),
    "voting": VotingClassifier(VOTERS, voting="soft", weights=[1, 2, 1]),
    "hard voting": VotingClassifier(VOTERS, voting="hard"),
    "stacking": StackingClassifier(VOTERS, LogisticRegression(), cv=3),
    "stacking, default final": StackingClassifier(VOTERS),
    "stacking, shuffled": StackingClassifier(
        VOTERS, cv=StratifiedKFold(3, shuffle=True, random_state=1)
    ),
    "stacking of features": make_pipeline(
        image(),
        StackingClassifier(
            [("a", GaussianNB()), ("b", LogisticRegression())],
            DecisionTreeClassifier(),
            cv=KFold(4),
        ),
    ),
    "early": early_fusion(BLOCKS, LogisticRegression()),
    "interaction": interaction_fusion(BLOCKS[:2], LogisticRegression()),
    "late mean": LateFusionClassifier(VOTERS),
    "late product": LateFusionClassifier(VOTERS, rule="product"),
    "late max": LateFusionClassifier(VOTERS, rule="max"),
    "late vote": LateFusionClassifier(VOTERS, rule="vote"),
    "late weighted": LateFusionClassifier(VOTERS, rule="weighted", cv=3),
    "hybrid": HybridFusionClassifier(BLOCKS, LogisticRegression()),
    "hybrid weighted": HybridFusionClassifier(
        BLOCKS, LogisticRegression(), rule="weighted", cv=3
    ),
    "stacked fusion": stacked_fusion(VOTERS, LogisticRegression(), cv=3),
    "late fusion of stacks": LateFusionClassifier(
        [("s", stacked_fusion(VOTERS, GaussianNB(), cv=2)), ("t", VOTERS[0][1])],
        rule="weighted",
        cv=2,
    ),
}


@pytest.mark.parametrize("name", METHODS)
def test_the_engine_answers_as_scikit_learn_does(name, tmp_path):
    assert_equal(METHODS[name], tmp_path)


@pytest.mark.parametrize("name", ["stacking", "late weighted", "hybrid"])
def test_an_answer_from_the_cache_is_the_same(name, tmp_path):
    for _ in range(2):
        assert_equal(METHODS[name], tmp_path)


@pytest.mark.parametrize("name", ["late weighted", "stacked fusion", "voting"])
def test_inner_folds_keep_groups_whole_as_scikit_learn_would(name, tmp_path):
    assert_equal(METHODS[name], tmp_path, make_samples(groups=True))


@pytest.mark.parametrize("name", ["late mean", "hashed text", "union of whole blocks"])
def test_rows_in_chunks_are_answered_as_scikit_learn_does(name, tmp_path, monkeypatch):
    monkeypatch.setattr("mmbench.engine.expansion._CHUNK_ROWS", (40, 40))
    assert_equal(METHODS[name], tmp_path)


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
    fold = folds_of(tagged, 3, 0)[0]
    method = text(classifier)
    assert type(ready_for(method, tagged, fold, 0)) is Pipeline
    expected = by_scikit_learn(method, tagged)
    if isinstance(expected, list):
        expected = np.column_stack([proba[:, 1] for proba in expected])
    found = by_engine(method, tmp_path, tagged).value.proba
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("share", [0, 1])
def test_a_label_without_contrast_is_told_as_scikit_learn_does(share, tmp_path):
    tagged = make_tagged()
    tagged.y[:, 1] = share
    with pytest.warns(UserWarning, match="present in all training examples"):
        expected = by_scikit_learn(METHODS["late mean"], tagged)
    result = by_engine(METHODS["late mean"], tmp_path, tagged)
    np.testing.assert_allclose(result.value.proba, expected, rtol=0, atol=1e-9)
    assert result.value.proba[:, 1].tolist() == [share] * len(expected)


def test_labels_share_what_looks_at_none_of_them():
    tagged = make_tagged()
    fold = folds_of(tagged, 3, 0)[0]
    ready = ready_for(METHODS["late weighted"], tagged, fold, 0)
    task = Task(source("fruit"), Rows(fold.train, fold.test), tagged.y)
    kinds = Counter(
        type(getattr(node.work, "estimator", node.work)).__name__
        for node in walk([expand(ready, task)])
    )
    # Three inner folds and the whole of the training rows, four labels; all pictures
    # in two chunks.
    assert kinds["TfidfVectorizer"] == 4
    assert kinds["Flatten"] == 2
    assert kinds["LogisticRegression"] == 4 * 4


def test_a_transformer_that_needs_labels_is_fitted_for_each(tmp_path):
    selecting = METHODS["image with selection"]
    tagged = make_tagged()
    fold = folds_of(tagged, 3, 0)[0]
    task = Task(source("fruit"), Rows(fold.train, fold.test), tagged.y)
    root = expand(ready_for(selecting, tagged, fold, 0), task)
    picks = [
        node
        for node in walk([root])
        if isinstance(getattr(node.work, "estimator", None), SelectKBest)
    ]
    assert sorted(node.label for node in picks) == [0, 1, 2, 3]


def test_two_classes_are_stacked_as_scikit_learn_does(tmp_path):
    two = SAMPLES._replace(y=np.where(SAMPLES.y == "a", "a", "b"))
    assert_equal(METHODS["stacking"], tmp_path, two)


def test_a_class_that_training_rows_lack_gets_no_probability(tmp_path):
    fold = folds_of(SAMPLES, 3, 0)[0]
    y = SAMPLES.y.astype("U9")
    y[fold.test[0]] = "unseen"
    result = by_engine_rows(METHODS["late product"], y, fold, tmp_path)
    unseen = np.unique(y).tolist().index("unseen")
    assert result.value.proba[:, unseen].tolist() == [0.0] * len(fold.test)
    assert result.value.proba.sum(axis=1) == pytest.approx(np.ones(len(fold.test)))


def by_engine_rows(method, y, fold, folder):
    ready = prepared(method, seed=0, y=y[fold.train])
    root = expand(ready, Task(source("fruit"), Rows(fold.train, fold.test), y))
    place = Place(folder, "rows")
    schedule = Schedule({"t": root}, Cache(*place))
    contexts = {"fruit": Context(SAMPLES.X, y, np.unique(y))}
    with in_process(contexts, place) as executor:
        while True:
            for node in schedule.next_batch():
                executor.submit([Job(node=cut(node), given=schedule.given(node))])
            for result in executor.wait():
                ended = schedule.settle(result)
                if ended:
                    return ended[0].result


leaves = st.sampled_from(["text", "image", "size"])


@st.composite
def methods(draw, depth=2):
    kind = draw(
        st.sampled_from(["leaf", "late", "vote", "stack", "early", "calibrated"])
    )
    if depth == 0 or kind == "leaf":
        classifier = draw(
            st.sampled_from([LogisticRegression(), DecisionTreeClassifier(max_depth=3)])
        )
        make = {"text": text, "image": image, "size": size}[draw(leaves)]
        return make(classifier)
    if kind == "early":
        return early_fusion(BLOCKS, LogisticRegression())
    if kind == "calibrated":
        return CalibratedClassifierCV(draw(methods(depth=0)), cv=2)
    inner = draw(st.lists(methods(depth=depth - 1), min_size=1, max_size=3))
    voters = [(f"v{i}", voter) for i, voter in enumerate(inner)]
    if kind == "vote":
        return VotingClassifier(voters, voting="soft")
    if kind == "stack":
        return stacked_fusion(voters, GaussianNB(), cv=2)
    rule = draw(st.sampled_from(["mean", "product", "max", "vote", "weighted"]))
    return LateFusionClassifier(voters, rule=rule, cv=2)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(method=methods())
def test_any_composition_is_answered_as_scikit_learn_does(method, tmp_path_factory):
    assert_equal(method, tmp_path_factory.mktemp("cache"))
