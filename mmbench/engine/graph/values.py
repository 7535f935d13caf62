"""Values: what nodes hand on to each other, and the rows that they are about.

A value is either *whole*, one entry for every row of the dataset, or *split*, a part
for the rows that were learnt from and a part for the rows that are answered for.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from mmbench.errors import MmbenchError
from mmbench.tasks import Prediction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from mmbench.tasks import Answers, Target, Task


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows a node learns from, and the rows it answers for.

    Parameters
    ----------
    train, apply : ndarray of int, shape (n_train,) and (n_apply,)
        Row numbers of the dataset, in the order in which they are handed over.
    """

    train: NDArray[np.intp]
    apply: NDArray[np.intp]

    @functools.cached_property
    def digest(self) -> str:
        """Names the rows."""
        parts = (
            np.ascontiguousarray(part, np.int64) for part in (self.train, self.apply)
        )
        return hashlib.sha256(b"|".join(part.tobytes() for part in parts)).hexdigest()


class Split(NamedTuple):
    """A value in two parts.

    Attributes
    ----------
    train : object
        The value of the training rows.
    apply : object
        The value of the rows that are answered for.
    """

    train: Any
    apply: Any


@dataclass(frozen=True)
class Failed:
    """Stands for the value of a node that failed, where it can be done without.

    Parameters
    ----------
    reason : str
        The type and message of what was raised.
    """

    reason: str

    def take(self, _rows: Any) -> Failed:
        """Return itself: it failed for any rows.

        Parameters
        ----------
        _rows : object
            Not needed.

        Returns
        -------
        Failed
            The same object.
        """
        return self


class FailedInputError(MmbenchError):
    """A node is needed that has failed."""


class View(Protocol):
    """A question inside a target that a composition asks by itself.

    Attributes
    ----------
    key : JSON data
        Names it in node keys.
    """

    @property
    def key(self) -> Any:
        """What names the view in node keys."""

    def of(self, context: Context) -> Context:
        """Return the context where this question is all that counts.

        Parameters
        ----------
        context : Context
            The dataset and its whole target.

        Returns
        -------
        Context
            The same rows with another target or task.
        """


class Context(NamedTuple):
    """What a node needs besides its inputs: all rows of its dataset.

    Attributes
    ----------
    X : DataFrame of shape (n_samples, n_columns)
        The dataset's columns.
    target : Target
        What is true of the rows.
    task : Task
        How it is answered.
    """

    X: Any
    target: Target
    task: Task

    @property
    def y(self) -> NDArray[Any]:
        """What ``fit`` is given, of all rows."""
        return self.target.y

    @property
    def answers(self) -> Answers:
        """How methods answer."""
        return self.task.answers

    def seen_by(self, views: Iterable[View]) -> Context:
        """Return the context of a question inside the target.

        Parameters
        ----------
        views : iterable of View
            Questions, each inside the one before.

        Returns
        -------
        Context
            The same rows; itself without views.
        """
        context = self
        for view in views:
            context = view.of(context)
        return context


class PartView(NamedTuple):
    """One of the questions that a target of several columns is made of.

    Attributes
    ----------
    key : int
        Its position.
    """

    key: int

    def of(self, context: Context) -> Context:
        """Return the context of the question."""
        part = context.answers.parts(context.target)[self.key]
        target = part.target._replace(weight=context.target.weight)
        return context._replace(target=target, task=part.task)


def take(value: Any, rows: NDArray[np.intp]) -> Any:
    """Return some rows of a frame, a series, an array, a matrix or a prediction.

    Parameters
    ----------
    value : object
        A value of a node, or a frame of a dataset.
    rows : ndarray of int
        Positions of rows.

    Returns
    -------
    object
        Of the same kind.
    """
    if isinstance(value, Prediction | Failed):
        return value.take(rows)
    return value.iloc[rows] if hasattr(value, "iloc") else value[rows]


def answer_part(value: Any, rows: Rows) -> Any:
    """Return the part of a value for the rows that are answered for.

    Parameters
    ----------
    value : object
        A whole or split value, or a prediction.
    rows : Rows
        Training rows and those that are answered for.

    Returns
    -------
    object
        Of as many rows as are answered for.
    """
    return value if isinstance(value, Prediction) else split(value, rows).apply


def split(value: Any, rows: Rows) -> Split:
    """Return the two parts of a value, whole or split.

    Parameters
    ----------
    value : object
        A whole or split value.
    rows : Rows
        Training rows and those that are answered for.

    Returns
    -------
    Split
        The value itself where it is split.
    """
    if isinstance(value, Split):
        return value
    return Split(take(value, rows.train), take(value, rows.apply))
