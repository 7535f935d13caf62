"""The engine's view of a transformed target: what is fitted, and how answers turn back.

A method that is fitted to logarithms shares all that looks at no target with the
methods that are not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from mmbench.engine.light_work import LightWork
from mmbench.engine.node import Fitted
from mmbench.engine.values import Context, Rows
from mmbench.spec import spec_of

if TYPE_CHECKING:
    from mmbench.tasks import Prediction


class TransformedTarget(NamedTuple):
    """The targets of training rows, transformed; there are no others.

    Attributes
    ----------
    func : callable
        Takes and returns a column, as
        :class:`~sklearn.compose.TransformedTargetRegressor` has it.
    rows : Rows
        Whose training rows are transformed: a function may look at all of them.
    """

    func: Callable[[Any], Any]
    rows: Rows

    @property
    def key(self) -> Any:
        """What names the view in node keys."""
        return ["transformed", spec_of(self.func), self.rows.digest]

    def of(self, context: Context) -> Context:
        """Return the context with other targets."""
        train = self.rows.train
        found = np.asarray(self.func(context.y[train].reshape(-1, 1)), np.float64)
        y = np.full(len(context.y), np.nan)
        y[train] = found.reshape(-1)
        return context._replace(target=context.target._replace(y=y))


@dataclass(frozen=True)
class InvertTarget(LightWork):
    """What was answered about a transformed target, turned back.

    Parameters
    ----------
    func : callable
        The inverse of what the target was transformed by.
    """

    kind: ClassVar[str] = "InvertTarget"

    func: Callable[[Any], Any]

    def identity(self) -> Any:
        """Return what the work is."""
        return spec_of(self.func)

    def learn(self, _inputs: Sequence[Any], _rows: Rows, context: Context) -> Fitted:
        """Learn nothing."""
        predict, target = context.answers.predict, context.target
        return Fitted(None, lambda parts: predict(self, parts[0], target))

    def predict(self, prediction: Prediction) -> Any:
        """Return the numbers of a prediction, turned back.

        Parameters
        ----------
        prediction : Prediction
            Of one array, on the transformed scale.

        Returns
        -------
        ndarray of shape (n_rows,)
            On the target's own scale.
        """
        (numbers,) = prediction.arrays.values()
        return self.func(numbers.reshape(-1, 1)).reshape(-1)
