"""Translate texts with a look at what else is known of them, such as a picture."""

from __future__ import annotations

from typing import Any, Self

from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.early import scaled

__all__ = ["FusedTranslator"]


class FusedTranslator(BaseEstimator):
    """Translate a column of texts by a network into which other columns enter.

    Parameters
    ----------
    read : transformer
        Picks the texts that are read: ``SelectColumns(column)``.
    seen : transformer
        Makes features of the other columns: a branch. They are scaled as one block.
    translator : TextTranslator
        The network; its ``inject`` says where features enter.

    Attributes
    ----------
    seen_ : transformer
        Fitted.
    translator_ : TextTranslator
        Trained.
    training_texts_ : list of str
        What was learnt to write.

    Examples
    --------
    >>> import pandas as pd
    >>> from mmbench.fusion import SelectColumns, branch
    >>> from mmbench.fusion.generation import TextTranslator
    >>> X = pd.DataFrame({"en": ["a letter", "a letter"] * 20, "ink": [0.0, 1.0] * 20})
    >>> y = ["ein Brief", "ein Buchstabe"] * 20
    >>> network = TextTranslator(width=16, max_epochs=30, random_state=0)
    >>> method = FusedTranslator(
    ...     SelectColumns("en"), branch(["ink"], "passthrough"), network
    ... )
    >>> method.fit(X, y).predict(X[:2]).tolist()
    ['ein Brief', 'ein Buchstabe']

    References
    ----------
    I. Calixto, Q. Liu (2017), "Incorporating global visual features into
    attention-based neural machine translation", EMNLP.
    """

    fusion = "joint"

    def __init__(self, read: Any, seen: Any, translator: Any) -> None:
        self.read = read
        self.seen = seen
        self.translator = translator

    def blocks(self) -> list[Any]:
        """Return what picks the texts, and what makes features, unfitted."""
        return [clone(self.read), scaled(clone(self.seen))]

    def writer(self) -> Any:
        """Return the network over both, untrained."""
        return clone(self.translator)

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Fit what makes features, then train the network.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The training rows.
        y : array-like of shape (n_samples,) or (n_samples, n_references)
            Their texts, as :func:`~mmbench.texts.reference_lists` reads them.

        Returns
        -------
        FusedTranslator
            The instance itself.

        Raises
        ------
        MissingDependencyError
            When torch is not installed.
        ValueError
            When a parameter is wrong.
        """
        self.read_, self.seen_ = self.blocks()
        blocks = [self.read_.fit_transform(X), self.seen_.fit_transform(X, y)]
        self.translator_ = self.writer().fit(blocks, y)
        self.training_texts_ = self.translator_.training_texts_
        return self

    def predict_candidates(self, X: Any) -> NDArray[Any]:
        """Return several texts for each row.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The rows.

        Returns
        -------
        ndarray of shape (n_samples, beam)
            Strings; the most probable first.
        """
        check_is_fitted(self)
        blocks = [self.read_.transform(X), self.seen_.transform(X)]
        found: NDArray[Any] = self.translator_.predict_candidates(blocks)
        return found

    def predict(self, X: Any) -> NDArray[Any]:
        """Return a text for each row.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            The most probable that was found.
        """
        return self.predict_candidates(X)[:, 0]
