"""How far texts agree: by CIDEr-D, by BLEU, or by their embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from mmbench.texts import (
    ORDER,
    CiderVectors,
    Occurrences,
    inverse_document_frequencies,
    ngram_occurrences,
    ptb_words,
)

__all__ = ["AGREEMENTS", "TextVectors", "best_agreed", "text_vectors"]

Floats = NDArray[np.float64]

AGREEMENTS = ("cider", "bleu", "embedding")
"""How agreement is measured."""

_DIMENSIONS = 100


class TextVectors(Protocol):
    """Texts that can be compared."""

    def products(self, candidates: Any = slice(None)) -> Floats:
        """Return how far each of some texts agrees with each of them.

        Parameters
        ----------
        candidates : ndarray of int, or slice
            Their numbers; all by default.

        Returns
        -------
        ndarray of shape (n_candidates, n_candidates)
            Rows speak for a text, columns are what it is compared with.
        """


def text_vectors(
    agreement: str,
    training: Sequence[Sequence[str]],
    texts: Sequence[str] | None = None,
) -> TextVectors:
    """Make texts comparable.

    Parameters
    ----------
    agreement : {"cider", "bleu", "embedding"}
        How agreement is measured.
    training : sequence of sequence of str
        The texts of each training row, which say how rare words are.
    texts : sequence of str, optional
        What is compared; by default all texts of the training rows, one after another.

    Returns
    -------
    TextVectors
        In the order of the texts.

    Raises
    ------
    ValueError
        When the agreement is unknown.
    """
    if agreement not in AGREEMENTS:
        raise ValueError(
            f"agreement must be one of {list(AGREEMENTS)}, got {agreement!r}."
        )
    known = [text for row in training for text in row]
    if agreement == "embedding":
        return _Embedded(known, known if texts is None else texts)
    given = [] if texts is None else texts
    grams = ngram_occurrences([ptb_words(t) for t in (*known, *given)], ORDER)
    chosen = slice(None) if texts is None else slice(len(known), None)
    if agreement == "bleu":
        return _BleuVectors([each.take(chosen) for each in grams])
    owner = np.repeat(np.arange(len(training)), [len(row) for row in training])
    documents = np.concatenate([owner, np.full(len(given), -1)])
    rarity = inverse_document_frequencies(grams, documents, len(training))
    return CiderVectors([each.take(chosen) for each in grams], rarity)


class _BleuVectors:
    """Sentence BLEU, precisions of two words and more smoothed by one."""

    def __init__(self, grams: Sequence[Occurrences]) -> None:
        self._present = [each.present for each in grams]
        self._totals = [each.totals for each in grams]

    def products(self, candidates: Any = slice(None)) -> Floats:
        """Return BLEU of each text against each other one."""
        logs = []
        for order, (present, totals) in enumerate(
            zip(self._present, self._totals, strict=True)
        ):
            rows = present[candidates]
            shared = (rows @ rows.T).toarray() + (order > 0)
            possible = totals[candidates][:, np.newaxis] + (order > 0)
            logs.append(np.log(np.maximum(shared, 1e-9) / np.maximum(possible, 1)))
        lengths = np.maximum(self._totals[0][candidates], 1)
        brevity = np.minimum(0, 1 - lengths[np.newaxis] / lengths[:, np.newaxis])
        found: Floats = np.exp(np.mean(logs, axis=0) + brevity)
        return found


class _Embedded:
    """Cosines of TF-IDF vectors, reduced to singular vectors of the training texts."""

    def __init__(self, training: Sequence[str], texts: Sequence[str]) -> None:
        tfidf = TfidfVectorizer(analyzer=ptb_words, sublinear_tf=True)
        known = tfidf.fit_transform(training)
        rows = known if texts is training else tfidf.transform(texts)
        if min(known.shape) > _DIMENSIONS:
            reduce = TruncatedSVD(_DIMENSIONS, random_state=0).fit(known)
            self._rows: Any = normalize(reduce.transform(rows))
        else:
            self._rows = normalize(rows).toarray()

    def products(self, candidates: Any = slice(None)) -> Floats:
        """Return the cosine of each text with each other one."""
        rows = self._rows[candidates]
        found: Floats = rows @ rows.T
        return found


def best_agreed(
    products: Floats, weights: Floats | None = None, n_voices: int | None = None
) -> Floats:
    """Return how far others agree with each text, on average.

    Parameters
    ----------
    products : ndarray of shape (n_texts, n_texts)
        As :meth:`TextVectors.products` returns them.
    weights : ndarray of shape (n_texts,), optional
        How much each text counts as a voice.
    n_voices : int, optional
        Count only so many voices, those that agree most; by default all.

    Returns
    -------
    ndarray of shape (n_texts,)
        The text with the most has the least expected loss, where the loss is the lack
        of agreement and texts are as probable as they weigh.

    References
    ----------
    S. Kumar, W. Byrne (2004), "Minimum Bayes-risk decoding for statistical machine
    translation", NAACL; J. Devlin et al. (2015), "Exploring nearest neighbor approaches
    for image captioning", arXiv:1505.04467: the `n_voices` that agree most.

    Examples
    --------
    >>> products = np.array([[1.0, 0.8, 0.0], [0.8, 1.0, 0.1], [0.0, 0.1, 1.0]])
    >>> best_agreed(products).round(2).tolist()
    [0.4, 0.45, 0.05]
    """
    n = len(products)
    others = products * (1 - np.eye(n))
    if weights is not None:
        others = others * weights
    if n_voices is not None and n_voices < n - 1:
        others = np.partition(others, n - n_voices, axis=1)[:, n - n_voices :]
    found: Floats = others.sum(axis=1) / max(n - 1, 1)
    return found
