"""The engine answers questions as plain fit and predict of the method do."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from mmbench.fusion import (
    GreedyEnsembleClassifier,
    HybridFusionClassifier,
    LateFusionClassifier,
    branch,
    early_fusion,
    interaction_fusion,
)
from mmbench.predictors import XGBoostClassifier
from mmbench.tasks.answering.estimators import QuestionBeginnings, QuestionPrior
from mmbench.tasks.answering.metrics import answers_given
from tests.engine.oracle import by_engine, by_scikit_learn, context_of, first_fold
from tests.engine.test_equal import image, text
from tests.tasks.answering.asked import make_asked

pytestmark = [
    pytest.mark.answering,
    # Plain scikit-learn says so where an answer is in one inner fold only.
    pytest.mark.filterwarnings("ignore:Number of classes in training fold"),
]

TASK = "answering"
ASKED = make_asked()
VOTERS = [
    ("text", text(LogisticRegression())),
    ("image", image(RandomForestClassifier(5))),
]


class LastWord(BaseEstimator):
    """Answers with words of its own, and gives no probabilities."""

    def fit(self, X, y):
        self.fitted_ = True
        return self

    def predict(self, X):
        return np.array([each.split()[-1] if each else "" for each in X])


METHODS = {
    "dummy": DummyClassifier(strategy="prior"),
    "prior": branch("text", QuestionPrior()),
    "early": early_fusion(
        [("text", text()), ("image", image())], DecisionTreeClassifier()
    ),
    "boosted": early_fusion(
        [("text", text()), ("image", image())], XGBoostClassifier(n_estimators=3)
    ),
    "voting": VotingClassifier(VOTERS, voting="soft"),
    "late": LateFusionClassifier(VOTERS, rule="weighted", cv=3),
    "greedy": GreedyEnsembleClassifier(VOTERS, rule="mean", cv=3),
    "hybrid": HybridFusionClassifier(
        [("text", text()), ("image", image())],
        LogisticRegression(),
        rule="weighted",
        cv=3,
    ),
    "experts": interaction_fusion(
        [
            ("text", branch("text", QuestionBeginnings(5))),
            ("image", image()),
        ],
        LogisticRegression(),
    ),
    "words of its own": branch("text", LastWord()),
}


def assert_equal(method, folder, samples):
    result = by_engine(method, folder, samples, TASK)
    assert result.status == "ok", result.traceback
    model, X_test = by_scikit_learn(method, samples, TASK)
    target = context_of(samples, TASK).target
    assert (
        answers_given(target, result.value).tolist() == model.predict(X_test).tolist()
    )
    if hasattr(model, "predict_proba"):
        seen = np.searchsorted(target.schema["classes"], model.classes_)
        np.testing.assert_allclose(
            result.value["proba"][:, seen], model.predict_proba(X_test), atol=1e-9
        )


@pytest.mark.parametrize("name", METHODS)
def test_questions_are_answered_as_the_plain_method_does(name, tmp_path):
    assert_equal(METHODS[name], tmp_path, ASKED)


def test_a_stack_whose_inner_folds_lack_an_answer_is_the_plain_one(tmp_path):
    stack = StackingClassifier(VOTERS, LogisticRegression(), cv=3)
    assert_equal(stack, tmp_path, ASKED)


def test_inner_folds_keep_groups_and_pictures_whole(tmp_path):
    assert_equal(METHODS["late"], tmp_path, make_asked(groups=True))


def test_methods_choose_among_the_commonest_answers_of_training_rows(tmp_path):
    samples = ASKED._replace(schema={"n_answers": 2})
    fold = first_fold(samples, TASK)
    trained = first_fold(ASKED, TASK).train
    names, counts = np.unique(ASKED.y[trained], return_counts=True)
    commonest = set(names[np.argsort(counts)[-2:]])
    assert set(samples.y[fold.train]) == commonest < set(names)
    model, X_test = by_scikit_learn(METHODS["early"], samples, TASK)
    assert set(model.predict(X_test)) <= commonest
    result = by_engine(METHODS["early"], tmp_path, samples, TASK)
    assert len(result.value) == len(fold.test)
