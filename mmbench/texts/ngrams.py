"""N-grams of many texts at once, as sparse matrices.

The columns are not n-grams but occurrences: a text that has an n-gram three times has
its first, second and third occurrence. How often two texts share an n-gram at most, the
clipped count that BLEU, ROUGE and CIDEr-D are made of, is then an inner product of two
rows of ones, and the largest count of several texts a union of their rows.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["Occurrences", "ngram_occurrences", "together"]

Ints = NDArray[np.int64]


class Occurrences(NamedTuple):
    """The n-grams of one length in some texts.

    Attributes
    ----------
    present : csr_array of shape (n_texts, n_occurrences)
        1 where a text has the occurrence.
    counts : csr_array of shape (n_texts, n_occurrences)
        How often the text has the n-gram of the occurrence; as sparse as `present`.
    gram : ndarray of shape (n_occurrences,), int
        The number of the n-gram that each column is an occurrence of.
    is_first : ndarray of shape (n_occurrences,), bool
        Whether a column is an n-gram's first occurrence.
    """

    present: Any
    counts: Any
    gram: Ints
    is_first: NDArray[np.bool_]

    @property
    def totals(self) -> NDArray[np.float64]:
        """How many n-grams each text has."""
        found: NDArray[np.float64] = np.diff(self.present.indptr) * 1.0
        return found

    def take(self, rows: Any) -> Occurrences:
        """Return those of some texts.

        Parameters
        ----------
        rows : ndarray of int, or slice
            Which texts.

        Returns
        -------
        Occurrences
            With the same columns.
        """
        return self._replace(present=self.present[rows], counts=self.counts[rows])

    def spread(self, of_grams: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a number of each n-gram for each of its occurrences.

        Parameters
        ----------
        of_grams : ndarray of shape (n_grams,)
            A number an n-gram.

        Returns
        -------
        ndarray of shape (n_occurrences,)
            The same number for all occurrences of an n-gram.
        """
        return of_grams[self.gram]


def ngram_occurrences(
    texts: Sequence[Sequence[Hashable]], order: int
) -> list[Occurrences]:
    """Count the n-grams of texts up to some length.

    Parameters
    ----------
    texts : sequence of sequence of hashable
        The words, or characters, of each text.
    order : int
        The length of the longest n-grams.

    Returns
    -------
    list of Occurrences
        Those of one word, of two, and so on.

    Examples
    --------
    >>> words, pairs = ngram_occurrences(["ab", "aab"], 2)
    >>> (words.present @ words.present.T).toarray().astype(int).tolist()
    [[2, 2], [2, 3]]
    >>> words.counts.max(axis=1).toarray().ravel().astype(int).tolist()
    [1, 2]
    """
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    owner = np.repeat(np.arange(len(texts)), lengths)
    numbers: dict[Hashable, int] = {}
    words = np.fromiter(
        (numbers.setdefault(word, len(numbers)) for text in texts for word in text),
        dtype=np.int64,
        count=int(lengths.sum()),
    )
    found, grams, starts = [], words, np.arange(len(words))
    for n in range(1, order + 1):
        if n > 1:
            ends = starts + n - 1
            inside = ends < len(words)
            inside[inside] = owner[starts[inside]] == owner[ends[inside]]
            starts, grams = starts[inside], grams[inside]
            codes = grams * len(numbers) + words[starts + n - 1]
            grams = np.unique(codes, return_inverse=True)[1].reshape(-1)
        found.append(_occurrences(owner[starts], grams, len(texts)))
    return found


def _occurrences(owner: Ints, grams: Ints, n_texts: int) -> Occurrences:
    """Return the numbered occurrences of each n-gram within its text."""
    places = np.lexsort([grams, owner])
    owner, grams = owner[places], grams[places]
    is_new = np.ones(len(grams), dtype=bool)
    is_new[1:] = (owner[1:] != owner[:-1]) | (grams[1:] != grams[:-1])
    run = np.cumsum(is_new) - 1
    first = np.flatnonzero(is_new)
    level = np.arange(len(grams)) - first[run] if len(run) else run
    counts = np.bincount(run)[run] if len(run) else run
    n_levels = int(level.max(initial=0)) + 1
    codes, columns = np.unique(grams * n_levels + level, return_inverse=True)
    shape = (n_texts, len(codes))
    cells = owner, columns.reshape(-1)
    ones = np.ones(len(grams))
    return Occurrences(
        sparse.csr_array((ones, cells), shape=shape),
        sparse.csr_array((counts.astype(np.float64), cells), shape=shape),
        codes // n_levels,
        codes % n_levels == 0,
    )


def together(present: Any, owner: Ints, n_owners: int) -> Any:
    """Return which occurrences any text of each owner has.

    Parameters
    ----------
    present : csr_array of shape (n_texts, n_occurrences)
        1 where a text has the occurrence.
    owner : ndarray of shape (n_texts,), int
        Whose each text is.
    n_owners : int
        How many owners there are.

    Returns
    -------
    csr_array of shape (n_owners, n_occurrences)
        1 where one of an owner's texts has it.
    """
    cells = np.ones(len(owner)), (owner, np.arange(len(owner)))
    found = sparse.csr_array(cells, shape=(n_owners, len(owner))) @ present
    found.data[:] = 1
    return found
