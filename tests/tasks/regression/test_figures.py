"""Predictions beside the truth, and what is left."""

import numpy as np

from mmbench.tasks.regression.figures import predictions_figure, residuals_figure

TRUTH = np.array([1.0, 2.0, 4.0])


def test_a_panel_is_drawn_for_each_method() -> None:
    numbers = {"fused": TRUTH + 0.1, "alone": TRUTH[::-1]}
    for draw, name in (
        (predictions_figure, "predictions"),
        (residuals_figure, "residuals"),
    ):
        drawing = draw(TRUTH, numbers)
        assert drawing.name == name
        assert all(f">{method}<" in drawing.svg for method in numbers)
        assert "of fused and of alone" in drawing.caption


def test_of_many_rows_some_are_drawn_and_it_is_said() -> None:
    truth = np.arange(2500.0)
    drawing = predictions_figure(truth, {"m": truth})
    assert drawing.caption.endswith(" 1,000 of 2,500 points are drawn.")
    assert drawing.svg.count("<use ") <= 1100


def test_one_row_and_equal_truths_can_be_drawn() -> None:
    for truth in (TRUTH[:1], np.ones(3)):
        assert predictions_figure(truth, {"m": truth}).svg
        assert residuals_figure(truth, {"m": truth}).svg
