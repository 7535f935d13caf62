"""How far each method's probabilities can be believed."""

from __future__ import annotations

from typing import NamedTuple

from mmbench.report.answers import Answers
from mmbench.stats import expected_calibration_error, reliability_curve

__all__ = ["CalibrationRow", "calibration_rows"]


class CalibrationRow(NamedTuple):
    """The calibration of one method on one dataset, over all its folds.

    The fields are the columns of ``tables/calibration.csv``, in their order.

    Attributes
    ----------
    dataset, method : str
        Which.
    ece : float
        The expected calibration error, over 15 bins of equal width.
    brier : float
        Brier's score, summed over the classes: 0 to 2.
    mean_confidence : float
        The mean probability of the predicted class.
    accuracy : float
        How often that class is right.
    n : int
        Answers.
    """

    dataset: str
    method: str
    ece: float
    brier: float
    mean_confidence: float
    accuracy: float
    n: int


def calibration_rows(dataset: str, answers: Answers) -> list[CalibrationRow]:
    """Return a row for every method that gives probabilities."""
    found = []
    for method, said in answers.probabilities.items():
        right = answers.predicted[method] == answers.y
        curve = reliability_curve(said.confidence, right)
        found.append(
            CalibrationRow(
                dataset=dataset,
                method=method,
                ece=expected_calibration_error(curve),
                brier=float(said.distance.mean()),
                mean_confidence=float(said.confidence.mean()),
                accuracy=float(right.mean()),
                n=len(right),
            )
        )
    return found
