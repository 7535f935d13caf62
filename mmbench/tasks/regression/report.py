"""What only reports of regression show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import OUTLIERS
from mmbench.presentation.numbers import number_text, percent_text
from mmbench.tasks.mistakes import Mistakes
from mmbench.tasks.regression.figures import predictions_figure, residuals_figure
from mmbench.tasks.shown import Note, Shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.presentation.drawing import Drawing
    from mmbench.tasks.base import Prediction, Target
    from mmbench.tasks.pooled import PooledPredictions

__all__ = ["RegressionShown"]

# One sample that makes up more of the variance than this decides about R².
_LARGE_SHARE = 0.1


class RegressionShown(Shown):
    """Predictions against the truth, and what is left over."""

    answer = "number"
    table = ("r2", "rmse", "mae", "median_ae", "mape", "spearman", "qwk")
    beside = ("rmse",)
    floor = "predicts one number for all, such as the mean of the training rows"
    notes = (
        Note(
            "R² is the share of the target's variance that predictions explain: 1 is "
            "perfect, 0 no better than the mean, and it has no lower bound. RMSE, MAE "
            "and the median error are in the target's unit."
        ),
    )

    def fact(self, name: str, text: str) -> tuple[str, str]:
        """Say what the range is of."""
        if name != "range":
            return name, text
        low, high = (number_text(float(each)) for each in text.split(", "))
        return "target", f"from {low} to {high}"

    def kept(self, target: Target, prediction: Prediction) -> NDArray[np.float32]:
        """Return the numbers, as exactly as a figure needs them: from the median."""
        numbers: NDArray[np.float64] = prediction["number"] - np.median(target.scored)
        return numbers.astype(np.float32)

    def mistakes(self, target: Target, prediction: Prediction) -> Mistakes:
        """Return how far each number is off; a number has no label to be wrong."""
        truth, numbers = target.scored, prediction["number"]
        return Mistakes(
            truth=list(map(number_text, truth.tolist())),
            answer=list(map(number_text, numbers.tolist())),
            error=np.abs(truth - numbers).astype(np.float64),
            suspicion=None,
            rather=[""] * len(truth),
        )

    def disagreement(
        self, target: Target, predictions: Sequence[Prediction]
    ) -> NDArray[np.float64]:
        """Return the standard deviation of the methods' numbers."""
        numbers = np.array([each["number"] for each in predictions])
        spread: NDArray[np.float64] = numbers.std(axis=0)
        return spread

    def caveats(self, pooled: PooledPredictions) -> Iterator[Finding]:
        """Warn where one sample makes up much of the variance."""
        y = pooled.once.scored
        squares = (y - y.mean()) ** 2
        share = float(squares.max() / squares.sum())
        if share > _LARGE_SHARE:
            text = (
                f"One sample, whose target is {number_text(y[squares.argmax()])}, "
                f"makes up {percent_text(share)} of the target's variance: R² and "
                "RMSE depend on it; MAE and the median error depend on it less."
            )
            yield OUTLIERS.found(text)

    def figures(
        self, pooled: PooledPredictions, methods: Sequence[str]
    ) -> Iterator[Drawing]:
        """Draw predictions against the truth, and residuals."""
        truth = pooled.target.scored
        middle = np.median(truth)
        numbers = {name: pooled.methods[name].kept + middle for name in methods}
        yield predictions_figure(truth, numbers)
        yield residuals_figure(truth, numbers)
