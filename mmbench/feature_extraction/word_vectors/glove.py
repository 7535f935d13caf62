"""GloVe, trained on the training texts.

References
----------
J. Pennington, R. Socher, C. D. Manning. *GloVe: global vectors for word
representation.* EMNLP 2014.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmbench.feature_extraction.parameters import require_int, require_positive
from mmbench.feature_extraction.word_vectors.base import (
    Documents,
    TrainedWordVectorizer,
)
from mmbench.feature_extraction.word_vectors.cooccurrence import count_cooccurrences
from mmbench.feature_extraction.word_vectors.epochs import passes
from mmbench.feature_extraction.word_vectors.glove_training import (
    cut_into_blocks,
    initial_factors,
    minimize,
)

__all__ = ["GloVeVectorizer"]

# What epochs="auto" stands for: cells to visit, fewest and most passes.
_AUTO_CELLS, _AUTO_EPOCHS = 20_000_000, (10, 100)


class GloVeVectorizer(TrainedWordVectorizer):
    """Text vectors pooled from GloVe vectors trained on the training texts.

    The weighted least-squares loss of the paper is minimised over the sparse
    co-occurrence matrix by AdaGrad; a word's vector is the sum of its vectors as word
    and as context. AdaGrad's sums start at zero, not at one as in the authors' C code:
    there the counts are those of billions of words, and those of a small data set
    would hardly move the vectors.

    Parameters
    ----------
    vector_size : int, default=100
        Length of the vectors.
    window : int, default=10
        Two words at most this far apart count as standing together.
    min_count : int, default=1
        Words with fewer occurrences are left out.
    x_max : float, default=100.0
        Co-occurrence counts from here on have full weight in the loss.
    alpha : float, default=0.75
        Counts ``x`` below have the weight ``(x / x_max) ** alpha``.
    learning_rate : float, default=0.1
        AdaGrad's.
    epochs : int or "auto", default="auto"
        Number of passes over the co-occurrence matrix. ``"auto"`` makes as many as
        visit 20 million of its cells, but at least 10 and at most 100.
    block_size : int, default=16384
        Average number of the matrix's cells in one step.
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
    loss_history_ : list of float
        The loss over the whole matrix in each pass, as it was met on the way.
    coverage_ : float
        The share of the training texts' words that have a vector.
    n_unknown_words_ : int
        How many different words have none.

    Examples
    --------
    >>> texts = ["red apple pie", "green apple pie", None]
    >>> vectorizer = GloVeVectorizer(vector_size=8, random_state=0).fit(texts)
    >>> vectorizer.transform(["apple pie"]).shape
    (1, 8)
    >>> vectorizer.loss_history_[-1] < vectorizer.loss_history_[0]
    True
    """

    def __init__(
        self,
        *,
        vector_size: int = 100,
        window: int = 10,
        min_count: int = 1,
        x_max: float = 100.0,
        alpha: float = 0.75,
        learning_rate: float = 0.1,
        epochs: int | str = "auto",
        block_size: int = 16_384,
        pooling: str = "mean",
        analyzer: str | Callable[[str], Iterable[str]] = "word",
        random_state: Any = None,
    ) -> None:
        self.vector_size = vector_size
        self.window = window
        self.min_count = min_count
        self.x_max = x_max
        self.alpha = alpha
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.block_size = block_size
        self.pooling = pooling
        self.analyzer = analyzer
        self.random_state = random_state

    def _train(
        self, documents: Documents, seed: int
    ) -> tuple[list[str], NDArray[np.float32]]:
        require_int("block_size", self.block_size, minimum=1)
        for name in ("x_max", "alpha", "learning_rate"):
            require_positive(name, getattr(self, name))
        rng = np.random.default_rng(seed)
        # Shuffled, so that frequent words are spread over all blocks.
        vocabulary = rng.permutation(
            _frequent_words(documents, self.min_count)
        ).tolist()
        number = {word: i for i, word in enumerate(vocabulary)}
        numbered = [
            np.array([number[word] for word in document if word in number], dtype=int)
            for document in documents
        ]
        counts = count_cooccurrences(numbered, len(vocabulary), self.window)
        blocks = list(cut_into_blocks(counts, self.block_size, self.x_max, self.alpha))
        factors = initial_factors(len(vocabulary), self.vector_size, rng)
        epochs = passes(self.epochs, counts.nnz, _AUTO_CELLS, *_AUTO_EPOCHS)
        self.loss_history_: list[float] = minimize(
            factors, blocks, epochs, self.learning_rate, rng
        )
        return vocabulary, factors.words + factors.contexts


def _frequent_words(documents: Documents, min_count: int) -> list[str]:
    """Return the words with enough occurrences, in alphabetical order."""
    counts = Counter(itertools.chain.from_iterable(documents))
    return sorted(word for word, count in counts.items() if count >= min_count)
