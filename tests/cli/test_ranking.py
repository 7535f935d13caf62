from __future__ import annotations

import io
import math
from collections.abc import Sequence

import pytest
from rich.console import Console

from mmbench.cli.ranking import print_ranking, telling
from mmbench.presentation.numbers import NOTHING
from mmbench.report.method_names import MethodNames
from mmbench.report.run import Run
from mmbench.report.tables.methods import MethodRow
from tests.report.rows import make_row


def row(method: str, f1: float, modalities: str = "text+image", **changes) -> MethodRow:
    values = {
        "modalities": modalities,
        "fusion": "early",
        "fit_time_s_mean": 2.0,
        "samples_per_s": 1234.0,
        **changes,
    }
    scores = {"accuracy": 0.75, "f1_macro": f1, **values.pop("scores", {})}
    return make_row(method, scores, {"accuracy": 0.0125, "f1_macro": 0.25}, **values)


def run_of(rows: Sequence[MethodRow], task: str, scoring: Sequence[str]) -> Run:
    """Return a run of which all is known but its trials."""
    names = dict.fromkeys(r.dataset for r in rows)
    plan = {
        "scoring": scoring,
        "datasets": {name: {"task": task} for name in names},
        "trials": [],
        "methods": {},
    }
    run = Run(
        plan=plan,
        records={},
        predictions={}.__getitem__,
        environment={},
        measured={},
        probes={},
    )
    run.__dict__["rows"] = list(rows)
    return run


@pytest.fixture
def printed(tmp_path):
    def run(
        rows, width=100, task="classification", scoring=("accuracy", "f1_macro")
    ) -> str:
        console = Console(file=io.StringIO(), width=width, markup=False)
        run = run_of(rows, task, scoring)
        names = MethodNames(each.method for each in rows)
        print_ranking(console, run, names, out_dir=tmp_path)
        return console.file.getvalue()

    return run


def test_the_best_comes_first_with_its_numbers(printed):
    lines = printed([row("worse", 0.25), row("better", 0.5)]).splitlines()
    found = [line.split() for line in lines if "±0" in line]
    assert found == [
        ["1", "better", "0.500", "±0.250", "0.750", "±0.013", "2.00", "s", "1,230"],
        ["2", "worse", "0.250", "±0.250", "0.750", "±0.013", "2.00", "s", "1,230"],
    ]


def test_the_top_the_best_single_modality_and_the_dummy_are_shown(printed):
    fused = [row(f"fused{i}", 0.9 - i / 100) for i in range(40)]
    singles = [row("single-best", 0.4, "text"), row("single-worse", 0.3, "image")]
    out = printed([*fused, *singles, row("dummy", 0.1, "none", n_ok=5)])
    assert "fused7 " in out
    assert "fused8 " not in out
    assert "single-best" in out
    assert "single-worse" not in out
    assert "dummy" in out
    assert "33 more in" in out


def test_a_short_table_is_shown_whole():
    rows = [row(f"m{i}", 0.5) for i in range(10)]
    assert telling(rows) == list(range(10))


def test_an_incomplete_method_has_no_rank_and_says_its_coverage(printed):
    out = printed([row("whole", 0.2), row("part", 0.9, n_ok=2)])
    line = next(line for line in out.splitlines() if "part" in line)
    assert line.split()[:4] == ["part", "(2", "of", "5"]
    assert out.index("whole") < out.index("part")


def test_a_method_without_any_result_is_left_to_the_reasons(printed):
    assert "gone" not in printed([row("whole", 0.2), row("gone", math.nan, n_ok=0)])


def test_no_line_is_wider_than_the_terminal(printed):
    long = "name+description+image/tfidf+mobilenet_v2/late-weighted/logistic"
    lines = printed([row(long, 0.5), row("dummy", 0.1, "none")], width=80).splitlines()
    assert max(map(len, lines)) <= 80
    assert "logistic" in "".join(lines)


def test_each_dataset_has_its_own_table(printed):
    out = printed([row("m", 0.5), row("m", 0.5, dataset="other")])
    assert "d, ranked by macro-F1" in out
    assert "other, ranked by macro-F1" in out


@pytest.mark.multilabel
def test_label_sets_are_told_by_macro_f1_micro_f1_and_map(printed):
    scores = {"f1_micro": 0.625, "average_precision_macro": 0.7}
    rows = [
        row("m", 0.5, scores=scores),
        row("labels-only", 0.4, scores={"f1_micro": 0.6}),
    ]
    scoring = ["f1_macro", *scores]
    lines = printed(rows, task="multilabel", scoring=scoring).splitlines()
    assert lines[0] == "d, ranked by macro-F1 (mean ±std of 5 trials)"
    header = ["#", "method", "macro-F1", "micro-F1", "mAP", "fit", "rows/s"]
    assert lines[1].split() == header
    numbers = ["0.500", "±0.250", "0.625", "0.700", "2.00", "s", "1,230"]
    assert lines[2].split() == ["1", "m", *numbers]
    assert lines[3].split()[:6] == [
        "2",
        "labels-only",
        "0.400",
        "±0.250",
        "0.600",
        NOTHING,
    ]


def test_square_brackets_in_a_name_are_shown(printed):
    assert "m[red]" in printed([row("m[red]", 0.5)])
