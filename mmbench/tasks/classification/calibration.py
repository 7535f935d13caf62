"""The calibration of each method's probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mmbench.presentation.numbers import count_text
from mmbench.presentation.sentences import Name, Sentence
from mmbench.stats import (
    ReliabilityCurve,
    expected_calibration_error,
    expected_error_by_chance,
)

__all__ = [
    "CalibrationRow",
    "Probabilities",
    "calibration_row",
    "calibration_sentence",
]


class Probabilities(NamedTuple):
    """The calibration of a method's probabilities.

    Attributes
    ----------
    curve : ReliabilityCurve
        How often answers of like confidence are right, by the probability of the
        predicted class. Where a sample may have several labels, every pair of a sample
        and a label is such an answer, "it has the label", by its probability: folding
        0.1 onto 0.9, its doubt, would let errors at one end hide those at the other.
    brier : float
        The mean squared distance from the truth, as `mmbench.stats.brier_score` has it.
    """

    curve: ReliabilityCurve
    brier: float


class CalibrationRow(NamedTuple):
    """The calibration of one method on one dataset, over all its folds.

    Where a sample may have several labels, each pair of a sample and a label is an
    answer: that the sample has the label, with that confidence.

    The fields are the columns of ``tables/calibration.csv``, in their order.

    Attributes
    ----------
    dataset, method : str
        Their names.
    ece : float
        The expected calibration error, over 15 bins of equal width.
    ece_by_chance, ece_limit : float
        The mean and the 95 % quantile of that error for perfectly calibrated
        probabilities of the same confidence.
    brier : float
        Brier's score, summed over the classes: 0 to 2. Of several labels per sample,
        its mean over samples and labels: 0 to 1.
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
    ece_by_chance: float
    ece_limit: float
    brier: float
    mean_confidence: float
    accuracy: float
    n: int


def calibration_row(dataset: str, method: str, said: Probabilities) -> CalibrationRow:
    """Return the row of a method.

    Parameters
    ----------
    dataset, method : str
        Their names.
    said : Probabilities
        The reliability curve and the Brier score.

    Returns
    -------
    CalibrationRow
        Means over the curve's bins weigh each by its samples.
    """
    curve = said.curve
    by_chance, limit = expected_error_by_chance(curve)
    return CalibrationRow(
        dataset=dataset,
        method=method,
        ece=expected_calibration_error(curve),
        ece_by_chance=by_chance,
        ece_limit=limit,
        brier=said.brier,
        mean_confidence=float(np.average(curve.confidence, weights=curve.n)),
        accuracy=float(np.average(curve.accuracy, weights=curve.n)),
        n=int(curve.n.sum()),
    )


def calibration_sentence(
    rows: Sequence[CalibrationRow], best: Sequence[str], habit: str
) -> Sentence | None:
    """Say how many methods are calibrated, and whether the best-scoring one is.

    Parameters
    ----------
    rows : sequence of CalibrationRow
        Those of methods that look at something.
    best : sequence of str
        The best-scoring method, if there is one.
    habit : str
        The mean of what it says and the share that is right, with a place for either.

    Returns
    -------
    Sentence or None
        None without rows. No method is called best calibrated: where several errors are
        no greater than chance makes them, the least of them is least by chance.
    """
    known = sorted(rows, key=lambda row: (row.ece > row.ece_limit, row.ece))
    if not known:
        return None
    n_calibrated = sum(row.ece <= row.ece_limit for row in known)
    start: Sentence
    lowest = "of these, the lowest" if n_calibrated > 1 else "the lowest"
    which = "it is" if n_calibrated == 1 else f"{lowest} is that of"
    first = known[0]
    if len(known) == 1:
        than = "no larger than" if n_calibrated else "larger than"
        words = f" is {than} perfectly calibrated probabilities could show by chance "
        start = ("The calibration error (ECE) of ", Name(first.method), words)
        return (*start, f"({_numbers(first)}).")
    counted = (
        f"{n_calibrated or 'None'} of {count_text(len(known), 'method')} "
        f"{'have' if n_calibrated > 1 else 'has'} a calibration error (ECE) no larger "
        f"than perfectly calibrated probabilities could show by chance; {which} "
    )
    start = (counted, Name(first.method), f" ({_numbers(first)})")
    of_best = next((row for row in known if row.method in best), None)
    if of_best is None or of_best is first:
        return (*start, ".")
    shares = (round(100 * x) for x in (of_best.mean_confidence, of_best.accuracy))
    words = f": {habit.format(*shares)} ({_numbers(of_best)})."
    return (*start, ". The best-scoring method, ", Name(of_best.method), words)


def _numbers(row: CalibrationRow) -> str:
    return (
        f"ECE {row.ece:.3f}, by chance up to {row.ece_limit:.3f}; Brier {row.brier:.3f}"
    )
