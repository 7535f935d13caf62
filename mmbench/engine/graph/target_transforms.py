"""The engine's view of a transformed target: what is fitted, and how answers turn back.

A method that is fitted to logarithms shares all that looks at no target with the
methods that are not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from mmbench.engine.graph.light_work import LightWork
from mmbench.engine.graph.node import Fitted
from mmbench.engine.graph.values import Context, Rows
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
    clips : bool, default=False
        Whether answers stay in the range of the training rows.
    """

    kind: ClassVar[str] = "InvertTarget"

    func: Callable[[Any], Any]
    clips: bool = False
    uses_target = True

    def identity(self) -> Any:
        """Return what the work is."""
        return [spec_of(self.func), self.clips]

    def learn(self, _inputs: Sequence[Any], rows: Rows, context: Context) -> Fitted:
        """Look up the range of the training rows."""
        y, predict = context.y[rows.train], context.answers.predict
        ends = (float(y.min()), float(y.max())) if self.clips else (None, None)
        inverse = _Inverse(self.func, ends)
        return Fitted(None, lambda parts: predict(inverse, parts[0], context.target))


class _Inverse(NamedTuple):
    """A model whose answers are another model's, turned back."""

    func: Callable[[Any], Any]
    ends: tuple[float | None, float | None]

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
        found = self.func(numbers.reshape(-1, 1)).reshape(-1)
        return found if self.ends == (None, None) else found.clip(*self.ends)
