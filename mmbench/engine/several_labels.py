"""Several labels a sample: a method for each label, side by side.

A method over such data is scikit-learn's
:class:`~sklearn.multiclass.OneVsRestClassifier` around a method that tells one label
from the rest. Whatever looks at no labels is the same work for all of them.

References
----------
M.-L. Zhang, Z.-H. Zhou (2014), "A review on multi-label learning algorithms", IEEE
Transactions on Knowledge and Data Engineering 26(8), 1819-1837: binary relevance.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.engine.light_work import LightWork
from mmbench.engine.node import Fitted
from mmbench.engine.probabilities import as_probabilities
from mmbench.engine.values import Context, Rows, Votes
from mmbench.errors import DataWarning

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class BesideLabels(LightWork):
    """What is said of each label, put together.

    The inputs are the votes for the labels that some training rows have and some have
    not, in their order.

    Parameters
    ----------
    shares : tuple of (float or None)
        The probability of each label that all training rows have, or none; None for
        the others.
    """

    shares: tuple[float | None, ...]

    def identity(self) -> Any:
        """Return what the work is."""
        return self.shares

    def learn(self, _inputs: Sequence[Any], _rows: Rows, context: Context) -> Fitted:
        """Learn nothing, and tell of the labels that nothing can be learnt of."""
        for label, share in zip(context.classes.tolist(), self.shares, strict=True):
            if share is not None:
                have = "all training rows have" if share else "no training row has"
                message = f"{have} the label {label!r}, so all test rows are said to."
                warnings.warn(message, DataWarning, stacklevel=2)
        return Fitted(None, self._answer)

    def _answer(self, parts: Sequence[Votes]) -> Votes:
        votes = iter(parts)
        columns: list[Any] = [
            next(votes).proba[:, 1] if share is None else share for share in self.shares
        ]
        proba = np.column_stack(np.broadcast_arrays(*columns)).astype(np.float64)
        has_proba = all(each.has_proba for each in parts)
        return Votes(proba, np.arange(len(columns)), has_proba)


def shares_of(y: NDArray[Any]) -> tuple[float | None, ...]:
    """Return the share of the rows with each label if it is 0 or 1, else None.

    Parameters
    ----------
    y : ndarray of shape (n_rows, n_classes)
        An indicator of labels.
    """
    return tuple(
        share if share in (0, 1) else None for share in y.mean(axis=0).tolist()
    )


def label_votes(model: Any, X: Any, n_labels: int) -> Votes:
    """Return the probability of each label by itself, from a multi-label classifier.

    Parameters
    ----------
    model : classifier
        Fitted to an indicator. Its ``predict_proba`` may return one array, or an array
        a label as a forest's does.
    X : object
        What it is asked about.
    n_labels : int
        The labels that there are.
    """
    if not hasattr(model, "predict_proba"):
        labels = as_probabilities(model.predict(X), n_labels, exclusive=False)
        return Votes(labels, np.arange(n_labels), has_proba=False)
    proba = model.predict_proba(X)
    if isinstance(proba, list):
        columns = zip(proba, model.classes_, strict=True)
        proba = np.column_stack([_of_one(each, seen) for each, seen in columns])
    proba = as_probabilities(proba, n_labels, exclusive=False)
    return Votes(proba, np.arange(n_labels))


def _of_one(proba: NDArray[Any], seen: NDArray[Any]) -> NDArray[Any]:
    """Return the column of the class 1, zeros where it was never seen."""
    column: NDArray[Any] = proba[:, np.asarray(seen) == 1].sum(axis=1)
    return column
