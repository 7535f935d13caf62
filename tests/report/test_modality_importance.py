"""Which modality carries a method, and what it costs to miss one."""

import csv
from pathlib import Path
from typing import Any

import pytest

from mmbench.report import make_report
from mmbench.report.figures.missing import missing_figure
from mmbench.report.judging.leaderboard import Leaderboard
from mmbench.report.judging.modality_importance import (
    ModalityImportance,
    modality_importance,
)
from mmbench.report.tables.methods import method_rows
from mmbench.report.text.modality_words import importance_sentence, robustness_sentence
from mmbench.results import Record, ResultStore
from tests.report.rows import ranked

EARLY = "text+image/tfidf+cnn/early/logistic"
LATE = "text+image/tfidf+hog/late-weighted/logistic"


def change(kind: str, names: list[str], number: float, score: float) -> dict[str, Any]:
    scores = {"f1_macro": score}
    return {"kind": kind, "modalities": names, "number": number, "scores": scores}


def answers(text: float, image: float, both: float, half: float) -> dict[str, Any]:
    """Return what a method answered that reaches 0.1 without seeing anything."""
    return {
        "changes": [
            change("present", [], 0, 0.1),
            change("present", ["text"], 0, text),
            change("present", ["image"], 0, image),
            change("present", ["image", "text"], 0, both),
            change("missing", ["text"], 0.5, half),
            change("missing", ["image"], 0.5, 0.75),
            *(change("shuffled", ["text"], i, s) for i, s in enumerate((0.2, 0.3))),
            *(change("shuffled", ["image"], i, s) for i, s in enumerate((0.6, 0.7))),
        ]
    }


@pytest.fixture
def probes() -> dict[str, Any]:
    return {
        EARLY: answers(text=0.7, image=0.3, both=0.8, half=0.5),
        LATE: answers(text=0.65, image=0.5, both=0.72, half=0.68),
        "text+image/tfidf+hog/hybrid/logistic": {"reason": "it is not looked into"},
    }


@pytest.fixture
def glyphs(plan: dict[str, Any], records: dict[str, Record]) -> Leaderboard:
    rows = method_rows(plan, records)
    return ranked(row for row in rows if row.dataset == "glyphs")


@pytest.fixture
def found(glyphs: Leaderboard, probes: dict[str, Any]) -> ModalityImportance:
    found = modality_importance("glyphs", glyphs, probes)
    assert found is not None
    return found


def test_a_modalitys_row_holds_its_scores_and_its_fair_share(
    found: ModalityImportance,
) -> None:
    text, image = found.of([EARLY])

    assert (text.modality, text.intact, text.without, text.alone) == (
        *("text", 0.8, 0.3, 0.7),
    )
    # Text adds 0.6 to nothing and 0.5 to the picture; the picture 0.2 and 0.1.
    assert text.shapley == pytest.approx(0.55)
    assert image.shapley == pytest.approx(0.15)
    assert text.share == pytest.approx(0.55 / 0.7)
    assert text.shuffled == pytest.approx(0.25)
    assert 0.2 <= text.shuffled_low < text.shuffled < text.shuffled_high <= 0.3


def test_a_curve_runs_from_all_rows_seen_to_none(found: ModalityImportance) -> None:
    curve = next(c for c in found.curves_of([EARLY]) if c.modality == "text")

    assert curve.shares == (0.0, 0.5, 1.0)
    assert curve.scores == (0.8, 0.5, 0.3)


def test_the_leaders_are_the_best_of_each_kind_that_was_asked(
    found: ModalityImportance,
) -> None:
    assert found.leaders == (EARLY, LATE)
    assert found.reasons[0][1] == "it is not looked into"


def test_the_modality_that_carries_is_named_with_its_share(
    found: ModalityImportance,
) -> None:
    text = "".join(importance_sentence(found))

    assert text.startswith(
        f"Text contributes most to {EARLY}: its gain of 70.0 points of macro-F1"
    )
    assert "text 79 %, image 21 % (Shapley shares)" in text
    assert "text 55.0 points (50.2 to 59.8 over shuffles)" in text


def test_where_modalities_share_the_load_none_is_said_to_carry(
    glyphs: Leaderboard,
) -> None:
    alike = modality_importance("glyphs", glyphs, {EARLY: answers(0.5, 0.5, 0.8, 0.6)})

    assert alike is not None
    text = "".join(importance_sentence(alike))
    assert text.startswith(f"No single modality dominates {EARLY}")


def test_a_method_that_sees_for_nothing_is_told_so(glyphs: Leaderboard) -> None:
    blind = modality_importance("glyphs", glyphs, {EARLY: answers(0.1, 0.1, 0.1, 0.1)})

    assert blind is not None
    assert "gains nothing from its inputs" in "".join(importance_sentence(blind))


def test_robustness_names_the_losses_and_the_leader_that_stands_them_best(
    found: ModalityImportance,
) -> None:
    text = "".join(robustness_sentence(found) or ())

    assert (
        "30.0 points without text in half of the rows and 50.0 points without it "
        in text
    )
    assert f"Most robust to a missing modality: {LATE} (" in text
    assert "(0.680 without its most important modality in half" in text


def test_the_figure_has_a_line_a_leader_and_modality(found: ModalityImportance) -> None:
    drawing = missing_figure(found)

    assert drawing is not None
    assert len(drawing.hints) == 4
    assert drawing.svg.count('<g id="method-') == 4
    assert f"{EARLY}: macro-F1 with text missing from 0 %: 0.800, 50 %: 0.500" in str(
        drawing.hints
    )


def test_nothing_is_said_of_methods_that_nobody_asked(glyphs: Leaderboard) -> None:
    assert modality_importance("glyphs", glyphs, {}) is None
    assert missing_figure(None) is None


def test_a_report_shows_table_figure_and_verdicts(
    out: Path, probes: dict[str, Any]
) -> None:
    store = ResultStore(out)
    store.keep_probes({"glyphs": probes})
    page = make_report(out).read_text(encoding="utf-8")

    assert "Modality importance" in page
    assert "Text contributes most to <b" in page
    assert (out / "figures" / "glyphs-missing.png").read_bytes()[:4] == b"\x89PNG"
    assert "### Modality importance" in (out / "report.md").read_text("utf-8")
    with (out / "tables" / "modalities.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["modality"] for row in rows] == ["text", "image"] * 2
    assert float(rows[0]["without"]) == 0.3
