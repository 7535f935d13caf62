"""Verdicts about retrained methods, from retrainings whose truth is known."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from mmbench.report.judging.comparisons import FITTED, RETRAINED, Comparison
from mmbench.report.judging.further_fits import FurtherFits
from mmbench.report.judging.verdicts import Judgement, judge
from mmbench.results import Predictions, Record
from tests.report.test_verdicts import CLASSES, Made, said

PAIR = {"first": ("text", "none", "Logistic"), "second": ("text", "none", "Tree")}
N_SPLITS, N_PARTS, N_ROWS = 5, 3, 50


class Fits:
    """FurtherFits of two methods: which answers are right is drawn."""

    def __init__(
        self,
        run: Made,
        spread: float,
        *,
        constant: str = "",
        checksum: str | None = None,
        failed: str = "",
    ) -> None:
        rng = np.random.default_rng(1)
        self.right: dict[tuple[str, int], np.ndarray] = {}
        self.predictions: dict[str, Predictions] = {}
        self.records: dict[str, Record] = {}
        self.plan: dict[str, Any] = {
            "designs": {
                "d0": {"kind": "parts", "n_draws": N_SPLITS, "n_parts": N_PARTS}
            },
            "reasons": {},
            "datasets": {"d0": {"checksum": checksum, "notices": []}},
            "methods": {name: {"digest": None, "n": 1} for name in run.plan["methods"]},
            "trials": [],
        }
        for seed in range(N_SPLITS * N_PARTS):
            y = rng.integers(0, 3, N_ROWS)
            for name in run.plan["methods"]:
                accuracy = np.clip(0.7 + spread * rng.normal(), 0, 1)
                right = rng.random(N_ROWS) < accuracy
                answer = np.where(right, y, (y + 1) % 3)
                if name == constant:
                    answer = np.zeros(N_ROWS, np.int64)
                self.right[name, seed] = right * 1.0
                key = f"{len(self.records):06x}"
                place = {"dataset": "d0", "method": name, "fold": 0, "seed": seed}
                self.plan["trials"].append({"key": key, **place})
                is_ok = name != failed
                self.records[key] = Record(
                    key=key, suite="made", status="ok" if is_ok else "failed", **place
                )
                proba = np.where(np.eye(3)[answer], 0.8, 0.1)
                kept = {"y_true": CLASSES[y], "classes": CLASSES, "proba": proba}
                self.predictions[key] = Predictions(
                    np.arange(N_ROWS) + 1000 * seed, kept
                )

    def judge(self, run: Made) -> Judgement:
        found = FurtherFits(self.plan, self.records, self.predictions.__getitem__)
        return judge(replace(run.run(), retrainings=found))["d0"]


def made(**accuracies: float) -> Made:
    run = Made(PAIR, accuracies or {"first": 0.75, "second": 0.65}, n=600)
    run.plan["scoring"] = ["accuracy"]
    run.plan["datasets"]["d0"]["ranked_by"] = "accuracy"
    run.plan["datasets"]["d0"]["task"] = "classification"
    return run


def only(judgement: Judgement) -> Comparison:
    (found,) = judgement.comparisons
    return found


def test_interval_and_p_value_are_those_of_the_procedure() -> None:
    run = made()
    fits = Fits(run, 0.1)

    found = only(fits.judge(run))

    leads = [fits.right["first", s] - fits.right["second", s] for s in range(15)]
    parts = np.array([lead.mean() for lead in leads]).reshape(N_SPLITS, N_PARTS)
    within = np.array([lead.var(ddof=1) / N_ROWS for lead in leads]).mean()
    excess = (parts.var(axis=1, ddof=1).mean() - within) / N_PARTS
    (fitted,) = run.judge()["d0"].comparisons
    error = np.sqrt(fitted.error**2 + excess)
    reach = stats.t.ppf(0.975, N_SPLITS * (N_PARTS - 1)) * error
    assert found.scope == RETRAINED
    assert found.estimate == fitted.estimate
    assert found.low == pytest.approx(found.estimate - reach, rel=1e-3)
    assert found.high == pytest.approx(found.estimate + reach, rel=1e-3)
    assert (found.fitted_low, found.fitted_high) == (fitted.low, fitted.high)


def test_what_fitted_models_show_may_not_be_established_for_the_methods() -> None:
    run = made()
    assert run.judge()["d0"].comparisons[0].is_gain

    judgement = Fits(run, 0.2).judge(run)

    text = said(judgement)
    assert text.startswith("No significant difference between first and second: +")
    assert "(with retraining: 95 % CI " in text
    assert "; these fitted models: " in text
    assert (
        "These fitted models differ; for the methods that is not established." in text
    )
    assert "from 15 fits of each of 2 methods to random parts of the data" in text


def test_a_gain_that_training_leaves_is_said_of_the_methods() -> None:
    run = made(first=0.9, second=0.6)
    text = said(Fits(run, 0.0).judge(run))
    assert text.startswith("first adds 3")
    assert "(with retraining: 95 % CI " in text


@pytest.mark.parametrize(
    "changes", [{"checksum": "of other data"}, {"failed": "second"}]
)
def test_fits_that_are_of_others_or_failed_say_nothing(
    changes: Mapping[str, Any],
) -> None:
    run = made()
    judgement = Fits(run, 0.2, **changes).judge(run)
    assert only(judgement).scope == FITTED
    assert "with retraining" not in said(judgement)


def test_nothing_is_said_of_a_method_whose_fits_name_a_single_class() -> None:
    run = made()
    judgement = Fits(run, 0.1, constant="second").judge(run)
    assert only(judgement).scope == FITTED
    assert "second has no interval with retraining, as over a tenth" in said(judgement)


def test_why_nothing_was_trained_anew_is_said() -> None:
    run = made()
    fits = Fits(run, 0.1)
    fits.plan |= {
        "designs": {},
        "trials": [],
        "reasons": {"d0": "it takes 200 samples"},
    }
    text = said(fits.judge(run))
    assert "retraining is not covered: it takes 200 samples." in text
