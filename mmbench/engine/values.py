"""Values: what nodes hand on to each other, and the rows that they are about.

A value is either *whole*, one entry for every row of the dataset, or *split*, a part
for the rows that were learnt from and a part for the rows that are answered for.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
    """A value in two parts."""

    train: Any
    apply: Any


class Votes(NamedTuple):
    """Class probabilities of the rows that a classifier answered for.

    Attributes
    ----------
    proba : ndarray of shape (n_apply, n_classes)
        Over all classes of the dataset; a class that was not learnt has zero.
    seen : ndarray of int, shape (n_seen,)
        The positions of the classes that were learnt.
    has_proba : bool
        False when `proba` only marks predicted labels.
    """

    proba: NDArray[np.float64]
    seen: NDArray[np.intp]
    has_proba: bool = True


class Context(NamedTuple):
    """What a node needs beside its inputs: all rows of its dataset.

    Attributes
    ----------
    X : DataFrame of shape (n_samples, n_columns)
    y : ndarray of shape (n_samples,) or (n_samples, n_classes)
        The labels, or an indicator of several of them for each sample.
    classes : ndarray of shape (n_classes,)
        The labels of the dataset, sorted.
    """

    X: Any
    y: NDArray[Any]
    classes: NDArray[Any]

    def of(self, label: int | None) -> Context:
        """Return what there is to know where one of several labels is all that counts.

        Parameters
        ----------
        label : int or None
            A column of the indicator, so that 1 is the class of the samples that have
            the label and 0 that of the others; None for all labels.
        """
        if label is None:
            return self
        return self._replace(y=self.y[:, label], classes=np.arange(2))


def take(value: Any, rows: NDArray[np.intp]) -> Any:
    """Return some rows of a frame, a series, an array or a sparse matrix."""
    return value.iloc[rows] if hasattr(value, "iloc") else value[rows]


def answer_part(value: Any, rows: Rows) -> Any:
    """Return the part of a value for the rows that are answered for."""
    return value if isinstance(value, Votes) else split(value, rows).apply


def split(value: Any, rows: Rows) -> Split:
    """Return the two parts of a value, whole or split."""
    if isinstance(value, Split):
        return value
    return Split(take(value, rows.train), take(value, rows.apply))
