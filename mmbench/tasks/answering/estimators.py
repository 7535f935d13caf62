"""What questions alone tell: how they begin, and what is mostly answered to that."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from mmbench.tasks.answering.question_types import first_words

__all__ = ["QuestionBeginnings", "QuestionPrior"]


class QuestionBeginnings(TransformerMixin, BaseEstimator):
    """The longest beginning that a question shares with enough others, one-hot.

    Multiplied with the features of a picture, each kind of question gets weights of its
    own: an expert. A question that is asked often is a kind by itself.

    Parameters
    ----------
    min_count : int, default=20
        How many training questions must begin alike to be a kind.
    max_words : int, default=12
        The longest beginning that is looked at.

    Attributes
    ----------
    kinds_ : dict of str to int
        The beginnings and their columns.

    Examples
    --------
    >>> asked = ["is it red?", "is it blue?", "how many dots?"]
    >>> kinds = QuestionBeginnings(min_count=2).fit(asked)
    >>> list(kinds.kinds_), kinds.transform([*asked[1:], "is there one?"]).toarray()
    (['', 'is it'], array([[0., 1.],
           [1., 0.],
           [1., 0.]]))
    """

    def __init__(self, min_count: int = 20, max_words: int = 12) -> None:
        self.min_count = min_count
        self.max_words = max_words

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:
        """Count how questions begin.

        Parameters
        ----------
        X : array-like of shape (n_samples,)
            Questions; missing ones have no words.
        y : object
            Ignored.

        Returns
        -------
        QuestionBeginnings
            The instance itself.
        """
        questions = [self._words(text) for text in X]
        counts = Counter(b for words in questions for b in _beginnings(words))
        self._common = {b for b, n in counts.items() if n >= self.min_count}
        found = sorted({self._kind(words) for words in questions} | {""})
        self.kinds_ = {kind: column for column, kind in enumerate(found)}
        return self

    def transform(self, X: Any) -> sparse.csr_matrix:
        """Return the kind of each question, one-hot.

        Parameters
        ----------
        X : array-like of shape (n_samples,)
            Questions.

        Returns
        -------
        csr_matrix of shape (n_samples, n_kinds)
            A one per row; the first column is for those of no kind.
        """
        check_is_fitted(self, "kinds_")
        kinds = (self._kind(self._words(text)) for text in X)
        columns = [self.kinds_.get(kind, 0) for kind in kinds]
        rows = np.arange(len(columns))
        shape = (len(columns), len(self.kinds_))
        return sparse.csr_matrix((np.ones(len(columns)), (rows, columns)), shape)

    def _words(self, text: Any) -> list[str]:
        return first_words(text, self.max_words).split()

    def _kind(self, words: Sequence[str]) -> str:
        return next((b for b in _beginnings(words) if b in self._common), "")


class QuestionPrior(ClassifierMixin, BaseEstimator):
    """The answers to training questions that begin alike: what needs no picture.

    Shares of answers to the whole question are mixed with those to ever shorter
    beginnings, and these with the shares of all answers, each worth one question.

    Parameters
    ----------
    max_words : int, default=12
        The longest beginning that is looked at.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The answers, sorted.

    Examples
    --------
    >>> prior = QuestionPrior().fit(["is it?", "is he?", "what?"], ["yes", "no", "cat"])
    >>> prior.predict(["is it?", "is she?", "what now?"]).tolist()
    ['yes', 'no', 'cat']
    """

    def __init__(self, max_words: int = 12) -> None:
        self.max_words = max_words

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Count the answers to each beginning.

        Parameters
        ----------
        X : array-like of shape (n_samples,)
            Questions; missing ones have no words.
        y : array-like of shape (n_samples,)
            Their answers.

        Returns
        -------
        QuestionPrior
            The instance itself.
        """
        self.classes_, numbers = np.unique(np.asarray(y), return_inverse=True)
        self._prior = np.bincount(numbers) / len(numbers)
        counts: dict[str, Counter[int]] = defaultdict(Counter)
        for text, number in zip(X, numbers.tolist(), strict=True):
            for beginning in self._beginnings(text):
                counts[beginning][number] += 1
        self._counts = {beginning: dict(found) for beginning, found in counts.items()}
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the probabilities of the answers.

        Parameters
        ----------
        X : array-like of shape (n_samples,)
            Questions.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        check_is_fitted(self, "classes_")
        rows = [self._shares(text) for text in X]
        return np.array(rows, np.float64).reshape(-1, len(self.classes_))

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the most probable answers.

        Parameters
        ----------
        X : array-like of shape (n_samples,)
            Questions.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        found: NDArray[Any] = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return found

    def _shares(self, text: Any) -> NDArray[np.float64]:
        found = self._prior
        for beginning in reversed(self._beginnings(text)):
            counts = self._counts.get(beginning)
            if counts:
                found = found.copy()
                found[list(counts)] += list(counts.values())
                found /= 1 + sum(counts.values())
        return found

    def _beginnings(self, text: Any) -> list[str]:
        return _beginnings(first_words(text, self.max_words).split())


def _beginnings(words: Sequence[str]) -> list[str]:
    """Return all beginnings of a question, the longest first."""
    return [" ".join(words[:n]) for n in range(len(words), 0, -1)]
