"""How far each method's probabilities can be believed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mmbench.report.answers import Answers
from mmbench.stats import expected_calibration_error

__all__ = ["CalibrationRow", "calibration_rows"]


class CalibrationRow(NamedTuple):
    """The calibration of one method on one dataset, over all its folds.

    Where a sample may have several labels, each pair of a sample and a label is an
    answer: that the sample has the label, with that confidence.

    The fields are the columns of ``tables/calibration.csv``, in their order.

    Attributes
    ----------
    dataset, method : str
        Which.
    ece : float
        The expected calibration error, over 15 bins of equal width.
    brier : float
        Brier's score, summed over the classes: 0 to 2. Of several labels a sample, its
        mean over samples and labels: 0 to 1.
    mean_confidence : float
        The mean probability of the predicted class, or of all labels.
    accuracy : float
        How often that class is right, or such a label holds.
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
        curve = said.curve
        found.append(
            CalibrationRow(
                dataset=dataset,
                method=method,
                ece=expected_calibration_error(curve),
                brier=said.brier,
                mean_confidence=float(np.average(curve.confidence, weights=curve.n)),
                accuracy=float(np.average(curve.accuracy, weights=curve.n)),
                n=int(curve.n.sum()),
            )
        )
    return found
