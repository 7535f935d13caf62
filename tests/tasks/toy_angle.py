"""A task of one's own in one file: which way does the wind blow, in radians.

`mmbench run tests/tasks/toy_angle.py` runs it, from the suite at the end to the report.
Errors are angles, so that 359 and 1 degree are two apart; late fusion is the mean
direction, by an estimator of the file's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression

from mmbench import Suite
from mmbench.columns import Column, numeric_values
from mmbench.datasets import Dataset, Samples
from mmbench.errors import DataError
from mmbench.feature_extraction import CountVectorizer
from mmbench.fusion import branch, early_fusion
from mmbench.tasks import (
    Answers,
    Data,
    Metric,
    Options,
    Prediction,
    Target,
    Task,
    register_task,
)


class AngleData(Data):
    """Angles in radians."""

    def claims(self, column: Column, options: Options) -> str | None:
        """Claim no column: an angle looks like any number."""
        return None

    def target(self, column: Column, options: Options) -> tuple[Target, Sequence[str]]:
        """Parse numbers."""
        found = numeric_values(column)
        return Target(np.array(found.values)), found.notices

    def completed(self, target: Target) -> Target:
        """Check that there is one finite number a row."""
        if target.y.ndim != 1 or not np.isfinite(target.y).all():
            raise DataError("an angle must be one finite number per sample.")
        return target

    def describe(self, target: Target) -> Mapping[str, Any]:
        """Return nothing."""
        return {}

    def size_text(self, target: Target) -> str:
        """Say what the numbers are."""
        return "angles"


class AngleAnswers(Answers):
    """A prediction has ``angle`` of shape (n_rows,)."""

    def predict(self, model: Any, X: Any, target: Target) -> Prediction:
        """Ask a fitted method."""
        return Prediction({"angle": np.asarray(model.predict(X), np.float64)})

    def floors(self) -> Mapping[str, Any]:
        """Return the method that always says the mean direction."""
        return {"always-the-same": MeanDirection()}

    def dump(self, target: Target, prediction: Prediction) -> Mapping[str, Any]:
        """Return the true angles and the predicted ones."""
        return {"truth": target.scored, "angle": prediction["angle"]}

    def load(self, arrays: Mapping[str, Any]) -> tuple[Target, Prediction]:
        """Read them back."""
        return Target(arrays["truth"]), Prediction({"angle": arrays["angle"]})


def mean_direction(angles: NDArray[Any]) -> Any:
    """Return the direction of the sum of unit vectors."""
    return np.arctan2(np.sin(angles).sum(axis=0), np.cos(angles).sum(axis=0))


def alignment(target: Target, prediction: Prediction) -> NDArray[np.float64]:
    """Return the cosine of each error, and a one."""
    cosine = np.cos(target.scored - prediction["angle"])
    return np.column_stack([cosine, np.ones(len(cosine))])


class MeanDirection(BaseEstimator, RegressorMixin):
    """Say the mean direction of the training rows, whatever comes."""

    def fit(self, X: Any, y: Any) -> MeanDirection:
        """Remember it."""
        self.angle_ = mean_direction(np.asarray(y))
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Return it."""
        return np.full(len(X), self.angle_)


class DirectionRegressor(BaseEstimator, RegressorMixin):
    """Regress the sine and the cosine."""

    def fit(self, X: Any, y: Any) -> DirectionRegressor:
        """Fit both at once."""
        sides = np.column_stack([np.sin(y), np.cos(y)])
        self.model_ = LinearRegression().fit(X, sides)
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Return the angle between them."""
        sine, cosine = self.model_.predict(X).T
        return np.arctan2(sine, cosine)


class MeanOfDirections(BaseEstimator, RegressorMixin):
    """Late fusion, run whole by the engine, since nobody registered how it expands."""

    def __init__(self, voters: list[Any]) -> None:
        self.voters = voters

    def fit(self, X: Any, y: Any) -> MeanOfDirections:
        """Fit every voter."""
        self.voters_ = [voter.fit(X, y) for voter in self.voters]
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Return their mean direction."""
        return mean_direction(np.array([voter.predict(X) for voter in self.voters_]))


WIND = register_task(
    Task(
        name="toy-angle",
        data=AngleData(),
        make_answers=AngleAnswers,
        metrics=(
            Metric(
                name="alignment",
                label="mean alignment",
                description="mean cosine of the error: 1 is the right way, -1 opposite",
                contributions=alignment,
                value=lambda sums: sums[0] / sums[1],
            ),
        ),
        default_scoring=("alignment",),
        main_metric="alignment",
    )
)

NAMES = ("north", "east", "south", "west")


def make_samples() -> Samples:
    """Return 200 reports of the wind: a name that is often right, and two numbers."""
    rng = np.random.default_rng(0)
    angle = rng.uniform(-np.pi, np.pi, 200)
    said = np.round(angle / (np.pi / 2)).astype(int) % 4
    said = np.where(rng.random(200) < 0.25, rng.integers(0, 4, 200), said)
    X = pd.DataFrame(
        {
            "report": [f"wind from {NAMES[number]}" for number in said],
            "sine": np.sin(angle) + rng.normal(0, 0.8, 200),
            "cosine": np.cos(angle) + rng.normal(0, 0.8, 200),
        }
    )
    return Samples(X, angle)


wind = Dataset(
    name="wind",
    version="1",
    source="made up",
    licence="CC0-1.0",
    modalities={"report": "text", "sine": "numeric", "cosine": "numeric"},
    load=make_samples,
    task=WIND,
)
text = branch("report", CountVectorizer())
numbers = branch(["sine", "cosine"], SimpleImputer())
text_alone = branch("report", CountVectorizer(), DirectionRegressor())
numbers_alone = branch(["sine", "cosine"], SimpleImputer(), DirectionRegressor())
suite = Suite(
    name="angles",
    datasets=[wind],
    methods={
        **WIND.answers.floors(),
        "text": text_alone,
        "numbers": numbers_alone,
        "early": early_fusion(
            [("text", text), ("numbers", numbers)], DirectionRegressor()
        ),
        "late": MeanOfDirections([text_alone, numbers_alone]),
    },
)
