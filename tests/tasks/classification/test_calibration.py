"""How well methods are calibrated is said in one sentence."""

import pytest

from mmbench.tasks.classification.calibration import (
    CalibrationRow,
    calibration_sentence,
)

HABIT = "mean confidence {} %, accuracy {} %"


def row(method: str, ece: float) -> CalibrationRow:
    return CalibrationRow("letters", method, ece, 0.05, 0.1, 0.5, 0.8, 0.7, 100)


@pytest.mark.parametrize(("ece", "than"), [(0.3, "larger"), (0.08, "no larger")])
def test_one_method_is_not_counted(ece: float, than: str) -> None:
    found = calibration_sentence([row("words", ece)], ["words"], HABIT)

    assert found is not None
    assert "".join(found) == (
        f"The calibration error (ECE) of words is {than} than perfectly calibrated "
        f"probabilities could show by chance (ECE {ece:.3f}, by chance up to 0.100; "
        "Brier 0.500)."
    )


def test_several_methods_are_counted() -> None:
    found = calibration_sentence([row("words", 0.3), row("a", 0.2)], ["words"], HABIT)

    assert found is not None
    assert "".join(found).startswith("None of 2 methods has a calibration error (ECE) ")
