"""What only reports of regression show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mmbench.tasks.regression.figures import predictions_figure, residuals_figure
from mmbench.tasks.shown import Shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.presentation.drawing import Drawing
    from mmbench.tasks.base import Prediction, Target
    from mmbench.tasks.pooled import PooledPredictions

__all__ = ["RegressionShown"]


class Kept(NamedTuple):
    """What is kept of one method's predictions.

    Attributes
    ----------
    number : ndarray of shape (n_rows,)
        What is predicted.
    """

    number: NDArray[np.float64]


class RegressionShown(Shown):
    """Predicted against true numbers, and the errors that are left."""

    answer = "number"
    beside = ("rmse",)
    floor = "answers every sample with one number"

    def kept(self, target: Target, prediction: Prediction) -> Kept:
        """Return the numbers themselves."""
        return Kept(prediction["number"])

    def figures(
        self, pooled: PooledPredictions, methods: Sequence[str]
    ) -> Iterator[Drawing]:
        """Draw predictions against the truth, and residuals."""
        truth = np.asarray(pooled.target.scored, np.float64)
        numbers = {name: pooled.methods[name].kept.number for name in methods}
        yield predictions_figure(truth, numbers)
        yield residuals_figure(truth, numbers)
