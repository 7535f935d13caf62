"""Word2Vec and FastText, trained by gensim on the training texts.

References
----------
T. Mikolov, I. Sutskever, K. Chen, G. Corrado, J. Dean. *Distributed representations of
words and phrases and their compositionality.* NeurIPS 2013.

P. Bojanowski, E. Grave, A. Joulin, T. Mikolov. *Enriching word vectors with subword
information.* TACL 5, 2017.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmbench.feature_extraction.parameters import require_int
from mmbench.feature_extraction.word_vectors.base import (
    Documents,
    Lookup,
    TrainedWordVectorizer,
)
from mmbench.feature_extraction.word_vectors.gensim_training import train_with_gensim

__all__ = ["FastTextVectorizer", "Word2VecVectorizer"]


class Word2VecVectorizer(TrainedWordVectorizer):
    """Text vectors pooled from Word2Vec vectors trained on the training texts.

    A data set of a few thousand short texts needs more passes and a higher rate than
    the billions of words that gensim's defaults are made for; the defaults suit it.

    Parameters
    ----------
    vector_size : int, default=100
        Length of the vectors.
    window : int, default=5
        How many words to each side of a word are its context.
    min_count : int, default=1
        Words with fewer occurrences are left out.
    sg : bool, default=True
        Skip-gram (predict the context from the word) or, when false, CBOW (the word
        from its context), which is faster and worse on small data.
    negative : int, default=5
        Number of noise words drawn per word.
    learning_rate : float, default=0.1
        At the start; it falls linearly to almost zero.
    epochs : int or "auto", default="auto"
        Number of passes over the texts. ``"auto"`` makes as many as show the training
        a million words, but at least 5 (gensim's default) and at most 50.
    pooling : {"mean", "tfidf", "sif"}, default="mean"
        How the vectors of a text's words become the text's; see
        :func:`~mmbench.feature_extraction.word_vectors.pooling.fit_pooling`.
    analyzer : "word" or callable, default="word"
        ``"word"`` is :func:`~mmbench.feature_extraction.words`; a callable takes a
        text and returns its words.
    random_state : int, RandomState instance or None, default=None
        Pass an int for the same vectors every time, in every process.

    Attributes
    ----------
    vocabulary_ : dict of str to int
        The row of each word in ``vectors_``.
    vectors_ : ndarray of shape (n_words, vector_size), float32
    coverage_ : float
        The share of the training texts' words that have a vector.
    n_unknown_words_ : int
        How many different words have none.

    Examples
    --------
    >>> texts = ["red apple pie", "green apple pie", None]
    >>> vectorizer = Word2VecVectorizer(vector_size=8, random_state=0)
    >>> vectorizer.fit_transform(texts).shape
    (3, 8)
    >>> vectorizer.coverage(["apple tart"])
    0.5
    """

    def __init__(
        self,
        *,
        vector_size: int = 100,
        window: int = 5,
        min_count: int = 1,
        sg: bool = True,
        negative: int = 5,
        learning_rate: float = 0.1,
        epochs: int | str = "auto",
        pooling: str = "mean",
        analyzer: str | Callable[[str], Iterable[str]] = "word",
        random_state: Any = None,
    ) -> None:
        self.vector_size = vector_size
        self.window = window
        self.min_count = min_count
        self.sg = sg
        self.negative = negative
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.pooling = pooling
        self.analyzer = analyzer
        self.random_state = random_state

    def _train(
        self, documents: Documents, seed: int
    ) -> tuple[list[str], NDArray[np.float32]]:
        from gensim.models import Word2Vec

        vectors = train_with_gensim(self, Word2Vec, documents, seed)
        return list(vectors.index_to_key), vectors.vectors


class FastTextVectorizer(TrainedWordVectorizer):
    """Text vectors pooled from FastText vectors trained on the training texts.

    A word's vector is the mean of its own and those of its character n-grams, so words
    that weren't in the training texts get one from the n-grams that were.

    Parameters
    ----------
    vector_size, window, min_count, sg, negative, learning_rate, epochs
        As in :class:`Word2VecVectorizer`.
    min_n, max_n : int, default=2, 5
        Shortest and longest character n-gram, a word's edges included as ``<`` and
        ``>``.
    bucket : int, default=20000
        Number of rows that n-grams are hashed to. gensim's default of 2,000,000 is
        made for vocabularies of millions: with 100 columns it takes 800 MB, and most of
        the time on a small data set goes into filling it with random numbers. A few
        thousand texts have some thousand n-grams.
    pooling, analyzer, random_state
        As in :class:`Word2VecVectorizer`.

    Attributes
    ----------
    vocabulary_ : dict of str to int
        The row of each word in ``vectors_``.
    vectors_ : ndarray of shape (n_words, vector_size), float32
    subword_buckets_ : ndarray of shape (n_subwords,), int
        The buckets that some n-gram of the training texts is hashed to, in order.
    subword_vectors_ : ndarray of shape (n_subwords, vector_size), float32
        Their vectors. Other buckets hold gensim's random start and are left out.
    coverage_ : float
        The share of the training texts' words that have a vector.
    n_unknown_words_ : int
        How many different words have none.

    Examples
    --------
    >>> texts = ["red apples", "green apples", None]
    >>> vectorizer = FastTextVectorizer(vector_size=8, random_state=0).fit(texts)
    >>> vectorizer.coverage(["apple", "xyz"])
    0.5
    """

    def __init__(
        self,
        *,
        vector_size: int = 100,
        window: int = 5,
        min_count: int = 1,
        sg: bool = True,
        negative: int = 5,
        learning_rate: float = 0.1,
        epochs: int | str = "auto",
        min_n: int = 2,
        max_n: int = 5,
        bucket: int = 20_000,
        pooling: str = "mean",
        analyzer: str | Callable[[str], Iterable[str]] = "word",
        random_state: Any = None,
    ) -> None:
        self.vector_size = vector_size
        self.window = window
        self.min_count = min_count
        self.sg = sg
        self.negative = negative
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.min_n = min_n
        self.max_n = max_n
        self.bucket = bucket
        self.pooling = pooling
        self.analyzer = analyzer
        self.random_state = random_state

    def _train(
        self, documents: Documents, seed: int
    ) -> tuple[list[str], NDArray[np.float32]]:
        from gensim.models import FastText

        require_int("min_n", self.min_n, minimum=1)
        require_int("max_n", self.max_n, minimum=self.min_n)
        require_int("bucket", self.bucket, minimum=1)
        trained = train_with_gensim(
            self,
            FastText,
            documents,
            seed,
            min_n=self.min_n,
            max_n=self.max_n,
            bucket=self.bucket,
        )
        self.subword_buckets_ = np.unique(np.concatenate(trained.buckets_word))
        self.subword_vectors_ = trained.vectors_ngrams[self.subword_buckets_]
        return list(trained.index_to_key), trained.vectors

    def _lookup(self, words: Sequence[str]) -> Lookup:
        known, vectors = super()._lookup(words)
        for i in np.flatnonzero(~known).tolist():
            rows, n_subwords = self._subword_rows(words[i])
            if len(rows):
                known[i] = True
                vectors[i] = self.subword_vectors_[rows].sum(axis=0) / n_subwords
        return known, vectors

    def _subword_rows(self, word: str) -> tuple[NDArray[np.int64], int]:
        """Return the rows of a word's known n-grams, and how many n-grams it has."""
        from gensim.models.fasttext import ft_ngram_hashes

        hashes = np.array(
            ft_ngram_hashes(word, self.min_n, self.max_n, self.bucket), dtype=np.int64
        )
        seen = hashes[np.isin(hashes, self.subword_buckets_)]
        return np.searchsorted(self.subword_buckets_, seen), len(hashes)
