"""Numbers beside ours: what passes, what misses, and what the table says."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from mmbench.report.reproduction import Reproduced, compare, write_reproduction
from mmbench.results import Predictions, Record, ResultStore

TRUTH = np.arange(100) % 2
PLAN = {"suite": "s", "datasets": {"pets": {}}, "methods": {}, "trials": []}
CLAIM = Reproduced(dataset="pets", what="all", source="Nobody", metric="accuracy")


def store_of(folder: Path, **n_wrong: int) -> ResultStore:
    """Keep two folds of each method, which is wrong on its first rows."""
    store = ResultStore(folder)
    with store.open(PLAN, {}):
        for number, (method, wrong) in enumerate(n_wrong.items()):
            answers = np.where(np.arange(100) < wrong, 1 - TRUTH, TRUTH)
            for fold, rows in enumerate(np.split(np.arange(100), 2)):
                record = Record(
                    key=f"{number:02x}{fold:02x}",
                    suite="s",
                    dataset="pets",
                    method=method,
                    fold=fold,
                    seed=0,
                    status="ok",
                )
                proba = np.eye(2)[answers[rows]]
                kept = {"y_true": TRUTH[rows], "classes": np.array([0, 1])}
                told = Predictions(rows, {**kept, "proba": proba})
                store.append(record, told)
    return store


def claim(theirs: float | None, metric: str = "accuracy") -> Reproduced:
    return Reproduced(
        dataset="pets", what="all", source="Nobody", metric=metric, theirs=theirs
    )


@pytest.mark.parametrize(
    ("theirs", "outcome", "reason"),
    [
        (0.9, "pass", ""),
        (0.89, "pass", ""),
        (0.91, "miss", "the published score is within our interval."),
        (0.999, "miss", "the published score is outside our interval."),
    ],
)
def test_a_number_is_reached_from_its_own_height_on(tmp_path, theirs, outcome, reason):
    row = compare(store_of(tmp_path, mine=10), claim(theirs), method="mine")
    assert row.ours == pytest.approx(0.9)
    assert (row.outcome, row.reason) == (outcome, reason)
    assert row.difference == pytest.approx(0.9 - theirs)
    # The usual interval of a share: 0.9 +- 1.96 sqrt(0.9 * 0.1 / 100).
    assert row.low == pytest.approx(0.841, abs=0.02)
    assert row.high == pytest.approx(0.959, abs=0.02)


@pytest.mark.parametrize(("theirs", "outcome"), [(0.11, "pass"), (0.09, "miss")])
def test_of_errors_the_smaller_is_the_better(tmp_path, theirs, outcome):
    store = store_of(tmp_path, mine=10)
    row = compare(store, claim(theirs, "error"), method="mine")
    assert row.ours == pytest.approx(0.1)
    assert row.low < row.ours < row.high
    assert row.outcome == outcome


@pytest.mark.parametrize(
    ("others_wrong", "outcome"), [(30, "pass"), (11, "miss"), (2, "miss")]
)
def test_above_means_above_by_more_than_chance(tmp_path, others_wrong, outcome):
    store = store_of(tmp_path, mine=10, other=others_wrong)
    row = compare(store, CLAIM, method="mine", baseline="other", kind="above")
    assert row.theirs == pytest.approx(1 - others_wrong / 100)
    assert row.outcome == outcome
    assert row.low <= row.difference <= row.high
    if outcome == "miss":
        side = "above" if others_wrong > 10 else "not above"
        told = f"{side} other; the interval of the difference contains zero."
        assert row.reason == told


def test_what_is_only_reported_says_whether_it_is_above(tmp_path):
    store = store_of(tmp_path, mine=44, better=5, dummy=45)
    told = [
        compare(store, CLAIM, method=name, baseline="dummy", kind="report")
        for name in ("mine", "better")
    ]
    assert [row.outcome for row in told] == ["reported", "reported"]
    assert [row.reason for row in told] == ["not above dummy.", "above dummy."]


def test_a_failed_trial_is_a_number_not_tried(tmp_path):
    store = store_of(tmp_path, mine=10)
    failed = Record(
        key="ff",
        suite="s",
        dataset="pets",
        method="mine",
        fold=2,
        seed=0,
        status="failed",
        reason="out of luck",
    )
    with store.open(PLAN, {}):
        store.append(failed)
    row = compare(store, claim(0.9), method="mine")
    assert (row.outcome, row.reason) == ("not tried", "mine: out of luck")
    missing = compare(store, claim(0.9), method="yours")
    assert missing.reason == "yours: it has no trial."


def test_the_table_holds_misses_and_what_was_not_tried(tmp_path):
    store = store_of(tmp_path / "trials", mine=10)
    rows = [
        compare(store, claim(0.9), method="mine"),
        compare(store, claim(0.95), method="mine"),
        Reproduced(
            dataset="a|b",
            what="all",
            source="Nobody",
            metric="accuracy",
            theirs=0.5,
            reason="not on this machine.",
        ),
    ]
    path = write_reproduction(rows, tmp_path / "out")
    text = path.read_text()
    assert "3 numbers: 1 pass, 1 miss, 1 not tried." in text
    assert "| pets | all | Nobody | accuracy | 0.950 | 0.900 | -0.050 |" in text
    assert "| a\\|b | all | Nobody | accuracy | 0.500 |  |  |  | not tried |" in text
    assert "- **pets, all**: the published score is within our interval." in text
    with (tmp_path / "out/reproduction.csv").open() as file:
        read = list(csv.DictReader(file))
    assert [row["result"] for row in read] == ["pass", "miss", "not tried"]
    assert float(read[1]["difference"]) == pytest.approx(-0.05)
