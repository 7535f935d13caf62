"""What all extractors by word vectors share: words, pooling, coverage."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from mmbench.feature_extraction.cells import texts_of
from mmbench.feature_extraction.parameters import require_choice, require_int
from mmbench.feature_extraction.token_memo import Tokens, tokenized
from mmbench.feature_extraction.word_vectors.pooling import (
    POOLINGS,
    Pooling,
    WordCounts,
    count_words,
    fit_pooling,
)

if TYPE_CHECKING:
    from typing import Self

__all__ = ["BaseWordVectorizer", "TrainedWordVectorizer"]

Documents = list[list[str]]
Lookup = tuple[NDArray[np.bool_], NDArray[np.float32]]


class BaseWordVectorizer(
    ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator, ABC
):
    """Turns each text into one vector, pooled from the vectors of its words.

    A subclass says where the words' vectors come from. A missing text, and a text
    without a known word, becomes a row of zeros.
    """

    pooling: str
    analyzer: str | Callable[[str], Iterable[str]]

    @abstractmethod
    def _lookup(self, words: Sequence[str]) -> Lookup:
        """Return which words have a vector, and all vectors (zeros for the others)."""

    @abstractmethod
    def _vector_size(self) -> int:
        """Return the length of the vectors."""

    def _learn(self, tokens: Tokens) -> None:
        """Learn the words' vectors from the training texts."""

    def fit(self, X: Iterable[Any], y: Any = None) -> Self:  # noqa: ARG002
        """Learn from the training texts.

        Parameters
        ----------
        X : iterable of str
            Texts; ``None`` and NaN are missing ones.
        y : None
            Ignored.

        Returns
        -------
        self

        Raises
        ------
        TypeError, ValueError
            When a parameter is not what it must be, ``X`` is not one column of texts,
            or, where word vectors are trained, it has too few words to train on.
        """
        self._fit(self._tokens(X))
        return self

    def fit_transform(
        self,
        X: Iterable[Any],
        y: Any = None,  # noqa: ARG002
    ) -> NDArray[np.float32]:
        """Learn from the training texts and return their vectors.

        Parameters
        ----------
        X : iterable of str
            Texts; ``None`` and NaN are missing ones.
        y : None
            Ignored.

        Returns
        -------
        ndarray of shape (n_texts, vector_size), float32
        """
        terms, lookup = self._fit(self._tokens(X))
        return self.pooling_(terms, *lookup)

    def transform(self, X: Iterable[Any]) -> NDArray[np.float32]:
        """Return the texts' vectors.

        Parameters
        ----------
        X : iterable of str
            Texts; ``None`` and NaN are missing ones.

        Returns
        -------
        ndarray of shape (n_texts, vector_size), float32
            Zeros for a text without a known word.
        """
        check_is_fitted(self)
        terms = count_words(self._tokens(X))
        return self._fitted_pooling()(terms, *self._lookup(terms.words))

    def coverage(self, X: Iterable[Any]) -> float:
        """Return the share of the texts' words that have a vector.

        Parameters
        ----------
        X : iterable of str
            Texts; ``None`` and NaN are missing ones.

        Returns
        -------
        float
            Between 0 and 1, every occurrence of a word counted; 1 when there are none.
        """
        check_is_fitted(self)
        terms = count_words(self._tokens(X))
        return _coverage(terms, self._lookup(terms.words)[0])

    @property
    def _n_features_out(self) -> int:
        # ClassNamePrefixFeaturesOutMixin names the features after the class.
        return self._vector_size()

    def _fit(self, tokens: Tokens) -> tuple[WordCounts, Lookup]:
        require_choice("pooling", self.pooling, POOLINGS)
        self._learn(tokens)
        terms = count_words(tokens)
        lookup = self._lookup(terms.words)
        self.pooling_: Pooling = fit_pooling(self.pooling, terms, *lookup)
        self.coverage_: float = _coverage(terms, lookup[0])
        self.n_unknown_words_: int = int(np.sum(~lookup[0]))
        return terms, lookup

    def _fitted_pooling(self) -> Pooling:
        return self.pooling_

    def _tokens(self, X: Iterable[Any]) -> Tokens:
        return tokenized(texts_of(X), self.analyzer)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.input_tags.allow_nan = True
        return tags


class TrainedWordVectorizer(BaseWordVectorizer):
    """An extractor whose words' vectors are trained on the training texts."""

    vector_size: int
    window: int
    min_count: int
    random_state: Any

    @abstractmethod
    def _train(
        self, documents: Documents, seed: int
    ) -> tuple[list[str], NDArray[np.float32]]:
        """Return the vocabulary and its vectors."""

    def _learn(self, tokens: Tokens) -> None:
        for name in ("vector_size", "window", "min_count"):
            require_int(name, getattr(self, name), minimum=1)
        documents = tokens.documents()
        _require_context(documents)
        _require_frequent_word(documents, self.min_count)
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        vocabulary, vectors = self._train(documents, seed)
        self.vocabulary_: dict[str, int] = {w: i for i, w in enumerate(vocabulary)}
        self.vectors_: NDArray[np.float32] = vectors

    def _lookup(self, words: Sequence[str]) -> Lookup:
        rows = np.array([self.vocabulary_.get(word, -1) for word in words], dtype=int)
        known = rows >= 0
        vectors = np.zeros((len(words), self._vector_size()), dtype=np.float32)
        vectors[known] = self.vectors_[rows[known]]
        return known, vectors

    def _vector_size(self) -> int:
        return int(self.vectors_.shape[1])


def _require_context(documents: Documents) -> None:
    if not any(documents):
        raise ValueError(
            f"no text has a word in it (0 of {len(documents)}; each is empty, missing "
            "or without letters); there is nothing to train word vectors on."
        )
    if all(len(document) < 2 for document in documents):
        raise ValueError(
            "no text has two words in it; word vectors are trained on words that stand "
            "together. Use CountVectorizer or TfidfVectorizer instead."
        )


def _require_frequent_word(documents: Documents, min_count: int) -> None:
    counts = Counter(itertools.chain.from_iterable(documents))
    most = max(counts.values())
    if most < min_count:
        raise ValueError(
            f"no word occurs min_count={min_count} times (the most frequent does "
            f"{most} times); lower min_count."
        )


def _coverage(terms: WordCounts, known: NDArray[np.bool_]) -> float:
    # Not its sum(), which would sort each text's words by number, in place: pooling
    # adds in the order of the text, whatever numbers words were given before.
    total = terms.counts.nnz
    return float((terms.counts @ known).sum() / total) if total else 1.0
