"""Of many answers, the probabilities of the likeliest are kept."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier, StackingClassifier
from sklearn.linear_model import LogisticRegression

from mmbench.fusion import LateFusionClassifier
from mmbench.tasks import Prediction
from mmbench.tasks.answering import likely
from tests.engine.oracle import by_engine, by_scikit_learn
from tests.engine.test_equal import image, text
from tests.tasks.answering.asked import make_asked

pytestmark = [
    pytest.mark.answering,
    pytest.mark.filterwarnings("ignore:Number of classes in training fold"),
]

ASKED = make_asked()  # six answers or so, one of which a single row has
VOTERS = [
    ("text", text(LogisticRegression())),
    ("image", image(RandomForestClassifier(20))),
]


@pytest.fixture
def two_likely(monkeypatch):
    monkeypatch.setattr(likely, "N_LIKELY", 2)
    monkeypatch.setattr(likely, "_MOST_CELLS", 30)  # a few rows at a time


def test_the_likeliest_answers_keep_their_probabilities(two_likely):
    proba = np.array([[0.1, 0.5, 0.1, 0.3], [0.7, 0.1, 0.1, 0.1]])
    whole = Prediction({"label": np.array([1, 0]), "proba": proba})

    kept = likely.likeliest(whole)
    found = likely.all_probable(kept, 4, np.array([0, 1, 3]))

    assert kept["confidence"].tolist() == [0.5, 0.7]
    assert kept["likely"].tolist()[0] == [1, 3]
    # 0.2 is left of the first row, for the one seen answer beside those two.
    np.testing.assert_allclose(found["proba"][0], [0.2, 0.5, 0.0, 0.3], atol=1e-6)


def test_an_answer_that_is_not_likely_has_its_share_of_the_rest(two_likely):
    proba = np.array([[0.1, 0.4, 0.2, 0.3]])
    kept = likely.likeliest(Prediction({"label": np.array([1]), "proba": proba}))

    found = [likely.of_answer(kept, np.array([n]), 4).item() for n in range(4)]

    np.testing.assert_allclose(found, [0.15, 0.4, 0.15, 0.3], atol=1e-6)


def test_nothing_is_rounded_where_answers_are_few(tmp_path):
    found = by_engine(VOTERS[0][1], tmp_path, ASKED, "answering").value

    assert found["proba"].dtype == np.float64
    assert "likely" not in found


@pytest.mark.parametrize("rule", ["mean", "product", "weighted"])
def test_voters_of_few_seen_answers_are_fused_as_ever(rule, tmp_path, monkeypatch):
    method = LateFusionClassifier(VOTERS, rule=rule, cv=2)
    monkeypatch.setattr(likely, "_MOST_CELLS", 30)
    n_answers = len(np.unique(ASKED.y))
    # All but the one answer that is seen least are kept.
    monkeypatch.setattr(likely, "N_LIKELY", n_answers - 1)

    found = by_engine(method, tmp_path, ASKED, "answering")
    model, X_test = by_scikit_learn(method, ASKED, "answering")

    assert found.status == "ok", found.traceback
    assert found.value["likely"].shape[1] == n_answers - 1
    classes = np.unique(ASKED.y)
    expected = model.predict_proba(X_test).max(axis=1)
    np.testing.assert_allclose(found.value["confidence"], expected, atol=1e-4)
    said = classes[found.value["label"]]
    assert said.tolist() == model.predict(X_test).tolist()


@pytest.mark.parametrize(
    "method",
    [
        text(LogisticRegression()),
        LateFusionClassifier(VOTERS),
        StackingClassifier(VOTERS, LogisticRegression(), cv=2),
    ],
    ids=["alone", "late", "stacked"],
)
def test_answers_hardly_change_where_two_are_kept(method, tmp_path, two_likely):
    found = by_engine(method, tmp_path, ASKED, "answering")
    model, X_test = by_scikit_learn(method, ASKED, "answering")

    assert found.status == "ok", found.traceback
    assert found.value["likely"].shape[1] == 2
    said = np.unique(ASKED.y)[found.value["label"]]
    assert np.mean(said == model.predict(X_test)) >= 0.9
