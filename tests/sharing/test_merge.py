"""Merged runs are one run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mmbench.errors import UsageError
from mmbench.report.content import report_content
from mmbench.report.judging.verdicts import judge
from mmbench.report.make import _tables
from mmbench.report.run import Run
from mmbench.results import ResultStore
from mmbench.sharing import merge_runs

from .conftest import WHOLE, MakePart, write_part

pytestmark = pytest.mark.multilabel

METHODS = list(ResultStore(WHOLE).plan()["methods"])

HALVES = {
    "methods": lambda trial: METHODS.index(trial["method"]) < len(METHODS) // 2,
    "folds": lambda trial: trial["fold"] == 0,
    "datasets": lambda trial: trial["dataset"] == "animals",
}


def tables(out: Path) -> dict[str, str]:
    """Return what a report writes into tables, without drawing its figures."""
    run = Run.read(ResultStore(out))
    return _tables(run, report_content(run, judge(run)))


@pytest.fixture(scope="module")
def whole() -> dict[str, str]:
    return tables(WHOLE)


@pytest.mark.parametrize("by", HALVES)
def test_two_halves_give_the_tables_of_the_whole(
    by: str, make_part: MakePart, tmp_path: Path, whole: dict[str, str]
) -> None:
    first = make_part("first", HALVES[by])
    second = make_part("second", lambda trial: not HALVES[by](trial))

    notes = merge_runs({"A": first, "B": second}, tmp_path / "merged")

    assert notes == []
    assert tables(tmp_path / "merged") == whole


def test_answers_that_differ_are_told_and_the_first_count(
    make_part: MakePart, tmp_path: Path
) -> None:
    first, second = make_part("first"), make_part("second")
    record = next(r for r in second.records().values() if r.status == "ok")
    with second.open(second.plan(), second.environment()):
        better = replace(record, scores=dict.fromkeys(record.scores, 0.99))
        second.append(better, first.predictions(record.key))

    notes = merge_runs({"A": first, "B": second}, tmp_path / "merged")

    assert notes == ["1 trial of A and B have different answers; those of A are kept."]
    assert ResultStore(tmp_path / "merged").records()[record.key] == record


def test_what_is_ok_in_a_later_run_counts_before_a_failure(
    make_part: MakePart, tmp_path: Path
) -> None:
    first, second = make_part("first"), make_part("second")
    record = next(r for r in second.records().values() if r.status == "ok")
    with first.open(first.plan(), first.environment()):
        first.append(replace(record, status="failed", reason="no luck", scores={}))

    merge_runs({"A": first, "B": second}, tmp_path / "merged")

    assert ResultStore(tmp_path / "merged").records()[record.key] == record


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p | {"scoring": ["accuracy"]}, "its metrics are"),
        (lambda p: p | {"cv": "2 folds"}, "its splits are '3 .*' and '2 folds'"),
        (
            lambda p: (
                p
                | {
                    "methods": {
                        n: {**m, "digest": "0"} for n, m in p["methods"].items()
                    }
                }
            ),
            "method 'dummy' is not the same in A and B",
        ),
        (
            lambda p: (
                p
                | {
                    "datasets": {
                        n: {**d, "checksum": "0"} for n, d in p["datasets"].items()
                    }
                }
            ),
            "dataset 'animals' is not the same in A and B",
        ),
        (
            lambda p: (
                p | {"trials": [t | {"key": t["key"][::-1]} for t in p["trials"]]}
            ),
            "planned differently in another run",
        ),
    ],
)
def test_runs_that_contradict_each_other_are_refused(
    change: object, message: str, make_part: MakePart, tmp_path: Path
) -> None:
    runs = {"A": make_part("first"), "B": make_part("second", change=change)}
    with pytest.raises(UsageError, match=message):
        merge_runs(runs, tmp_path / "merged")


def test_methods_trained_anew_are_merged_too(
    make_part: MakePart, tmp_path: Path
) -> None:
    runs = {}
    for name, method in (("A", "text/bayes"), ("B", "size/logistic")):
        runs[name] = make_part(name, lambda trial, m=method: trial["method"] == m)
        again = runs[name].retrainings
        write_part(again.out_dir, lambda trial, m=method: trial["method"] == m)

    merge_runs(runs, tmp_path / "merged")

    merged = ResultStore(tmp_path / "merged").retrainings
    assert set(merged.plan()["methods"]) == {"text/bayes", "size/logistic"}
    assert set(merged.records()) == {
        key for run in runs.values() for key in run.retrainings.records()
    }


def test_a_folder_that_holds_a_run_is_left_alone(make_part: MakePart) -> None:
    run = make_part("first")
    with pytest.raises(UsageError, match="already holds a run"):
        merge_runs({"A": run}, run.out_dir)
