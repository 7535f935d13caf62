"""What is not significantly worse than the best is marked."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import t as t_distribution

from mmbench.report.figures.differences import dataset_differences
from mmbench.report.judging.leaderboard import Leaderboard
from mmbench.report.judging.scoring import Scores
from mmbench.report.judging.ties import tied_with_best
from mmbench.stats import Resamples
from mmbench.tasks import (
    TASKS,
    Counted,
    MethodPredictions,
    PooledPredictions,
    Prediction,
    Target,
    sums_of,
)
from mmbench.tasks.classification.confusion import confusion_figure, confusion_matrix
from tests.report.rows import make_row, ranked

TASK = TASKS["classification"]
LABELS = {"f1_macro": 0.0, "accuracy": 0.0, "log_loss": 0.0}


@pytest.fixture
def found() -> Leaderboard:
    scores = {"best": 0.9, "near": 0.89, "far": 0.6}
    return ranked(
        make_row(name, dict.fromkeys(LABELS, v)) for name, v in scores.items()
    )


def answers() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return answers to 400 rows: 90 %, 89 % and 60 % of them right."""
    y = np.arange(400) % 2
    wrong = {"best": np.arange(40), "near": np.arange(30, 74), "far": np.arange(160)}
    predicted = {}
    for name, rows in wrong.items():
        predicted[name] = y.copy()
        predicted[name][rows] = 1 - y[rows]
    return y, predicted


def pooled() -> PooledPredictions:
    y, predicted = answers()
    target, units = Target(y, {"classes": [0, 1]}), np.arange(len(y))
    count, _ = TASK.metrics_by_name["f1_macro"].as_sums
    methods = {}
    for name, label in predicted.items():
        rows = count(target, Prediction({"label": label}))
        sums = Counted(sums_of(rows)[None], Resamples(units).by_block(rows))
        methods[name] = MethodPredictions({count: sums}, label == y, None)
    return PooledPredictions(target, units, units, 1, methods)


def test_labels_are_compared_sample_by_sample(found: Leaderboard) -> None:
    f1_macro, metrics = TASK.metrics_by_name["f1_macro"], TASK.metrics
    scores = Scores(pooled(), f1_macro, metrics, 0.25)

    tied = tied_with_best(found, scores, {}, 0.25)

    assert tied["accuracy_mean"] == tied["f1_macro_mean"] == {"best", "near"}
    assert "log_loss_mean" not in tied


def test_other_scores_are_compared_over_folds(found: Leaderboard) -> None:
    losses: dict[str, Any] = {
        "best": [0.30, 0.31, 0.29, 0.32, 0.30],
        "near": [0.31, 0.30, 0.32, 0.31, 0.31],
        "far": [0.90, 0.92, 0.88, 0.95, 0.91],
    }
    folds = {name: {"log_loss": values} for name, values in losses.items()}

    tied = tied_with_best(found, None, folds, 0.25)

    # The corrected t by hand: near is not told from best, far is, also doubled by Holm.
    for name, is_tied in [("near", True), ("far", False)]:
        lead = np.subtract(losses["best"], losses[name])
        error = np.sqrt((1 / 5 + 0.25) * lead.var(ddof=1))
        p_value = 2 * t_distribution.sf(abs(lead.mean() / error), 4)
        assert (2 * p_value >= 0.05) == is_tied
    assert tied["log_loss_mean"] == {"best", "near"}


def test_a_single_fold_tells_nothing_apart_and_marks_nothing(
    found: Leaderboard,
) -> None:
    folds = {name: {"log_loss": [0.5]} for name in ("best", "near", "far")}

    assert tied_with_best(found, None, folds, 0.25) == {}


def test_a_confusion_matrix_counts_true_classes_down() -> None:
    y, predicted = np.array([0, 0, 1, 2, 2]), np.array([0, 1, 1, 0, 0])

    assert confusion_matrix(y, predicted, 3).tolist() == [
        [1, 1, 0],
        [0, 1, 0],
        [2, 0, 0],
    ]


def test_the_figure_writes_the_counts_of_both_methods() -> None:
    y, predicted = answers()

    shown = {name: predicted[name] for name in ("best", "far")}
    drawing = confusion_figure(y, shown, ("no", "yes"))

    assert ">180<" in drawing.svg
    assert ">120<" in drawing.svg
    assert "Confusion matrix of best and of far" in drawing.caption


def test_of_many_classes_the_most_mistaken_are_shown() -> None:
    y = np.repeat(np.arange(40), 5)
    predicted = np.where(y < 10, (y + 1) % 10, y)
    names = tuple(f"class{i}" for i in range(40))

    drawing = confusion_figure(y, {"m": predicted}, names)

    assert "Of 40 classes, the 15 most often mistaken" in drawing.caption
    assert all(f">class{i}<" in drawing.svg for i in range(10))
    assert ">class39<" not in drawing.svg
    assert ">others<" in drawing.svg


def test_nothing_is_drawn_without_comparisons() -> None:
    assert dataset_differences([], TASK.metrics_by_name["f1_macro"]) is None


def test_html_markdown_and_latex_mark_the_same_cells(reported: Path) -> None:
    page = (reported / "report.html").read_text(encoding="utf-8")
    text = (reported / "report.md").read_text(encoding="utf-8")
    paper = (reported / "tables/methods-glyphs.tex").read_text(encoding="ascii")

    table = page.split("<caption>Methods ranked by")[1].split("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table.split("<tbody>")[1], re.DOTALL)
    found = [re.findall(r'<td class="number( best| tied|)"', row) for row in rows]
    in_html = [[mark.strip() for mark in row] for row in found]
    table = text.split("Methods ranked by")[1].split("\n\n")[1]
    lines = [line.strip("| ").split(" | ")[4:] for line in table.splitlines()[2:]]
    in_markdown = [
        ["best" if "**" in c else "tied" if c[0] == "†" else "" for c in line]
        for line in lines
    ]
    lines = [line.split(" & ") for line in paper.splitlines() if line.endswith(r" \\")]
    marks = {r"\textbf": "best", r"\underline": "tied"}
    in_latex = [marks.get(line[3].split("{")[0], "") for line in lines[1:]]

    assert {"best", "tied", ""} <= {mark for row in in_html for mark in row}
    assert in_html == in_markdown
    assert in_latex == [row[0] for row in in_html[:10]]
    assert "(not significantly worse than the best)" in page
