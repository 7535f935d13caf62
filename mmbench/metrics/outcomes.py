"""What was true and what was predicted, counted once for several metrics."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Outcomes:
    """What was true, what was predicted, and what several metrics need of both.

    The predicted class of a sample is its most probable one; of equally probable ones,
    the first. Where a sample may have several labels, those are predicted whose
    probability is above one half.

    Parameters
    ----------
    y : ndarray of int, shape (n_samples,) or (n_samples, n_classes)
        The true classes, as column numbers of `proba`; or an indicator of all labels
        that each sample has.
    proba : ndarray of shape (n_samples, n_classes)
        Class probabilities; or that of each label by itself.

    Attributes
    ----------
    support, named, hits : ndarray of int, shape (n_classes,)
        How many samples have each label, how many are given it, and how many both.
    n_right : int
        How many samples are given the class, or the set of labels, that they have.
    """

    def __init__(self, y: NDArray[np.intp], proba: NDArray[np.float64]) -> None:
        self.y, self.proba = y, proba
        if self.is_multilabel:
            same = self.predicted == self.truth
            self.support = self.truth.sum(axis=0)
            self.named = self.predicted.sum(axis=0)
            self.hits = (self.predicted & self.truth).sum(axis=0)
            self.n_right = int(same.all(axis=1).sum())
            return
        n_classes = proba.shape[1]
        counts = np.bincount(
            y * n_classes + proba.argmax(axis=1), minlength=n_classes**2
        )
        confusion = counts.reshape(n_classes, n_classes)
        self.support, self.named = confusion.sum(axis=1), confusion.sum(axis=0)
        self.hits = confusion.diagonal()
        self.n_right = int(self.hits.sum())

    @property
    def is_multilabel(self) -> bool:
        """Whether a sample may have several labels, or none."""
        return self.y.ndim == 2

    @cached_property
    def truth(self) -> NDArray[np.bool_]:
        """Which sample has which label, shape (n_samples, n_classes)."""
        if self.is_multilabel:
            return self.y.astype(bool)
        has: NDArray[np.bool_] = self.y[:, None] == np.arange(self.proba.shape[1])
        return has

    @cached_property
    def predicted(self) -> NDArray[np.bool_]:
        """Which sample is given which of several labels, of the same shape."""
        given: NDArray[np.bool_] = self.proba > 0.5
        return given

    def macro(self, per_class: NDArray[np.float64]) -> float:
        """Return the mean over the classes that are true or predicted anywhere."""
        seen = (self.support > 0) | (self.named > 0)
        return float(per_class[seen].mean()) if seen.any() else 0.0
