"""From the vectors of words to one vector per text, as one sparse product.

References
----------
S. Arora, Y. Liang, T. Ma. *A simple but tough-to-beat baseline for sentence
embeddings.* ICLR 2017. (``"sif"``)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from mmbench.feature_extraction.token_memo import Tokens

__all__ = ["POOLINGS", "Pooling", "WordCounts", "count_words", "fit_pooling"]

POOLINGS = ("mean", "sif", "tfidf")
_SIF_SMOOTHING = 1e-3

Floats = NDArray[np.float32]


class WordCounts(NamedTuple):
    """Which words stand in each text, and how often.

    Attributes
    ----------
    counts : csr_array of shape (n_texts, n_words), float32
        A one for every word of a text, in the order of the text; a word that stands
        there twice has two. A sum over a text's words is taken in this order, so it is
        the same to the last bit whatever other texts there are.
    words : list of str
        The distinct words.
    """

    counts: Any
    words: list[str]


def count_words(tokens: Tokens) -> WordCounts:
    """Count the words of texts.

    Parameters
    ----------
    tokens : Tokens
        The words of each text.

    Returns
    -------
    WordCounts

    Examples
    --------
    >>> from mmbench.feature_extraction.token_memo import tokenized
    >>> counts, words = count_words(tokenized(["b a b", ""], str.split))
    >>> words, counts.toarray().tolist()
    (['b', 'a'], [[2.0, 1.0], [0.0, 0.0]])
    """
    ids, words = tokens.distinct()
    starts = np.concatenate([[0], np.cumsum(tokens.lengths)])
    ones = np.ones(len(ids), np.float32)
    shape = (len(tokens.lengths), len(words))
    return WordCounts(sparse.csr_array((ones, ids, starts), shape=shape), words)


@dataclass(frozen=True)
class Pooling:
    """How the vectors of a text's words become the text's vector.

    Parameters
    ----------
    weights : mapping of str to float, default={}
        The weights of the words seen in fitting.
    unseen_weight : float, default=1.0
        The weight of every other word.
    by_weight : bool, default=False
        Divide by the sum of the weights (a weighted mean) rather than by the number of
        words.
    common : ndarray of shape (vector_size,), optional
        A direction of length one that is taken out of every text's vector.
    """

    weights: dict[str, float] = field(default_factory=dict)
    unseen_weight: float = 1.0
    by_weight: bool = False
    common: Floats | None = None

    def __call__(
        self, terms: WordCounts, known: NDArray[np.bool_], vectors: Floats
    ) -> Floats:
        """Pool the vectors.

        Parameters
        ----------
        terms : WordCounts
            The words of the texts.
        known : ndarray of shape (n_words,), bool
            Which words have a vector. The others count for nothing.
        vectors : ndarray of shape (n_words, vector_size), float32
            The vectors of the words, zeros where there is none.

        Returns
        -------
        ndarray of shape (n_texts, vector_size), float32
            Zeros for a text without a known word.
        """
        weighted = terms.counts
        if self.weights:
            weighted = weighted.copy()
            weighted.data *= self._weights_of(terms.words)[weighted.indices]
        divisors = (weighted if self.by_weight else terms.counts) @ known
        divisors = np.where(divisors > 0, divisors, 1).astype(np.float32)
        pooled: Floats = weighted @ vectors / divisors[:, None]
        if self.common is not None:
            # einsum, not BLAS: a row's result must not depend on its neighbours.
            shares = np.einsum("ij,j->i", pooled, self.common)
            pooled -= shares[:, None] * self.common
        return pooled

    def _weights_of(self, words: Sequence[str]) -> Floats:
        weights = (self.weights.get(word, self.unseen_weight) for word in words)
        return np.fromiter(weights, np.float32, len(words))


def fit_pooling(
    kind: str, terms: WordCounts, known: NDArray[np.bool_], vectors: Floats
) -> Pooling:
    """Learn what a pooling needs to know of the training texts.

    Parameters
    ----------
    kind : {"mean", "tfidf", "sif"}
        ``"mean"``: every occurrence of a word counts the same. ``"tfidf"``: it counts
        by scikit-learn's smooth inverse document frequency. ``"sif"``: by
        ``a / (a + p)`` with ``a = 0.001`` and ``p`` the word's share of all words, and
        the first principal component of the texts' vectors is taken out.
    terms, known, vectors
        As :class:`Pooling` is called with.

    Returns
    -------
    Pooling
    """
    if kind == "tfidf":
        return _tfidf(terms)
    if kind == "sif":
        weights = _sif_weights(terms)
        pooled = Pooling(weights=weights)(terms, known, vectors)
        return Pooling(weights=weights, common=_first_component(pooled))
    return Pooling()


def _tfidf(terms: WordCounts) -> Pooling:
    n_texts, n_words = terms.counts.shape
    once = terms.counts.copy()
    once.sum_duplicates()
    frequency = np.bincount(once.indices, minlength=n_words)
    idf = np.log((1 + n_texts) / (1 + frequency)) + 1
    return Pooling(
        weights=dict(zip(terms.words, idf.tolist(), strict=True)),
        unseen_weight=float(np.log(1 + n_texts) + 1),
        by_weight=True,
    )


def _sif_weights(terms: WordCounts) -> dict[str, float]:
    occurrences = terms.counts.sum(axis=0, dtype=np.float64)
    share = occurrences / max(occurrences.sum(), 1)
    weights = _SIF_SMOOTHING / (_SIF_SMOOTHING + share)
    return dict(zip(terms.words, weights.tolist(), strict=True))


def _first_component(pooled: Floats) -> Floats:
    """Return the first right singular vector, of the uncentred rows as in the paper."""
    rows = pooled.astype(np.float64)
    _, directions = np.linalg.eigh(rows.T @ rows)
    component: Floats = directions[:, -1].astype(np.float32)
    return component
