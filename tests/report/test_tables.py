import csv
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mmbench.report import make_report
from mmbench.report.tables.methods import MethodRow, method_rows
from mmbench.report.text.failures import failures
from mmbench.results import Record

Records = dict[str, Record]
Plan = dict[str, Any]
MakeOut = Callable[..., Path]

EARLY = "text+image/tfidf+hog/early/logistic"


def tiny_plan(n_folds: int = 2) -> Plan:
    return {
        "scoring": ["accuracy", "f1_macro", "roc_auc_ovr"],
        "datasets": {"d": {}},
        "methods": {
            "m": {
                "modalities": {"d": "text"},
                "extractors": "TfidfVectorizer",
                "fusion": "none",
                "classifier": "LogisticRegression",
            }
        },
        "trials": [
            {"key": f"{fold:02x}", "dataset": "d", "method": "m", "fold": fold}
            | {"seed": 0}
            for fold in range(n_folds)
        ],
    }


def tiny_record(fold: int, **changes: Any) -> Record:
    values: dict[str, Any] = {
        "key": f"{fold:02x}",
        "suite": "s",
        "dataset": "d",
        "method": "m",
        "fold": fold,
        "seed": 0,
        "status": "ok",
        "scores": {"accuracy": 0.5},
        "n_train": 80,
        "n_test": 20,
        "fit_time_s": 4.0,
        "predict_time_s": 0.5,
    }
    return Record(**values | changes)


def rows_of(*records: Record, n_folds: int = 2) -> MethodRow:
    (row,) = method_rows(tiny_plan(n_folds), {r.key: r for r in records})
    return row


def test_methods_csv_has_exactly_the_published_columns(reported: Path) -> None:
    header = (reported / "tables" / "methods.csv").read_text().splitlines()[0]
    assert header == (
        "dataset,method,modalities,extractors,fusion,classifier,n_ok,n_planned,"
        "accuracy_mean,accuracy_std,balanced_accuracy_mean,precision_macro_mean,"
        "recall_macro_mean,f1_macro_mean,f1_macro_std,f1_weighted_mean,log_loss_mean,"
        "roc_auc_ovr_mean,fit_time_s_mean,predict_time_s_mean,fit_samples_per_s,"
        "predict_samples_per_s"
    )


def test_methods_csv_has_a_row_for_every_planned_pair(
    reported: Path, plan: Plan
) -> None:
    table = pd.read_csv(reported / "tables" / "methods.csv")
    planned = {(trial["dataset"], trial["method"]) for trial in plan["trials"]}
    assert len(table) == len(planned) == 40
    assert set(zip(table["dataset"], table["method"], strict=True)) == planned
    assert (table["n_planned"] == 5).all()


def test_means_agree_with_a_pandas_computation_from_the_records(
    reported: Path, records: Records
) -> None:
    table = pd.read_csv(
        reported / "tables" / "methods.csv", index_col=["dataset", "method"]
    )
    row = table.loc["glyphs", EARLY]
    found = [
        record
        for record in records.values()
        if (record.dataset, record.method) == ("glyphs", EARLY)
    ]
    scores = pd.DataFrame([dict(record.scores) for record in found])
    for metric in scores:
        assert row[f"{metric}_mean"] == pytest.approx(scores[metric].mean())
    for metric in ("accuracy", "f1_macro"):
        assert row[f"{metric}_std"] == pytest.approx(scores[metric].std(ddof=1))
    assert (row["n_ok"], row["n_planned"]) == (5, 5)
    assert row["fit_time_s_mean"] == pytest.approx(
        sum(record.fit_time_s or 0 for record in found) / 5
    )


def test_rows_are_sorted_by_dataset_then_rank_with_incomplete_methods_last(
    reported: Path,
) -> None:
    table = pd.read_csv(reported / "tables" / "methods.csv")
    assert table["dataset"].is_monotonic_increasing
    for _, rows in table.groupby("dataset"):
        complete = rows["n_ok"] == rows["n_planned"]
        assert complete.is_monotonic_decreasing
        assert rows.loc[complete, "f1_macro_mean"].is_monotonic_decreasing


def test_a_method_without_a_trial_that_is_ok_has_empty_cells() -> None:
    row = rows_of(tiny_record(0, status="skipped", scores={}))

    assert (row.n_ok, row.n_planned) == (0, 2)
    assert all(map(math.isnan, (*row.scores.values(), *row[10:14])))
    assert (row.modalities, row.classifier) == ("text", "LogisticRegression")


def test_a_mean_over_some_trials_states_how_many() -> None:
    row = rows_of(tiny_record(0), tiny_record(1, status="failed", scores={}))

    assert (row.n_ok, row.n_planned) == (1, 2)
    assert row.scores["accuracy"] == 0.5
    assert math.isnan(row.stds["accuracy"])


def test_a_score_missing_in_one_trial_that_is_ok_has_no_mean() -> None:
    scores = {"accuracy": 0.7, "roc_auc_ovr": 0.9}
    row = rows_of(
        tiny_record(0, scores=scores),
        tiny_record(1, scores=scores | {"roc_auc_ovr": None}),
    )

    assert row.scores["accuracy"] == pytest.approx(0.7)
    assert math.isnan(row.scores["roc_auc_ovr"])


def test_a_throughput_is_all_samples_over_all_seconds() -> None:
    row = rows_of(
        tiny_record(0, n_test=10, predict_time_s=1.0),
        tiny_record(1, n_test=20, predict_time_s=0.5),
    )

    assert row.predict_samples_per_s == pytest.approx(30 / 1.5)
    assert row.fit_samples_per_s == pytest.approx(160 / 8)
    assert row.predict_time_s_mean == pytest.approx(0.75)


@pytest.mark.parametrize("unknown", [{"predict_time_s": None}, {"predict_time_s": 0.0}])
def test_a_throughput_without_a_time_is_not_known(unknown: dict[str, Any]) -> None:
    row = rows_of(tiny_record(0, **unknown), n_folds=1)

    assert math.isnan(row.predict_samples_per_s)


def test_records_of_another_plan_do_not_count() -> None:
    row = rows_of(tiny_record(0), tiny_record(9, scores={"accuracy": 0.0}), n_folds=1)

    assert (row.n_ok, row.scores["accuracy"]) == (1, 0.5)


def test_trials_csv_has_a_row_for_every_planned_trial(
    make_out: MakeOut, plan: Plan, records: Records
) -> None:
    lost = plan["trials"][0]["key"]
    kept = {key: record for key, record in records.items() if key != lost}

    out = make_out(plan, kept)
    make_report(out)

    table = pd.read_csv(out / "tables" / "trials.csv", index_col="key")
    assert table.index.tolist() == [trial["key"] for trial in plan["trials"]]
    assert table.loc[lost, "status"] == "not_run"
    assert table["status"].value_counts().to_dict() == {
        "ok": 188,
        "skipped": 10,
        "failed": 1,
        "not_run": 1,
    }
    key, record = next((k, r) for k, r in kept.items() if r.status == "ok")
    assert table.loc[key, "f1_macro"] == record.scores["f1_macro"]


def test_methods_that_lack_the_same_are_one_entry_after_what_failed() -> None:
    plan = {"trials": []}
    records: Records = {}
    statuses = {"z": "failed", **dict.fromkeys("abcde", "skipped")}
    for number, (method, status) in enumerate(statuses.items()):
        key = f"{number:02x}"
        trial = {"key": key, "dataset": "d", "method": method, "fold": 0, "seed": 0}
        plan["trials"].append(trial)
        why = {"method": method, "status": status, "reason": "no torch", "scores": {}}
        records[key] = tiny_record(number, **why)
    found = [(each.method, each.status) for each in failures(plan, records)]
    assert found == [("z", "failed"), ("5 methods (a, b, c and 2 more)", "skipped")]


def test_failures_csv_has_the_reason_and_the_traceback_of_every_trial_not_ok(
    reported: Path,
) -> None:
    with (reported / "tables" / "failures.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 11
    (failed,) = (row for row in rows if row["status"] == "failed")
    assert failed["reason"] == "ValueError: every text of the training rows is empty"
    assert failed["traceback"].splitlines()[0] == "Traceback (most recent call last):"
    assert failed["fold"] == "3"
