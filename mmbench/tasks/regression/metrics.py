"""Metrics of one number per sample; they equal scikit-learn's, as tests check.

Those of squares are functions of sums of truths and answers, both taken from the median
of the truths: targets of a billion and a bit keep all digits of the bit.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.tasks.metric import Metric

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.tasks.base import Prediction, Target

    Floats = NDArray[np.float64]

__all__ = ["METRICS", "absolute_errors", "relative_errors", "square_sums"]

# Below this share of the sum of squares, a sum around the mean is rounding.
_NOTHING = 1e-13


def square_sums(target: Target, prediction: Prediction) -> Floats:
    """Return what each row adds to the squares.

    Sums are of rows of one call only, as each call has a centre of its own.

    Parameters
    ----------
    target : Target
        Of the scored rows.
    prediction : Prediction
        Has ``number``.

    Returns
    -------
    ndarray of shape (n_rows, 4)
        One, the truth, its square, and the squared error; truths from their median.
    """
    truth = target.scored - np.median(target.scored)
    error = target.scored - prediction["number"]
    return np.column_stack([np.ones(len(truth)), truth, truth**2, error**2])


def absolute_errors(target: Target, prediction: Prediction) -> Floats:
    """Return one and the absolute error of each row, shape (n_rows, 2).

    Parameters
    ----------
    target : Target
        Of the scored rows.
    prediction : Prediction
        Has ``number``.

    Returns
    -------
    ndarray of shape (n_rows, 2)
        In the target's unit.
    """
    error = np.abs(target.scored - prediction["number"])
    return np.column_stack([np.ones(len(error)), error])


def relative_errors(target: Target, prediction: Prediction) -> Floats:
    """Return one and the error of each row as a share of its truth, shape (n_rows, 2).

    NaN where a truth anywhere in the data is not positive.

    Parameters
    ----------
    target : Target
        Of the scored rows; the range in its schema is that of all data.
    prediction : Prediction
        Has ``number``.

    Returns
    -------
    ndarray of shape (n_rows, 2)
        Without unit, 1 being as much as the truth.
    """
    if not target.schema["range"][0] > 0:
        return np.full((len(target.scored), 2), math.nan)
    found = absolute_errors(target, prediction)
    found[:, 1] /= target.scored
    return found


def grade_sums(target: Target, prediction: Prediction) -> Floats:
    """Return what each row adds to the agreement of grades.

    Answers are rounded to the nearest grade there is. The weights of the kappa are
    squares, so that sums of squares do for the whole table of grades by grades.

    Parameters
    ----------
    target : Target
        Of the scored rows; range and ``ordinal`` in its schema are those of all data.
    prediction : Prediction
        Has ``number``.

    Returns
    -------
    ndarray of shape (n_rows, 6)
        One, truth, answer, their squares, and the squared difference; NaN where the
        target is not ordinal.
    """
    if not target.schema["ordinal"]:
        return np.full((len(target.scored), 6), math.nan)
    low, high = target.schema["range"]
    truth = target.scored - low
    answer = np.clip(np.rint(prediction["number"]), low, high) - low
    columns = [truth, answer, truth**2, answer**2, (truth - answer) ** 2]
    return np.column_stack([np.ones(len(truth)), *columns])


def _ratio(part: Any, of: Any) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.asarray(part, np.float64) / np.asarray(of, np.float64)
    return found


def _r2(sums: Any) -> Floats:
    n, total, squares, errors = sums
    around = squares - _ratio(total**2, n)
    return 1 - _ratio(errors, np.where(around > _NOTHING * squares, around, math.nan))


def _rmse(sums: Any) -> Floats:
    return np.sqrt(_ratio(sums[3], sums[0]))


def _mean(sums: Any) -> Floats:
    return _ratio(sums[1], sums[0])


def _kappa(sums: Any) -> Floats:
    n, truth, answer, truths, answers, differences = sums
    by_chance = truths + answers - 2 * _ratio(truth * answer, n)
    return 1 - _ratio(differences, np.where(by_chance > 0, by_chance, math.nan))


def _median_error(target: Target, prediction: Prediction) -> float:
    return float(np.median(np.abs(target.scored - prediction["number"])))


def _spearman(target: Target, prediction: Prediction) -> float:
    from scipy.stats import rankdata

    ranks = rankdata([target.scored, prediction["number"]], axis=1)
    truth, answer = ranks - ranks.mean(axis=1, keepdims=True)
    norms = math.sqrt(float(truth @ truth) * float(answer @ answer))
    return float(truth @ answer) / norms if norms else math.nan


METRICS = (
    Metric(
        name="r2",
        label="R²",
        description="share of the target's variance that is explained; below 0 is "
        "worse than its mean",
        contributions=square_sums,
        value=_r2,
        shows_spread=True,
    ),
    Metric(
        name="rmse",
        label="RMSE",
        description="root of the mean squared error, in the target's unit",
        greater_is_better=False,
        contributions=square_sums,
        value=_rmse,
        is_share=False,
        shows_spread=True,
    ),
    Metric(
        name="mae",
        label="MAE",
        description="mean absolute error, in the target's unit",
        greater_is_better=False,
        contributions=absolute_errors,
        value=_mean,
        is_share=False,
    ),
    Metric(
        name="median_ae",
        label="median error",
        description="median absolute error, in the target's unit",
        greater_is_better=False,
        compute=_median_error,
        is_share=False,
    ),
    Metric(
        name="mape",
        label="MAPE",
        description="mean absolute error as a share of the target, where that is "
        "always positive",
        greater_is_better=False,
        contributions=relative_errors,
        value=_mean,
    ),
    Metric(
        name="spearman",
        label="Spearman",
        description="rank correlation of target and answers",
        compute=_spearman,
    ),
    Metric(
        name="qwk",
        label="weighted kappa",
        description="agreement beyond chance of rounded answers, weighted by the "
        "squared difference, where the target is whole numbers of few values",
        contributions=grade_sums,
        value=_kappa,
    ),
)
"""The metrics of one number per sample, the one that ranks first."""
