"""Leaderboards over many runs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from mmbench.results import Record, ResultStore
from mmbench.sharing import board_of
from mmbench.sharing.board_tables import FORMATS, board_header, board_rows
from mmbench.sharing.common_names import common_names

SCORES = {
    "d1": {"a": 0.9, "b": 0.8, "c": 0.7},
    "d2": {"a": 0.6, "b": 0.7, "c": 0.5},
    "d3": {"a": 0.8, "b": 0.8, "c": 0.6},
}


def write_run(
    folder: Path, dataset: str, scores: Mapping[str, float], checksum: str = "0"
) -> ResultStore:
    trials = [
        {
            "key": f"{i:02x}{fold}",
            "dataset": dataset,
            "method": method,
            "fold": fold,
            "seed": 0,
        }
        for i, method in enumerate(scores)
        for fold in range(2)
    ]
    plan = {
        "suite": "s",
        "scoring": ["f1_macro"],
        "cv": "2 folds",
        "seeds": [0],
        "datasets": {dataset: {"task": "classification", "checksum": checksum}},
        "methods": {name: {"classifier": name} for name in scores},
        "trials": trials,
    }
    with ResultStore(folder).open(plan, {}) as store:
        store.extend(
            [
                (
                    Record(
                        **trial,
                        suite="s",
                        status="ok",
                        scores={"f1_macro": scores[trial["method"]] + shift},
                        fit_time_s=1.0,
                        predict_time_s=0.5,
                    ),
                    None,
                )
                for trial in trials
                for shift in [0.05 if trial["fold"] else -0.05]
            ]
        )
    return store


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ResultStore]:
    root = tmp_path_factory.mktemp("runs")
    return {name: write_run(root / name, name, SCORES[name]) for name in SCORES}


def test_methods_are_ranked_over_all_runs(runs: dict[str, ResultStore]) -> None:
    board = board_of(runs)

    assert [place.method for place in board.places] == ["a", "b", "c"]
    assert board.averages is not None
    # By hand: a is 1, 2 and 1.5; b is 2, 1 and 1.5; c always 3.
    assert board.averages.mean_rank.estimate.tolist() == [1.5, 1.5, 3.0]
    assert board.averages.win_rate.estimate.tolist() == pytest.approx([0.75, 0.75, 0])
    worst = ((1 - 0.1 / 0.3) + (1 - 0.3 / 0.5) + (1 - 0.2 / 0.4)) / 3
    assert board.averages.improvability.estimate[2] == pytest.approx(worst)
    assert (board.averages.mean_rank.low <= board.averages.mean_rank.estimate).all()


def test_only_methods_on_all_datasets_are_ranked(
    runs: dict[str, ResultStore], tmp_path: Path
) -> None:
    more = write_run(tmp_path / "d4", "d4", {"a": 0.5, "b": 0.4, "new": 0.9})

    board = board_of({**runs, "d4": more})

    assert board.n_ranked == 2
    shown = [(row[0], row[1]) for row in board_rows(board)]
    assert shown == [
        *(("a", "4 of 4"), ("b", "4 of 4"), ("c", "3 of 4"), ("new", "1 of 4")),
    ]


def test_a_dataset_of_two_runs_counts_once(
    runs: dict[str, ResultStore], tmp_path: Path
) -> None:
    other = write_run(tmp_path / "again", "d1", {"a": 0.1, "e": 0.5})

    board = board_of({"d1": runs["d1"], "again": other})

    (d1,) = board.datasets
    assert d1.scores == pytest.approx({**SCORES["d1"], "e": 0.5})
    assert "1 method of d1 scored differently in several runs" in board.notes[0]


def test_other_data_of_the_same_name_is_a_dataset_of_its_own(
    runs: dict[str, ResultStore], tmp_path: Path
) -> None:
    other = write_run(tmp_path / "other", "d1", SCORES["d2"], checksum="1")

    board = board_of({"d1": runs["d1"], "other": other})

    assert [each.name for each in board.datasets] == ["d1", "d1 (2)"]
    assert "under the name 'd1'" in board.notes[0]


def test_nothing_is_ranked_where_runs_share_no_methods(
    runs: dict[str, ResultStore], tmp_path: Path
) -> None:
    other = write_run(tmp_path / "d4", "d4", {"x": 0.5, "y": 0.4})

    board = board_of({"d1": runs["d1"], "d4": other})

    assert board.averages is None
    assert "none is ranked" in board.notes[-1]
    assert board_header(board) == ["method", "coverage", "d1", "d4"]


def test_names_say_kinds_of_columns_where_that_is_unambiguous() -> None:
    entry = {"modalities": {"name": "text", "about": "text", "photo": "image"}}
    names = common_names(
        ["name/a", "about/a", "about/b", "name+photo/c", "name+about+photo/c", "d/a"],
        entry,
    )
    assert names == {
        "name/a": "name/a",
        "about/a": "about/a",
        "about/b": "text/b",
        "name+photo/c": "name+photo/c",
        "name+about+photo/c": "text+image/c",
        "d/a": "d/a",
    }


def test_the_page_holds_every_method_and_sorts(runs: dict[str, ResultStore]) -> None:
    page = FORMATS["html"](board_of(runs))

    assert page.count('scope="row"') == 3
    assert "<script>" in page
    assert "1.50 (1.00 to 2.00)" in page


def test_numbers_are_written_with_their_intervals(runs: dict[str, ResultStore]) -> None:
    board = board_of(runs)
    (first, *_) = json.loads(FORMATS["json"](board))["places"]
    (row, *_) = csv.DictReader(io.StringIO(FORMATS["csv"](board)))

    assert first["mean_rank"] == float(row["mean_rank"]) == 1.5
    assert first["mean_rank_low"] <= 1.5 <= first["mean_rank_high"]
    assert first["d1"] == pytest.approx(0.9)


def test_bencheval_s_own_evaluator_ranks_its_rows_alike(
    runs: dict[str, ResultStore],
) -> None:
    evaluator = pytest.importorskip("bencheval.evaluator")
    import pandas as pd

    board = board_of(runs)
    frame = pd.read_csv(io.StringIO(FORMATS["bencheval"](board)))
    assert list(frame) == [
        *("method", "task", "seed", "metric_error", "time_train_s", "time_infer_s")
    ]
    ranked = evaluator.BenchmarkEvaluator(
        task_col="task", seed_column="seed", columns_to_agg_extra=[]
    ).leaderboard(frame, average_seeds=True, include_elo=False)
    assert board.averages is not None
    ours = board.averages.mean_rank.estimate
    theirs = [ranked.loc[place.method, "rank"] for place in board.places]
    assert theirs == pytest.approx(ours.tolist())
