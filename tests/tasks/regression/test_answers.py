"""What counts as an answer, what floors say, and what is kept of predictions."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import get_scorer
from sklearn.preprocessing import StandardScaler

from mmbench.fusion import combine_numbers, learn_number_weights
from mmbench.tasks import Prediction, Target, get_task
from mmbench.tasks.regression.estimators import LogTargetRegressor
from mmbench.tasks.scorers import metric_of_scorer

REGRESSION = get_task("regression")
ANSWERS = REGRESSION.answers
TARGET = REGRESSION.data.completed(Target(np.array([1.5, 2.0, 4.0])))


class Says:
    def __init__(self, answer):
        self.answer = answer

    def predict(self, X):
        return self.answer


def asked(answer):
    return ANSWERS.predict(Says(answer), None, TARGET)


def test_numbers_of_any_type_become_floats():
    assert asked([1, 2, 3])["number"].dtype == np.float64
    column = np.array([[1.0], [2.0]], np.float32)
    assert asked(column)["number"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (["a", "b"], "must return numbers"),
        (np.zeros((3, 2)), r"one number per row, got shape \(3, 2\)"),
        ([1.0, np.nan], "must return finite numbers"),
        ([1.0, np.inf], "must return finite numbers"),
        ([1.0, 1e200], r"predict returned 1e\+200, whose square overflows"),
    ],
)
def test_what_is_no_number_a_row_is_refused(answer, message):
    with pytest.raises(ValueError, match=message):
        asked(answer)


def test_only_classifiers_are_refused():
    assert ANSWERS.refusal(LogisticRegression()) == (
        "is a classifier; regression needs a regressor"
    )
    assert ANSWERS.refusal(LinearRegression()) is None
    assert ANSWERS.is_answer(LinearRegression())
    assert not ANSWERS.is_answer(StandardScaler())


def test_floors_say_the_mean_and_the_median():
    X, y = np.zeros((4, 1)), [1.0, 2.0, 4.0, 9.0]
    said = {
        name: floor.fit(X, y).predict(X[:1]).tolist()
        for name, floor in ANSWERS.floors().items()
    }
    assert said == {"mean": [4.0], "median": [3.0]}


def test_late_fusion_learns_the_mean_and_weights():
    parts = [Prediction({"number": np.array(n)}) for n in ([1.0, 2, 5], [2.0, 1, 4])]
    present = np.array([[True, True, False], [True, False, False]])
    learnt = ANSWERS.learn_fusion("weighted", TARGET, parts, present)
    numbers = np.array([part["number"] for part in parts])
    weights = learn_number_weights(numbers, TARGET.y, present)
    assert learnt.prior == 2.5
    fused = ANSWERS.fuse("weighted", learnt, parts, present, TARGET)["number"]
    expected = combine_numbers(numbers, present, "weighted", weights, 2.5)
    assert fused.tolist() == expected.tolist()
    assert fused[1:].tolist() == [2.0, 2.5]


def test_what_is_kept_is_read_back():
    prediction = Prediction({"number": np.array([1.0, 2.0, 3.0])})
    kept = ANSWERS.dump(TARGET, prediction)
    assert all(each.dtype.kind in "fb" for each in kept.values())
    target, again = ANSWERS.load(kept)
    assert target.y.tolist() == [1.5, 2.0, 4.0]
    assert target.schema == TARGET.schema
    assert again["number"].tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match="must have one shape"):
        ANSWERS.load(dict(kept) | {"number": np.ones(2)})
    with pytest.raises(ValueError, match="number must hold finite numbers"):
        ANSWERS.load(dict(kept) | {"number": np.array([1.0, np.nan, 3.0])})


def test_scikit_learns_scorers_score_numbers():
    metric = metric_of_scorer(get_scorer("neg_mean_absolute_error"), REGRESSION)
    prediction = Prediction({"number": np.array([1.0, 2.0, 3.0])})
    assert metric.compute(TARGET, prediction) == -0.5


def test_a_log_target_turns_products_into_sums_and_stays_in_the_trained_range():
    X = np.arange(8.0)[:, None]
    model = LogTargetRegressor(LinearRegression()).fit(X, np.expm1(1 + X[:, 0]))
    expected = np.expm1([1.0, 4.5, 8.0])
    np.testing.assert_allclose(model.predict([[-9.0], [3.5], [9.0]]), expected)
    assert ANSWERS.is_answer(model)


def test_a_number_without_a_logarithm_is_refused():
    with pytest.raises(ValueError, match="numbers above -1, got -1"):
        LogTargetRegressor(LinearRegression()).fit([[0.0], [1.0]], [-1.0, 2.0])
