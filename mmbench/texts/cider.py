"""CIDEr-D: how alike texts are by their n-grams, rare ones counting more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from mmbench.texts.ngrams import Occurrences, together

__all__ = ["ORDER", "CiderVectors", "inverse_document_frequencies"]

Floats = NDArray[np.float64]

ORDER = 4
_SIGMA = 6.0


def inverse_document_frequencies(
    grams: Sequence[Occurrences], owner: NDArray[np.int64], n_owners: int
) -> list[Floats]:
    """Return the logarithm of how rare each n-gram is.

    Parameters
    ----------
    grams : sequence of Occurrences
        The n-grams of each length in the texts that are counted.
    owner : ndarray of shape (n_texts,), int
        Whose each text is: a picture's captions are one document. -1 for texts that
        are not counted.
    n_owners : int
        The number of documents.

    Returns
    -------
    list of ndarray of shape (n_occurrences,)
        For each length: the number of documents over that of those which have the
        n-gram, or over 1 where none has it; its logarithm.
    """
    counted = np.flatnonzero(owner >= 0)
    found = []
    for each in grams:
        present = together(each.present[counted], owner[counted], n_owners)
        holding = np.asarray(present.sum(axis=0)).reshape(-1)
        frequency = np.zeros(int(each.gram.max(initial=-1)) + 1)
        frequency[each.gram[each.is_first]] = holding[each.is_first]
        rarity = np.log(n_owners) - np.log(np.maximum(frequency, 1))
        found.append(each.spread(rarity))
    return found


class CiderVectors:
    """Texts as vectors whose products are CIDEr-D.

    Parameters
    ----------
    grams : sequence of Occurrences
        The n-grams of each length, one to four words, in the texts.
    rarity : sequence of ndarray of shape (n_occurrences,)
        As :func:`inverse_document_frequencies` returns it.

    References
    ----------
    R. Vedantam, C. L. Zitnick, D. Parikh (2015), "CIDEr: consensus-based image
    description evaluation", CVPR: the variant D, whose length is counted in pairs of
    words as the challenge's code does.

    Examples
    --------
    >>> from mmbench.texts.ngrams import ngram_occurrences
    >>> grams = ngram_occurrences(["a red cat is here".split(), "a dog".split()], 4)
    >>> rarity = inverse_document_frequencies(grams, np.array([0, 1]), 2)
    >>> CiderVectors(grams, rarity).products().round(3).tolist()
    [[10.0, 0.0], [0.0, 5.0]]
    """

    def __init__(self, grams: Sequence[Occurrences], rarity: Sequence[Floats]) -> None:
        asked, given = [], []
        for each, weights in zip(grams, rarity, strict=True):
            squares = weights**2
            norms = np.sqrt(each.counts @ squares)
            with np.errstate(divide="ignore"):
                scale = np.where(norms > 0, 1 / norms, 0.0)
            scaled = sparse.diags_array(scale)
            asked.append(scaled @ each.present)
            given.append(scaled @ each.counts @ sparse.diags_array(squares))
        self.asked = sparse.hstack(asked, format="csr")
        self.given = sparse.hstack(given, format="csr")
        self.lengths = grams[1].totals
        self._scale = 10 / len(grams)

    def of_pairs(self, candidates: Any, references: Any) -> Floats:
        """Return the similarity of each candidate with its own reference.

        Parameters
        ----------
        candidates, references : ndarray of int, shape (n_pairs,)
            Their numbers among the texts.

        Returns
        -------
        ndarray of shape (n_pairs,)
            From 0 to 10.
        """
        shared = self.asked[candidates].multiply(self.given[references]).sum(axis=1)
        gap = self.lengths[candidates] - self.lengths[references]
        found: Floats = np.asarray(shared).reshape(-1) * _alike(gap) * self._scale
        return found

    def products(self, candidates: Any = slice(None), references: Any = None) -> Floats:
        """Return the similarity of every candidate with every reference.

        Parameters
        ----------
        candidates : ndarray of int, or slice
            Their numbers among the texts; all by default.
        references : ndarray of int, or slice, optional
            Their numbers; the candidates by default.

        Returns
        -------
        ndarray of shape (n_candidates, n_references)
            From 0 to 10.
        """
        if references is None:
            references = candidates
        shared = (self.asked[candidates] @ self.given[references].T).toarray()
        gap = self.lengths[candidates][:, np.newaxis] - self.lengths[references]
        found: Floats = shared * _alike(gap) * self._scale
        return found


def _alike(gap: Floats) -> Floats:
    """Return how alike lengths are that differ by so many words."""
    found: Floats = np.exp(-(gap**2) / (2 * _SIGMA**2))
    return found
