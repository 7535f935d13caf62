"""Two methods head to head."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from scipy.stats import binomtest

from mmbench.cli import main
from mmbench.errors import UnknownNameError, UsageError
from mmbench.report.versus import head_to_head
from tests.report.test_trained_anew import PAIR
from tests.report.test_verdicts import FUSED, SINGLES, Made

GOLDEN = Path(__file__).parents[1] / "golden" / "results"


def test_the_plain_difference_is_said_with_interval_and_disagreements() -> None:
    run = Made(
        SINGLES | FUSED, {"text/a": 0.8, **dict.fromkeys([*FUSED, "image/a"], 0.6)}
    )

    (found,) = head_to_head(run.run(), "text/a", "image/a")

    pair = found.comparison
    score = {n: [] for n in ("text/a", "image/a")}
    for record in run.records.values():
        if record.method in score:
            score[record.method].append(record.scores["accuracy"])
    n_right = {name: 80 * sum(each) for name, each in score.items()}
    assert pair.n_compared == 1
    assert found.n_both + pair.n_better == pytest.approx(n_right["text/a"])
    assert found.n_both + pair.n_worse == pytest.approx(n_right["image/a"])
    assert found.n_neither + found.n_both + pair.n_better + pair.n_worse == 400
    assert "".join(found.sentence).startswith("text/a adds ")
    assert pair.p_value < 0.01
    assert binomtest(pair.n_better, pair.n_better + pair.n_worse).pvalue < 0.01


def test_turning_a_pair_round_turns_its_interval_round() -> None:
    run = Made(PAIR, {"first": 0.75, "second": 0.65}).run()
    (one,), (other,) = (head_to_head(run, *pair) for pair in (PAIR, reversed(PAIR)))
    assert (one.comparison.low, one.comparison.high) == pytest.approx(
        (-other.comparison.high, -other.comparison.low)
    )
    assert one.comparison.p_value == pytest.approx(other.comparison.p_value)
    assert (one.comparison.conclusion, other.comparison.conclusion) == (
        "better",
        "worse",
    )


def test_intervals_are_corrected_for_how_many_datasets_there_are() -> None:
    run = Made(PAIR, {"first": 0.75, "second": 0.65}, datasets=3).run()
    found = head_to_head(run, "first", "second")
    assert [each.comparison.n_compared for each in found] == [3, 3, 3]


def test_methods_that_are_unknown_or_the_same_are_refused() -> None:
    run = Made(PAIR, {"first": 0.75, "second": 0.65}).run()
    with pytest.raises(UnknownNameError, match="did you mean 'second'"):
        head_to_head(run, "first", "secnd")
    with pytest.raises(UsageError, match="got 'first' twice"):
        head_to_head(run, "first", "first")


def test_methods_go_by_the_names_that_tables_show_too() -> None:
    full = ("text/tfidf/logistic", "image/hog/logistic")
    methods = dict.fromkeys(full, ("text", "none", "linear"))
    run = Made(methods, dict.fromkeys(full, 0.7)).run()
    (found,) = head_to_head(run, "text/tfidf", "image/hog")
    assert (found.first.method, found.second.method) == full


@pytest.mark.multilabel
def test_the_command_prints_words_or_json() -> None:
    plan = json.loads((GOLDEN / "plan.json").read_text())
    one, other = [m for m, said in plan["methods"].items() if not said.get("is_floor")][
        :2
    ]

    words = CliRunner().invoke(main, ["versus", str(GOLDEN), one, other])
    printed = CliRunner().invoke(main, ["versus", str(GOLDEN), one, other, "--json"])

    found = json.loads(printed.output)
    assert [(each["first"], each["second"]) for each in found] == [(one, other)] * len(
        found
    )
    for each in found:
        assert f"{each['dataset']}: " in words.output
        assert each["low"] <= each["estimate"] <= each["high"]
        assert (each["p_value"] < 0.05) == (not each["low"] <= 0 <= each["high"])
    assert "Effect size: d = " in words.output
