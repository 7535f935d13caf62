"""Differences as a forest plot."""

from mmbench.report.figures.differences import dataset_differences, fusion_gains_figure
from mmbench.report.judging.comparisons import Comparison
from mmbench.report.judging.questions import ENSEMBLE, FUSION
from mmbench.tasks import TASKS

F1_MACRO = TASKS["classification"].metrics_by_name["f1_macro"]


def comparison(dataset: str, question: str, low: float, high: float) -> Comparison:
    numbers = dict.fromkeys(Comparison._fields, 0.5)
    words = dict.fromkeys(("first", "second"), "text/tfidf/bagging")
    sides = {"subject": "late fusion", "reference": "text alone", "metric": "f1_macro"}
    lead = {"estimate": (low + high) / 2, "low": low, "high": high}
    told = {"dataset": dataset, "question": question}
    p_value = 0.001 if low > 0 or high < 0 else 0.6
    return Comparison(**(numbers | words | sides | lead | told | {"p_value": p_value}))


def test_each_line_says_who_over_whom_with_interval_and_p_value() -> None:
    compared = [
        comparison("d", ENSEMBLE, -0.03, 0.01),
        comparison("d", FUSION, 0.02, 0.04),
    ]

    drawing = dataset_differences(compared, F1_MACRO)

    assert drawing is not None
    assert list(drawing.hints.values()) == [
        "late fusion over text alone: +3.0 points (+2.0 to +4.0), p = .0010",
        "text/tfidf/bagging over bagging: -1.0 points (-3.0 to +1.0), p = .60",
    ]
    assert ">difference in points of macro-F1<" in drawing.svg


def test_gains_over_datasets_are_drawn_for_two_datasets_or_more() -> None:
    gains = [comparison(name, FUSION, 0.01, 0.02) for name in ("a", "b")]

    metrics = {"a": F1_MACRO, "b": F1_MACRO}
    compared = [*gains, comparison("a", ENSEMBLE, 0.0, 0.1)]

    drawing = fusion_gains_figure(compared, metrics)

    assert drawing is not None
    assert ">a: over text alone<" in drawing.svg
    assert len(drawing.hints) == 2
    assert fusion_gains_figure(gains[:1], metrics) is None
