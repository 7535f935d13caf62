"""How often words stand near each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["count_cooccurrences"]


def count_cooccurrences(
    documents: Sequence[NDArray[np.integer[Any]]], n_words: int, window: int
) -> Any:
    """Count how often words stand near each other, the nearer the more.

    Two words ``d`` places apart in a text add ``1 / d`` to each other's count.

    Parameters
    ----------
    documents : sequence of integer ndarrays
        The words of each text, as numbers below ``n_words``.
    n_words : int
        Size of the vocabulary.
    window : int
        The largest distance that counts.

    Returns
    -------
    csr_array of shape (n_words, n_words), float64
        Symmetric.

    References
    ----------
    J. Pennington, R. Socher, C. D. Manning. *GloVe: global vectors for word
    representation.* EMNLP 2014, section 4.2.

    Examples
    --------
    >>> import numpy as np
    >>> count_cooccurrences([np.array([0, 1, 2])], n_words=3, window=2).toarray()
    array([[0. , 1. , 0.5],
           [1. , 0. , 1. ],
           [0.5, 1. , 0. ]])
    """
    tokens = np.concatenate([*documents, np.empty(0, dtype=np.int64)]).astype(np.int64)
    owner = np.repeat(np.arange(len(documents)), [len(d) for d in documents])
    shape = (n_words, n_words)
    counts = sparse.csr_array(shape, dtype=np.float64)
    longest = max((len(d) for d in documents), default=0)
    # One pass per distance over all texts at once; summing up after each keeps the
    # memory at that of the result.
    for distance in range(1, min(window, longest - 1) + 1):
        together = owner[:-distance] == owner[distance:]
        left, right = tokens[:-distance][together], tokens[distance:][together]
        added = np.full(len(left), 1 / distance)
        counts = counts + sparse.coo_array((added, (left, right)), shape=shape).tocsr()
    return (counts + counts.T).tocsr()
