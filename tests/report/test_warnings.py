"""Warnings by their checks: shown with codes, ignored on request, listed in a table."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from mmbench import make_report
from mmbench.checks import Finding
from mmbench.checks.catalogue import UNUSABLE_IMAGES
from mmbench.errors import UnknownNameError
from mmbench.report.plan_reading import findings_of
from mmbench.results import Record
from tests.report.conftest import MakeOut

NOTICE = "12 of 1,200 images can't be read and count as missing."
BOOSTED = "text+image/tfidf+hog/early/xgboost"


@pytest.fixture
def coded(plan: dict[str, Any]) -> dict[str, Any]:
    """Return the plan of a run on one dataset, as it is since warnings have codes."""
    plan["trials"] = [t for t in plan["trials"] if t["dataset"] == "synthetic"]
    plan["datasets"]["synthetic"]["notice_codes"] = ["MM203"]
    return plan | {"ignored": []}


def rows_of(out: Path) -> list[dict[str, str]]:
    with (out / "tables" / "warnings.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_warnings_are_shown_and_listed_with_their_codes(
    make_out: MakeOut, coded: dict[str, Any], records: dict[str, Record]
) -> None:
    out = make_out(coded, records)
    make_report(out)
    assert f"- **synthetic**: {NOTICE} (MM203)\n" in (out / "report.md").read_text()
    assert ">MM203</small>" in (out / "report.html").read_text()
    row = rows_of(out)[0]
    assert (row["code"], row["text"], row["ignored"]) == ("MM203", NOTICE, "False")
    assert row["severity"] == "warning"
    assert row["remedy"] == UNUSABLE_IMAGES.remedy
    of_method = rows_of(out)[-1]
    assert (of_method["code"], of_method["method"]) == ("MM505", BOOSTED)


def test_what_a_run_or_a_report_ignores_is_counted_and_listed_only(
    make_out: MakeOut, coded: dict[str, Any], records: dict[str, Record]
) -> None:
    out = make_out(coded | {"ignored": ["MM203"]}, records)
    make_report(out, ignore=["MM505"])
    texts = [(out / name).read_text() for name in ("report.md", "report.html")]
    for text in texts:
        assert "can't be read and count" not in text.replace("&#39;", "'")
        assert "feature names are not checked" not in text
        assert (
            "Ignored: MM203 (Images that can't be used): 1, MM505 (Warning of a "
            "method): 1." in text.replace("&#39;", "'")
        )
    ignored = {row["code"] for row in rows_of(out) if row["ignored"] == "True"}
    assert ignored == {"MM203", "MM505"}


def test_a_report_refuses_to_ignore_a_code_that_no_check_has(
    make_out: MakeOut, coded: dict[str, Any]
) -> None:
    out = make_out(coded, {})
    with pytest.raises(UnknownNameError, match="no check is named 'MM999'"):
        make_report(out, ignore=["MM999"])
    assert not (out / "report.md").exists()


def test_a_report_can_ignore_a_code_of_the_folders_own(
    make_out: MakeOut, coded: dict[str, Any]
) -> None:
    coded["datasets"]["synthetic"]["notice_codes"] = ["LAB1"]
    out = make_out(coded, {})
    make_report(out, ignore=["LAB1"])
    assert [row["code"] for row in rows_of(out) if row["ignored"] == "True"] == ["LAB1"]


def test_the_warnings_of_an_older_run_are_shown_without_codes(reported: Path) -> None:
    text = (reported / "report.md").read_text()
    assert f"- **synthetic**: {NOTICE}\n" in text
    assert "(MM" not in text


def test_notices_without_codes_are_notes() -> None:
    codes = ["MM101"]
    found = findings_of({"notices": ["equal rows", "old"], "notice_codes": codes})
    assert [(str(each), each.check.code) for each in found] == [
        ("equal rows", "MM101"),
        ("old", "MM001"),
    ]
    assert all(isinstance(each, Finding) for each in found)
