"""``mmbench add``, ``merge``, ``pack`` and ``leaderboard``."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmbench.results import ResultStore

from .conftest import Mmbench


@pytest.fixture
def runs(mmbench: Mmbench, table: Path) -> list[str]:
    """Run a method each into two folders."""
    how = ("--target", "kind", "--text", "name", "--folds", 2, "--debug")
    quiet = ("--no-throughput", "--no-ablation", "--retrain", "none", "-q")
    for name, method in (("one", "dummy"), ("two", "name/tfidf/logistic")):
        asked = ("--data", table, "--method", method, "--out", name)
        result = mmbench("run", "text", *asked, *how, *quiet, "--cache", "cache")
        assert result.exit_code == 0, result.output
    return ["one", "two"]


def test_runs_are_merged_packed_ranked_and_take_foreign_answers(
    mmbench: Mmbench, runs: list[str], tmp_path: Path
) -> None:
    merged = mmbench("merge", *runs, "--out", "both")
    assert (merged.exit_code, merged.output) == (0, "both/report.html\n")

    run = ResultStore("both")
    ids = [i for key in run.records() for i in run.predictions(key).sample_ids]
    lines = [f"{i},{'fruit' if i <= 12 else 'tool'}" for i in sorted(set(ids))]
    Path("mine.csv").write_text("\n".join(["id,label", *lines]))
    added = mmbench("add", "both", "--predictions", "mine.csv", "--name", "mine")
    assert added.output.startswith("mine on things, mean of 2 trials: accuracy 1.0000")

    packed = mmbench("pack", "both")
    assert packed.output.startswith("both.mmbench.xz (")

    board = mmbench("leaderboard", "both.mmbench.xz")
    first, *rows = [line.split()[0] for line in board.output.splitlines()[:4]]
    assert first == "method"
    assert sorted(rows) == ["dummy", "mine", "text/tfidf/logistic"]
    page = mmbench("leaderboard", "both", "--out", "board.html")
    assert page.output.endswith("board.html\n")
    assert Path("board.html").read_text().count('scope="row"') == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("leaderboard", "mine.csv"), "mine.csv is not a packed run, or was altered"),
        (("leaderboard", "nowhere"), "nowhere is not a results folder"),
        (("leaderboard", "mine.csv", "--out", "a.pdf"), "say with --format what"),
        (("merge", "nowhere", "--out", "all"), "nowhere is not a results folder"),
        (("pack", "nowhere"), "nowhere is not a results folder"),
        (("add", "nowhere", "--predictions", "mine.csv", "--name", "m"), "nowhere is"),
        (
            ("add", "nowhere", "--predictions", "a.csv", "--name", "m"),
            "a.csv: there",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    arguments: tuple[str, ...], message: str, mmbench: Mmbench
) -> None:
    Path("mine.csv").write_text("id,label\n1,fruit\n")
    result = mmbench(*arguments)
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert message in result.output
