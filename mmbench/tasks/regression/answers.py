"""How regressors answer: with one finite number a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.base import (
    BaseEstimator,
    RegressorMixin,
    is_classifier,
    is_regressor,
)
from sklearn.dummy import DummyRegressor

from mmbench.columns import Column, numbers_of
from mmbench.errors import DataError
from mmbench.fusion import combine_numbers, learn_number_weights, select_number_voters
from mmbench.tasks.base import Answers, Prediction, Target
from mmbench.tasks.regression.data import RegressionData
from mmbench.tasks.regression.estimators import LogTargetRegressor
from mmbench.tasks.regression.metrics import METRICS
from mmbench.tasks.score_files import scored_files
from mmbench.tasks.score_tables import paired_tables

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from mmbench.fusion import Selection
    from mmbench.tasks.score_files import ScoredFiles

    Floats = NDArray[np.float64]

__all__ = ["RegressionAnswers"]

_LARGEST = 1e150


class FusionWeights(NamedTuple):
    """What late fusion learns from training rows.

    Attributes
    ----------
    prior : float
        Their mean.
    weights : ndarray of shape (n_voters,) or None
        The voters' shares, where they are learnt.
    """

    prior: float
    weights: Floats | None


class AnsweredRegressor(RegressorMixin, BaseEstimator):
    """A regressor that has answered already, whatever it is asked.

    Parameters
    ----------
    numbers : ndarray of shape (n_rows,)
        What ``predict`` returns.
    """

    def __init__(self, numbers: Floats) -> None:
        self.numbers = numbers

    def predict(self, X: Any) -> Floats:
        """Return the numbers.

        Parameters
        ----------
        X : object
            Ignored.

        Returns
        -------
        ndarray of shape (n_rows,)
            The numbers, whatever it is asked.
        """
        return self.numbers


class RegressionAnswers(Answers):
    """A prediction has ``number`` of shape (n_rows,)."""

    def refusal(self, method: Any) -> str | None:
        """Return why a method can't answer for this task, or None."""
        if is_classifier(method):
            return "is a classifier; regression needs a regressor"
        return None

    def on_log_scale(self, method: Any) -> Any:
        """Return the method, fitted to ``log(1 + y)``."""
        return LogTargetRegressor(method)

    def is_answer(self, estimator: Any) -> bool:
        """Return whether an estimator answers, rather than making features."""
        return is_regressor(estimator) or not hasattr(estimator, "transform")

    def predict(self, model: Any, X: Any, target: Target) -> Prediction:
        """Predict numbers with a fitted regressor.

        Raises
        ------
        ValueError
            When the answer is not one finite number a row.
        """
        return Prediction({"number": _checked(model.predict(X))})

    def combines(self, voters: Sequence[Any]) -> bool:
        """Return whether all voters give numbers."""
        return all(map(is_regressor, voters))

    def average(
        self, parts: Sequence[Prediction], weights: Any, target: Target
    ) -> Prediction:
        """Return the (weighted) mean of numbers, as VotingRegressor does."""
        found = np.average([part["number"] for part in parts], axis=0, weights=weights)
        return Prediction({"number": found})

    def learn_fusion(
        self,
        rule: Any,
        target: Target,
        out_of_fold: Sequence[Prediction] | None,
        present: NDArray[np.bool_] | None,
        selection: Selection | None = None,
    ) -> FusionWeights:
        """Return the mean of the target, and weights where the rule has any."""
        weights = None
        if out_of_fold is not None:
            numbers = np.array([part["number"] for part in out_of_fold])
            weights = (
                learn_number_weights(numbers, target.y, present)
                if selection is None
                else select_number_voters(numbers, target.y, present, rule, selection)
            )
        return FusionWeights(float(np.mean(target.y)), weights)

    def fuse(
        self,
        rule: Any,
        learnt: FusionWeights,
        parts: Sequence[Prediction],
        present: NDArray[np.bool_],
        target: Target,
    ) -> Prediction:
        """Combine by a rule of :func:`mmbench.fusion.combine_numbers`."""
        numbers = np.array([part["number"] for part in parts])
        found = combine_numbers(numbers, present, rule, learnt.weights, learnt.prior)
        return Prediction({"number": found})

    def stack(self, parts: Sequence[Prediction], trained: Target) -> Floats:
        """Return numbers side by side, as StackingRegressor lays them out."""
        return np.column_stack([part["number"] for part in parts])

    def as_estimator(
        self, target: Target, prediction: Prediction, *, trained: Target | None = None
    ) -> Any:
        """Return a regressor that gives this prediction."""
        return AnsweredRegressor(prediction["number"])

    def to_columns(
        self, target: Target, prediction: Prediction
    ) -> Mapping[str, Sequence[Any]]:
        """Return the predicted numbers."""
        return {"number": prediction["number"].tolist()}

    def floors(self) -> Mapping[str, Any]:
        """Return the methods that only know the target's mean, and its median."""
        return {each: DummyRegressor(strategy=each) for each in ("mean", "median")}

    def from_columns(self, columns: Mapping[str, Column], target: Target) -> Prediction:
        """Read a column ``number``."""
        if "number" not in columns:
            raise DataError(
                f"there is no column 'number'; the columns are: {', '.join(columns)}."
            )
        column = columns["number"]
        found = np.array(numbers_of(column, "answer with a number"))
        for row in np.flatnonzero(~np.isfinite(found)).tolist():
            raise column.error(row, f"must be a finite number, got {found[row]}.")
        return Prediction({"number": found})

    def score_files(
        self, references: Path, predictions: Path, tokenise: str | None = None
    ) -> ScoredFiles:
        """Score a column ``number``."""
        truth, said = paired_tables(references, predictions)
        y = self.from_columns(truth, Target(np.zeros(0)))["number"]
        target = RegressionData().completed(Target(y))
        return scored_files("sample", METRICS, target, self.from_columns(said, target))

    def dump(
        self, target: Target, prediction: Prediction
    ) -> Mapping[str, NDArray[Any]]:
        """Return the true numbers, the predicted ones, and what all data share."""
        return {
            "y_true": target.scored,
            "range": np.array(target.schema["range"], np.float64),
            "ordinal": np.array([target.schema["ordinal"]]),
            "number": prediction["number"],
        }

    def load(self, arrays: Mapping[str, NDArray[Any]]) -> tuple[Target, Prediction]:
        """Read them back.

        Raises
        ------
        ValueError
            When the arrays don't fit together, or hold NaN or infinity.
        """
        y, number = arrays["y_true"], arrays["number"]
        if y.shape != number.shape or y.ndim != 1:
            raise ValueError(
                f"y_true and number must have one shape (n_rows,), got {y.shape} and "
                f"{number.shape}."
            )
        if not np.isfinite(number).all():
            raise ValueError("number must hold finite numbers, got NaN or inf.")
        low, high = arrays["range"].tolist()
        schema = {"range": [low, high], "ordinal": bool(arrays["ordinal"].all())}
        return Target(y, schema), Prediction({"number": number})


def _checked(numbers: Any) -> Floats:
    try:
        found = np.asarray(numbers, np.float64)
    except (TypeError, ValueError):
        raise ValueError("predict must return numbers.") from None
    if found.ndim == 2 and found.shape[1] == 1:
        found = found[:, 0]
    if found.ndim != 1:
        raise ValueError(
            f"predict must return one number per row, got shape {found.shape}."
        )
    if not np.isfinite(found).all():
        raise ValueError("predict must return finite numbers, got NaN or inf.")
    if np.abs(found).max(initial=0.0) > _LARGEST:
        most = found[np.abs(found).argmax()]
        raise ValueError(f"predict returned {most:g}, whose square overflows.")
    return found
