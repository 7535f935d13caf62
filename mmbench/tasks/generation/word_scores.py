"""What each row contributes to BLEU, ROUGE and CIDEr-D: counts of shared words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.tasks.generation.texts import Scored, scored_texts
from mmbench.texts import (
    ORDER,
    CiderVectors,
    inverse_document_frequencies,
    ngram_occurrences,
    together,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.tasks.target import Prediction, Target
    from mmbench.texts import Occurrences

    Floats = NDArray[np.float64]

__all__ = ["COLUMNS", "clipped_counts", "word_counts", "word_scores"]

_BETA = 1.2

COLUMNS = {
    name: place
    for place, name in enumerate(
        [
            *(f"shared_{n}" for n in range(1, ORDER + 1)),
            *(f"total_{n}" for n in range(1, ORDER + 1)),
            *("length", "reference_length", "rouge_l", "rouge_1", "rouge_2"),
            *("cider_d", "rows"),
        ]
    )
}
"""What the columns of contributions are called."""


def word_scores(target: Target, prediction: Prediction) -> Floats:
    """Return what each row contributes to metrics of words.

    Document frequencies of CIDEr-D are those of the references of the rows given, as
    its definition has it.

    Parameters
    ----------
    target : Target
        Of the scored rows.
    prediction : Prediction
        Of the same rows.

    Returns
    -------
    ndarray of shape (n_rows, k)
        The columns of :data:`COLUMNS`.
    """
    return word_counts(scored_texts(target, prediction))


def word_counts(scored: Scored) -> Floats:
    """Return what each text contributes, as :func:`word_scores` does.

    Parameters
    ----------
    scored : Scored
        Texts with their references.

    Returns
    -------
    ndarray of shape (n_rows, k)
        The columns of :data:`COLUMNS`.
    """
    texts = [scored.words(text) for text in scored.texts]
    references = [scored.words(text) for text in scored.references]
    owner, n = scored.owner, len(texts)
    grams = ngram_occurrences([*texts, *references], ORDER)
    found = np.zeros((n, len(COLUMNS)))
    found[:, : 2 * ORDER + 2] = clipped_counts(grams, owner, n)
    found[:, COLUMNS["rouge_l"]] = _longest_shared(texts, references, owner)
    for order in (1, 2):
        found[:, COLUMNS[f"rouge_{order}"]] = _overlap(grams[order - 1], owner, n)
    found[:, COLUMNS["cider_d"]] = _cider(grams, owner, n)
    found[:, COLUMNS["rows"]] = 1
    return found


def clipped_counts(grams: Sequence[Occurrences], owner: Any, n: int) -> Floats:
    """Return the counts that BLEU is a function of.

    Parameters
    ----------
    grams : sequence of Occurrences
        The n-grams of each length, in `n` texts and then in all references.
    owner : ndarray of shape (n_references,), int
        The text of each reference.
    n : int
        The number of texts.

    Returns
    -------
    ndarray of shape (n, 2 * len(grams) + 2)
        For each length how many n-grams some reference has as well, no more often than
        any reference has them; for each how many there are; the words of the text; and
        those of the reference whose length is closest, the shorter of two as close.
    """
    shared = [
        g.present[:n].multiply(together(g.present[n:], owner, n)).sum(axis=1)
        for g in grams
    ]
    lengths = grams[0].totals
    columns = [*shared, *(g.totals[:n] for g in grams), lengths[:n]]
    closest = _closest(lengths[:n], lengths[n:], owner)
    return np.column_stack([np.asarray(c).reshape(-1) for c in (*columns, closest)])


def _closest(lengths: Floats, of_references: Floats, owner: Any) -> Floats:
    gaps = np.abs(of_references - lengths[owner])
    places = np.lexsort([of_references, gaps, owner])
    _, first = np.unique(owner[places], return_index=True)
    return of_references[places][first]


def _best(values: Floats, owner: Any, n: int) -> Floats:
    best = np.zeros(n)
    np.maximum.at(best, owner, values)
    return best


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _overlap(grams: Occurrences, owner: Any, n: int) -> Floats:
    """Return the F1 of shared n-grams with the reference that fits best."""
    references = grams.present[n:]
    shared = grams.present[:n][owner].multiply(references).sum(axis=1)
    sizes = grams.totals[:n][owner] + grams.totals[n:]
    return _best(_share(2 * np.asarray(shared).reshape(-1), sizes), owner, n)


def _cider(grams: Sequence[Occurrences], owner: Any, n: int) -> Floats:
    documents = np.concatenate([np.full(n, -1), owner])
    vectors = CiderVectors(grams, inverse_document_frequencies(grams, documents, n))
    each = vectors.of_pairs(owner, n + np.arange(len(owner)))
    sums: Floats = np.bincount(owner, each, n).astype(np.float64)
    return _share(sums, np.bincount(owner, minlength=n).astype(np.float64))


class _Fit(NamedTuple):
    precision: float
    recall: float


def _longest_shared(
    texts: Sequence[Any], references: Sequence[Any], owner: Any
) -> Floats:
    """Return ROUGE-L: best precision and best recall over references, and their F."""
    fits = [
        _fit(texts[row], reference)
        for row, reference in zip(owner.tolist(), references, strict=True)
    ]
    pairs = np.array(fits).reshape(-1, 2)
    precision, recall = (_best(column, owner, len(texts)) for column in pairs.T)
    squared = _BETA**2
    return _share((1 + squared) * precision * recall, recall + squared * precision)


@lru_cache(maxsize=1 << 18)
def _fit(text: tuple[str, ...], reference: tuple[str, ...]) -> _Fit:
    if not text or not reference:
        return _Fit(0.0, 0.0)
    shared = _common_subsequence(text, reference)
    return _Fit(shared / len(text), shared / len(reference))


def _common_subsequence(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    """Return the length of the longest common subsequence.

    References
    ----------
    H. Hyyrö (2004), "Bit-parallel LCS-length computation revisited", AWOCA.
    """
    places: dict[str, int] = {}
    for place, word in enumerate(a):
        places[word] = places.get(word, 0) | 1 << place
    whole = (1 << len(a)) - 1
    left = whole
    for word in b:
        matched = left & places.get(word, 0)
        left = (left + matched | left - matched) & whole
    return len(a) - left.bit_count()
