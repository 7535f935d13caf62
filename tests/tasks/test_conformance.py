"""The conformance check passes the metrics that are right and names what is wrong."""

from dataclasses import replace
from operator import attrgetter

import numpy as np
import pytest

from mmbench.tasks import Metric, Prediction, Target, get_task
from mmbench.testing import check_metric

TARGET = Target(np.array(["a", "b", "b", "c", "a"]), {"classes": ["a", "b", "c"]})
LABEL = np.array([0, 1, 0, 2, 1])
PREDICTION = Prediction({"label": LABEL, "proba": (np.eye(3)[LABEL] + 0.1) / 1.3})


def right(target, prediction):
    """Return whether each row is right, and a one."""
    truth = np.searchsorted(target.schema["classes"], target.scored)
    return np.column_stack([truth == prediction["label"], np.ones(len(truth))])


SHARE = Metric(
    name="share",
    label="share",
    description="share of right answers",
    contributions=right,
    value=lambda sums: sums[0] / sums[1],
)


@pytest.mark.parametrize(
    "metric", get_task("classification").metrics, ids=attrgetter("name")
)
def test_metrics_of_classes_conform(metric):
    check_metric(metric, TARGET, PREDICTION)


@pytest.mark.regression
def test_metrics_of_numbers_conform():
    task = get_task("regression")
    target = task.data.completed(Target(np.array([1.0, 2.0, 4.0, 3.0])))
    answered = Prediction({"number": np.array([1.5, 2.0, 3.0, 3.5])})
    for metric in task.metrics:
        check_metric(metric, target, answered)


def test_an_own_metric_conforms():
    check_metric(SHARE, TARGET, PREDICTION)


def shuffles(target, prediction):
    """Add noise to what each row contributes."""
    return right(target, prediction) + np.random.default_rng().random()


def spoils(target, prediction):
    """Change the answers."""
    prediction["label"][:] = 0
    return right(target, prediction)


FAULTS = {
    "needs 'number'": {"needs": "number"},
    "must leave label as it is": {"contributions": spoils},
    "two-dimensional": {"contributions": lambda *pair: right(*pair)[:, 0]},
    "must be finite": {"contributions": lambda *pair: right(*pair) / 0},
    "taken again": {"contributions": shuffles},
    "ValueError: The truth value": {"value": lambda s: s[0] / s[1] if s[1] else 0.0},
    r"a number for sums of shape \(2,\)": {"value": lambda sums: sums},
    "the value of each": {"value": lambda sums: sums[0] / sums[1].max()},
    "is_share must be False": {"value": lambda sums: 1 + sums[0]},
    "order of rows": {
        "contributions": lambda *pair: right(*pair) * np.arange(5)[:, None]
    },
    "must be a finite number": {"value": lambda sums: np.log(sums[0] * 0 - 1)},
}


@pytest.mark.parametrize("rule", FAULTS)
def test_a_broken_rule_is_named(rule):
    own = Prediction({name: a.copy() for name, a in PREDICTION.arrays.items()})
    with (
        np.errstate(all="ignore"),
        pytest.raises(AssertionError, match=f"^share is not a valid metric.*{rule}"),
    ):
        check_metric(replace(SHARE, **FAULTS[rule]), TARGET, own)


def test_a_score_of_all_rows_needs_no_sums():
    area = replace(
        SHARE, contributions=None, value=None, compute=lambda target, _: len(target.y)
    )
    with pytest.raises(AssertionError, match="is_share must be False"):
        check_metric(area, TARGET, PREDICTION)


def test_rows_of_target_and_prediction_must_match():
    with pytest.raises(ValueError, match="same rows, two or more, got 2 and 5"):
        check_metric(SHARE, TARGET.take(slice(2)), PREDICTION)
