"""Texts that look at nothing."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from mmbench.texts import reference_lists

__all__ = ["CopiedText", "RandomTrainingText"]


class RandomTrainingText(BaseEstimator):
    """Answer with texts that were said of training rows, drawn at random.

    Parameters
    ----------
    random_state : int, RandomState instance or None, default=None
        Seeds the draws; each call draws the same.

    Attributes
    ----------
    training_texts_ : list of str
        What is drawn from.

    Examples
    --------
    >>> method = RandomTrainingText(random_state=0).fit([[0], [1]], ["a cat", "a dog"])
    >>> set(method.predict([[2], [3], [4], [5]])) <= {"a cat", "a dog"}
    True
    """

    def __init__(self, *, random_state: Any = None) -> None:
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike) -> Self:  # noqa: ARG002
        """Keep the texts of the training rows.

        Parameters
        ----------
        X : object
            Ignored.
        y : array-like of shape (n_samples,) or (n_samples, n_references)
            The texts, as :func:`~mmbench.texts.reference_lists` reads them.

        Returns
        -------
        RandomTrainingText
            The instance itself.
        """
        self.training_texts_ = [text for row in reference_lists(y) for text in row]
        self.seed_ = check_random_state(self.random_state).randint(2**31)
        return self

    def predict(self, X: Any) -> NDArray[np.str_]:
        """Return a text for every row.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Only the number of rows counts.

        Returns
        -------
        ndarray of shape (n_samples,)
            Strings.
        """
        check_is_fitted(self)
        n_rows = X.shape[0] if hasattr(X, "shape") else len(X)
        rng = np.random.default_rng(self.seed_)
        drawn = rng.integers(len(self.training_texts_), size=n_rows)
        return np.array([self.training_texts_[i] for i in drawn], dtype=np.str_)


class CopiedText(BaseEstimator):
    """Answer with the source text, untranslated.

    Examples
    --------
    >>> CopiedText().fit(["a cat"], ["eine Katze"]).predict(["a dog"]).tolist()
    ['a dog']
    """

    def fit(self, X: Any, y: ArrayLike) -> Self:  # noqa: ARG002
        """Keep the texts of the training rows, to tell what was copied from them.

        Parameters
        ----------
        X : object
            Ignored.
        y : array-like of shape (n_samples,) or (n_samples, n_references)
            The texts, as :func:`~mmbench.texts.reference_lists` reads them.

        Returns
        -------
        CopiedText
            The instance itself.
        """
        self.training_texts_ = [text for row in reference_lists(y) for text in row]
        return self

    def predict(self, X: Any) -> NDArray[np.str_]:
        """Return the text of every row.

        Parameters
        ----------
        X : array-like of str, shape (n_samples,)
            Texts; missing ones are empty.

        Returns
        -------
        ndarray of shape (n_samples,)
            Strings.
        """
        check_is_fitted(self)
        given = np.asarray(X, dtype=object).reshape(-1)
        texts = [text if isinstance(text, str) else "" for text in given]
        return np.array(texts, dtype=np.str_)
