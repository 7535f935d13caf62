"""The oracle of the engine: plain scikit-learn's fit and predict of the clone."""

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
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    KFold,
    StratifiedKFold,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from mmbench.feature_extraction import HashingVectorizer, TfidfVectorizer
from mmbench.fusion import (
    FoldBaggingClassifier,
    GreedyEnsembleClassifier,
    HybridFusionClassifier,
    LateFusionClassifier,
    branch,
    canonical_fusion,
    early_fusion,
    interaction_fusion,
    kernel_fusion,
    robust_fusion,
    similarity_fusion,
    stacked_fusion,
    stacked_layers,
)

from .conftest import Flatten, make_samples
from .oracle import SAMPLES, assert_equal, by_engine, first_fold


def centred(X):
    return X - np.mean(X, axis=0)


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
    "similarity": similarity_fusion(BLOCKS, LogisticRegression(), cv=3),
    "converted": robust_fusion(BLOCKS, LogisticRegression(), dropout=0.3),
    "similarity alone": similarity_fusion(BLOCKS, GaussianNB(), joined=False),
    "kernel": kernel_fusion(BLOCKS, SVC(kernel="precomputed")),
    "canonical": canonical_fusion(BLOCKS, LogisticRegression(), n_components=5),
    "late mean": LateFusionClassifier(VOTERS),
    "late product": LateFusionClassifier(VOTERS, rule="product"),
    "late max": LateFusionClassifier(VOTERS, rule="max"),
    "late vote": LateFusionClassifier(VOTERS, rule="vote"),
    "late weighted": LateFusionClassifier(VOTERS, rule="weighted", cv=3),
    "greedy": GreedyEnsembleClassifier(VOTERS, cv=3),
    "greedy of calibrated": GreedyEnsembleClassifier(
        [
            ("text", text(CalibratedClassifierCV(LinearSVC(), cv=2, ensemble=False))),
            VOTERS[1],
        ],
        cv=3,
    ),
    "greedy of similarity": GreedyEnsembleClassifier(
        [
            ("similarity", similarity_fusion(BLOCKS, LogisticRegression(), cv=3)),
            VOTERS[1],
        ],
        cv=3,
    ),
    "greedy, bagged": GreedyEnsembleClassifier(VOTERS, cv=3, bagged=True),
    "bag of folds": FoldBaggingClassifier(text(LogisticRegression()), cv=3),
    "bag of folds behind features": make_pipeline(
        image(), FoldBaggingClassifier(GaussianNB(), cv=3)
    ),
    "stacked in two layers": stacked_layers(
        VOTERS,
        [[("trees", RandomForestClassifier(n_estimators=5)), ("bayes", GaussianNB())]],
        LogisticRegression(),
        cv=3,
    ),
    "greedy without replacement": GreedyEnsembleClassifier(
        VOTERS, rule="product", scoring="accuracy", replace=False, cv=3
    ),
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


@pytest.mark.parametrize(
    "name",
    [
        *("greedy", "late weighted", "stacked fusion", "voting"),
        *("late fusion of stacks", "stacked in two layers", "greedy of calibrated"),
        *("similarity", "greedy of similarity"),
    ],
)
def test_inner_folds_keep_groups_whole_as_scikit_learn_would(name, tmp_path):
    assert_equal(METHODS[name], tmp_path, make_samples(groups=True))


@pytest.mark.parametrize("name", ["late mean", "hashed text", "union of whole blocks"])
def test_rows_in_chunks_are_answered_as_scikit_learn_does(name, tmp_path, monkeypatch):
    monkeypatch.setattr("mmbench.engine.graph.expansion._CHUNK_ROWS", (40, 40))
    assert_equal(METHODS[name], tmp_path)


def test_two_classes_are_stacked_as_scikit_learn_does(tmp_path):
    two = SAMPLES._replace(y=np.where(SAMPLES.y == "a", "a", "b"))
    assert_equal(METHODS["stacking"], tmp_path, two)


@pytest.mark.parametrize(
    "method",
    [
        FixedThresholdClassifier(text(LogisticRegression()), threshold=0.2),
        text(FixedThresholdClassifier(LogisticRegression(), threshold=0.8)),
        image(SVC(probability=True, random_state=0)),
    ],
)
@pytest.mark.filterwarnings("ignore:The `probability` parameter:FutureWarning")
def test_labels_are_those_of_predict_not_the_most_probable(method, tmp_path):
    two = SAMPLES._replace(y=np.where(SAMPLES.y == "a", "a", "b"))
    assert_equal(method, tmp_path, two)


def test_a_class_that_training_rows_lack_gets_no_probability(tmp_path):
    fold = first_fold(SAMPLES)
    y = SAMPLES.y.astype("U9")
    y[fold.test[0]] = "unseen"
    samples = SAMPLES._replace(y=y)
    proba = by_engine(METHODS["late product"], tmp_path, samples, fold=fold).value[
        "proba"
    ]
    unseen = np.unique(y).tolist().index("unseen")
    assert proba[:, unseen].tolist() == [0.0] * len(fold.test)
    assert proba.sum(axis=1) == pytest.approx(np.ones(len(fold.test)))


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
    max_examples=10,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(method=methods())
def test_any_composition_is_answered_as_scikit_learn_does(method, tmp_path_factory):
    assert_equal(method, tmp_path_factory.mktemp("cache"))
