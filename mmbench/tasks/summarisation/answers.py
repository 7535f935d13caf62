"""How methods of summarisation answer: with one number per frame, as regressors do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.dummy import DummyRegressor

from mmbench.tasks.base import Answers, Prediction, Target
from mmbench.tasks.regression.answers import RegressionAnswers
from mmbench.tasks.summarisation.estimators import RandomRegressor

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from mmbench.tasks.score_files import ScoredFiles

__all__ = ["SummarisationAnswers"]


class SummarisationAnswers(RegressionAnswers):
    """A prediction has ``number`` of shape (n_rows,)."""

    def refusal(self, method: Any) -> str | None:
        """Return why a method can't answer for this task, or None."""
        refused = super().refusal(method)
        return refused and "is a classifier; summarisation needs a regressor"

    def floors(self) -> Mapping[str, Any]:
        """Return the order at random, and the one that finds all frames alike.

        Shots that are alike are spread evenly over a summary, so that the latter is the
        uniform summary.
        """
        return {"uniform": DummyRegressor(strategy="mean"), "random": RandomRegressor()}

    def score_files(
        self, references: Path, predictions: Path, tokenise: str | None = None
    ) -> ScoredFiles:
        """Refuse: which video and shot a frame is of, a table of numbers doesn't say.

        Raises
        ------
        UsageError
            Always.
        """
        return Answers.score_files(self, references, predictions, tokenise)

    def dump(
        self, target: Target, prediction: Prediction
    ) -> Mapping[str, NDArray[Any]]:
        """Return videos, shots, what people said, and the predicted numbers."""
        return {
            "truth": target.scored,
            "y_true": np.asarray(target.y, np.float64),
            "range": np.array(target.schema["range"], np.float64),
            "shots": np.array([str(target.schema["shots"])]),
            "number": prediction["number"],
        }

    def load(self, arrays: Mapping[str, NDArray[Any]]) -> tuple[Target, Prediction]:
        """Read them back.

        Raises
        ------
        ValueError
            When the arrays don't fit together, or hold NaN or infinity.
        """
        truth, number = arrays["truth"], arrays["number"]
        if truth.ndim != 2 or truth.shape[1] < 3 or number.shape != truth.shape[:1]:
            raise ValueError(
                "truth must have shape (n_rows, 2 + n_people) and number (n_rows,), "
                f"got {truth.shape} and {number.shape}."
            )
        if not (np.isfinite(number).all() and np.isfinite(truth[:, :2]).all()):
            raise ValueError("number, videos and shots must be finite.")
        low, high = arrays["range"].tolist()
        schema = {
            "range": [low, high],
            "ordinal": False,
            "n_people": truth.shape[1] - 2,
            "shots": str(arrays["shots"][0]),
        }
        return Target(arrays["y_true"], schema, truth), Prediction({"number": number})
