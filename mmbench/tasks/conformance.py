"""Whether a metric is one: what every metric must hold to, tried out."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from mmbench.tasks.metric import Metric, sums_of
from mmbench.tasks.target import Prediction, Target

__all__ = ["check_metric"]


def check_metric(metric: Metric, target: Target, prediction: Prediction) -> None:
    """Try out all that mmbench takes for granted of a metric.

    Parameters
    ----------
    metric : Metric
        Yours, or any.
    target : Target
        Of at least two rows, with the schema that the task gives it.
    prediction : Prediction
        Answers for these rows, some of them wrong, for which the metric is defined.

    Raises
    ------
    ValueError
        When there are fewer than two rows, or target and prediction differ in length.
    AssertionError
        Names the first rule that is broken:

        - it is defined for the target and the prediction, and leaves both alone;
        - its contributions are a two-dimensional array or CSR matrix of finite
          numbers, the same when they are taken again;
        - its value of sums of shape (k,) is a number, and of sums of shape (k, n) an
          array of shape (n,) that holds the value of each column;
        - of nothing, sums of zeros, its value is a number or NaN and no error;
        - its score is finite, and between 0 and 1 unless ``is_share`` is False;
        - its score is the same when the rows come in another order.

    Examples
    --------
    >>> import numpy as np
    >>> from mmbench.tasks import Prediction, Target, get_task
    >>> target = Target(np.array(["a", "b", "b"]), {"classes": ["a", "b"]})
    >>> prediction = Prediction({"label": np.array([0, 1, 0])})
    >>> accuracy = get_task("classification").metrics_by_name["accuracy"]
    >>> check_metric(accuracy, target, prediction)
    """
    if not 2 <= len(target.y) == len(prediction):
        raise ValueError(
            "target and prediction must have the same rows, two or more, got "
            f"{len(target.y)} and {len(prediction)}."
        )
    trial = _Trial(metric, target, prediction)
    for check in _CHECKS:
        check(trial)


class _Trial:
    """A metric under test, and what it is asked to score."""

    def __init__(self, metric: Metric, target: Target, prediction: Prediction) -> None:
        self.metric, self.target, self.prediction = metric, target, prediction
        self.before = self.pickled()

    def pickled(self) -> dict[str, bytes]:
        """Return what the metric is given, as it is now."""
        arrays = {"target": self.target.scored, **self.prediction.arrays}
        return {name: pickle.dumps(array) for name, array in arrays.items()}

    def require(self, holds: bool, rule: str) -> None:
        """Raise unless a rule holds."""
        if not holds:
            raise AssertionError(f"{self.metric.name} is not a valid metric: {rule}.")

    def contributions(self) -> Any:
        """Return what each unit adds to the sums."""
        return self.metric.as_sums[0](self.target, self.prediction)

    def value(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the scores of sums; an error breaks a rule."""
        try:
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.asarray(self.metric.as_sums[1](sums), np.float64)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise AssertionError(
                f"{self.metric.name} is not a valid metric: value must take sums of "
                f"shape {sums.shape}, but raises {type(error).__name__}: {error}"
            ) from error


def _check_defined(trial: _Trial) -> None:
    needs = trial.metric.needs
    trial.require(
        trial.metric.is_defined(trial.target, trial.prediction),
        "it must be defined for the target and the prediction"
        + (f", and needs {needs!r}" if needs else ""),
    )


def _check_contributions(trial: _Trial) -> None:
    if not trial.metric.has_interval:
        return
    rows = trial.contributions()
    array = _dense(rows)
    trial.require(
        array.ndim == 2 and array.dtype.kind in "fiub",
        "contributions must return a two-dimensional array of numbers, a row for each "
        f"unit, got {array.ndim} dimensions of {array.dtype}",
    )
    trial.require(bool(np.isfinite(array).all()), "contributions must be finite")
    trial.require(
        np.array_equal(array, _dense(trial.contributions())),
        "contributions must be the same when they are taken again",
    )


def _check_value(trial: _Trial) -> None:
    if not trial.metric.has_interval:
        return
    rows = trial.contributions()
    ends = range(1, rows.shape[0] + 1)
    sums = np.column_stack([sums_of(rows[:end]) for end in ends])
    each = [trial.value(column) for column in sums.T]
    trial.require(
        all(found.ndim == 0 for found in each),
        f"value must return a number for sums of shape {sums[:, 0].shape}",
    )
    found = trial.value(sums)
    trial.require(
        found.shape == sums.shape[1:],
        f"value must return an array of shape {sums.shape[1:]} for sums of shape "
        f"{sums.shape}, got {found.shape}",
    )
    trial.require(
        np.allclose(found, each, rtol=1e-9, atol=1e-12, equal_nan=True),
        "value of several columns of sums must hold the value of each",
    )
    nothing = trial.value(np.zeros(len(sums)))
    trial.require(
        nothing.ndim == 0, "value must return a number or NaN for sums of zeros"
    )


def _check_score(trial: _Trial) -> None:
    score = trial.metric.score(trial.target, trial.prediction)
    trial.require(
        score is not None,
        "its score of the target and the prediction must be a finite number",
    )
    assert score is not None  # noqa: S101 - for the type checker
    trial.require(
        not trial.metric.is_share or 0 <= score <= 1,
        f"is_share must be False, since a score is {score:g}",
    )


def _check_order(trial: _Trial) -> None:
    back = np.arange(len(trial.target.y))[::-1]
    score = trial.metric.score(trial.target, trial.prediction)
    turned = trial.metric.score(trial.target.take(back), trial.prediction.take(back))
    trial.require(
        turned is not None
        and score is not None
        and math.isclose(turned, score, rel_tol=1e-9, abs_tol=1e-12),
        f"its score must not depend on the order of rows, got {score} and {turned}",
    )


def _check_leaves_alone(trial: _Trial) -> None:
    for name, now in trial.pickled().items():
        trial.require(trial.before[name] == now, f"it must leave {name} as it is")


_CHECKS: tuple[Callable[[_Trial], None], ...] = (
    _check_defined,
    _check_contributions,
    _check_value,
    _check_score,
    _check_leaves_alone,
    _check_order,
)


def _dense(rows: Any) -> NDArray[Any]:
    return np.asarray(rows.toarray() if sparse.issparse(rows) else rows)
