"""Foreign answers become a method of the run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mmbench.datasets.tables.table import table_of_rows
from mmbench.errors import DataError, UnknownNameError, UsageError
from mmbench.report.run import Run
from mmbench.report.versus import head_to_head
from mmbench.results import ResultStore
from mmbench.results.plan import with_added
from mmbench.sharing import Given, add_answers

from .conftest import WHOLE, MakePart

pytestmark = pytest.mark.multilabel

Rows = list[dict[str, Any]]
COPIED = "text/bayes"


def answers_of(
    method: str, dataset: str = "animals", *, proba: bool = True, fold: bool = False
) -> Rows:
    """Return what a method of the run answered, as somebody would write it down."""
    run, rows = ResultStore(WHOLE), []
    for trial in run.plan()["trials"]:
        if (trial["method"], trial["dataset"]) != (method, dataset):
            continue
        said = run.predictions(trial["key"])
        labels = said.arrays.get("label", said.proba.argmax(axis=1))
        for i, sample in enumerate(said.sample_ids.tolist()):
            row = {"id": str(sample), "label": str(said.classes[labels[i]])}
            if proba:
                names = [f"proba_{name}" for name in said.classes]
                row |= dict(zip(names, map(repr, said.proba[i].tolist()), strict=True))
            rows.append(row | ({"fold": str(trial["fold"])} if fold else {}))
    return rows


def given(rows: Rows, **said: Any) -> Given:
    values = {"name": "mine", "dataset": "animals"} | said
    return Given(table=table_of_rows(rows), **values)


@pytest.fixture
def run(make_part: MakePart) -> ResultStore:
    kept = {"dummy", COPIED, "size/logistic"}
    return make_part("run", lambda trial: trial["method"] in kept)


@pytest.mark.parametrize("fold_column", [None, "fold"])
def test_answers_of_a_method_score_what_the_method_does(
    run: ResultStore, fold_column: str | None
) -> None:
    rows = answers_of(COPIED, fold=fold_column is not None)

    added = add_answers(run, given(rows[::-1], fold_column=fold_column))

    own = {
        (r.fold, r.seed): r.scores
        for r in run.records().values()
        if (r.method, r.dataset) == (COPIED, "animals")
    }
    for record in added.records:
        expected = own[record.fold, record.seed]
        assert record.scores == pytest.approx(expected, abs=1e-9)
        assert (record.fit_time_s, record.predict_time_s) == (None, None)


def test_they_are_compared_with_methods_of_the_run(run: ResultStore) -> None:
    add_answers(run, given(answers_of(COPIED), modalities=("text", "numeric")))

    (found,) = head_to_head(Run.read(run), "mine", COPIED)

    assert (found.comparison.estimate, found.comparison.n_better) == (0.0, 0)
    assert found.first.is_multimodal


def test_labels_alone_are_scored_without_probabilities(run: ResultStore) -> None:
    added = add_answers(run, given(answers_of(COPIED, proba=False), fit_time_s=90.0))

    assert all(r.scores["log_loss"] is None for r in added.records)
    assert all(r.scores["accuracy"] is not None for r in added.records)
    assert {r.fit_time_s for r in added.records} == {90.0}


def test_answers_that_are_given_again_replace_the_first(run: ResultStore) -> None:
    rows = answers_of(COPIED, proba=False)
    add_answers(run, given(rows))
    wrong = [row | {"label": rows[0]["label"]} for row in rows]

    add_answers(run, given(wrong))

    plan = run.plan()
    keys = [t["key"] for t in plan["trials"] if t["method"] == "mine"]
    assert len(keys) == len(set(keys)) == 3
    labels = [run.predictions(key).label for key in keys]
    assert len(set(np.concatenate(labels).tolist())) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[1:], r"samples have no answer, 1 of \d+: '"),
        (lambda rows: [*rows, rows[0]], "samples have several answers, 1: "),
        (
            lambda rows: [*rows, rows[0] | {"id": "x"}],
            "that the run does not have were answered for, 1: 'x'",
        ),
        (
            lambda rows: [rows[0] | {"label": "unicorn"}, *rows[1:]],
            "row 1, column 'label': 'unicorn' is not one of the dataset's classes",
        ),
        (
            lambda rows: [{"id": row["id"], "said": "a"} for row in rows],
            "neither a column 'label' nor a column of probabilities",
        ),
    ],
)
def test_what_is_wrong_with_answers_is_told(
    run: ResultStore, change: Any, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        add_answers(run, given(change(answers_of(COPIED, proba=False))))


def test_a_method_of_the_run_is_never_replaced(run: ResultStore) -> None:
    with pytest.raises(UsageError, match="already has a method 'dummy'"):
        add_answers(run, given(answers_of(COPIED), name="dummy"))


def test_the_dataset_has_to_be_said_where_there_are_several(run: ResultStore) -> None:
    with pytest.raises(UsageError, match="say which one the predictions are for"):
        add_answers(run, given(answers_of(COPIED), dataset=None))
    with pytest.raises(UnknownNameError):
        add_answers(run, given(answers_of(COPIED), dataset="plants"))


def test_what_was_added_stays_when_the_run_goes_on(run: ResultStore) -> None:
    before = run.plan()
    add_answers(run, given(answers_of(COPIED)))

    plan = with_added(before, run.plan())

    assert plan["trials"] == run.plan()["trials"]
    assert plan["methods"]["mine"] == run.plan()["methods"]["mine"]
    fewer = before | {"trials": []}
    assert with_added(fewer, run.plan()) == fewer
