"""``--ignore CODE``: warnings left out of the terminal and of reports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Mmbench

FEW = "24 samples are compared"
METHOD = "name/tfidf/naive_bayes"


@pytest.fixture
def repeated(table: Path) -> Path:
    """Give two rows the same name, which folds part."""
    table.write_text(table.read_text().replace("sweet fruit 1,", "sweet fruit 0,"))
    return table


def run(mmbench: Mmbench, table: Path, *more: str) -> object:
    columns = ("--target", "kind", "--text", "name")
    quick = ("--folds", "2", "--method", METHOD, "--no-ablation", "--no-throughput")
    places = ("--out", "out", "--cache", "cache", "--debug")
    return mmbench("run", "quick", "--data", table, *columns, *quick, *places, *more)


def test_an_ignored_check_is_left_out_of_terminal_and_report(mmbench, repeated):
    result = run(mmbench, repeated, "--ignore", "MM101", "--ignore", "MM403")
    assert result.exit_code == 0
    assert "have the same text" not in result.stderr
    assert "(MM107)" in result.stderr
    assert "1 note ignored" in result.stderr
    plan = json.loads(Path("out/plan.json").read_text())
    assert plan["ignored"] == ["MM101", "MM403"]
    assert plan["datasets"]["things"]["notice_codes"] == ["MM101", "MM107"]
    report = Path("out/report.md").read_text()
    assert "have the same text" not in report
    assert FEW not in report
    ignored = "MM101 (Duplicates across folds): 1, MM403 (Few samples): 1"
    assert f"Ignored: {ignored}." in report


def test_what_a_run_says_has_its_code_and_a_report_can_ignore_it_later(
    mmbench, repeated
):
    result = run(mmbench, repeated)
    assert "(MM101)" in result.stderr
    assert FEW in Path("out/report.md").read_text()
    assert mmbench("report", "out", "--ignore", "MM403").exit_code == 0
    assert FEW not in Path("out/report.md").read_text()


def test_an_unknown_code_is_wrong_usage_before_any_data_is_read(mmbench):
    result = mmbench(
        *("run", "quick", "--data", "none.csv", "--target", "y", "--text", "t"),
        *("--ignore", "MM1O1"),
    )
    assert result.exit_code == 2
    assert "did you mean 'MM" in result.stderr


def test_an_unknown_code_of_a_report_is_wrong_usage(mmbench, repeated):
    run(mmbench, repeated)
    result = mmbench("report", "out", "--ignore", "MM999")
    assert result.exit_code == 2
    assert "no check is named 'MM999'" in result.stderr
