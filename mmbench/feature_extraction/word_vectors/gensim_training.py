"""Training by gensim: repeatable, silent, and on the whole of every text."""

from __future__ import annotations

import contextlib
import logging
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from mmbench.feature_extraction.parameters import require_int, require_positive
from mmbench.feature_extraction.word_vectors.epochs import passes

__all__ = ["train_with_gensim"]

# Of each text gensim trains on the first so many words only, and doesn't say so.
_TEXT_LENGTH = 10_000
# What epochs="auto" stands for: words to show, fewest and most passes.
_AUTO_WORDS, _AUTO_EPOCHS = 1_000_000, (5, 50)


def train_with_gensim(
    params: Any,
    model: Any,
    documents: Sequence[Sequence[str]],
    seed: int,
    **options: int,
) -> Any:
    """Train a model of gensim's.

    Parameters
    ----------
    params : Word2VecVectorizer or FastTextVectorizer
        The estimator, for the parameters that both have.
    model : class
        ``Word2Vec`` or ``FastText`` of gensim.
    documents : sequence of sequences of str
        The words of each text.
    seed : int
        Decides all randomness.
    **options
        What ``model`` takes besides.

    Returns
    -------
    gensim.models.KeyedVectors
        The words and their vectors.
    """
    require_int("negative", params.negative, minimum=1)
    require_positive("learning_rate", params.learning_rate)
    n_words = sum(map(len, documents))
    epochs = passes(params.epochs, n_words, _AUTO_WORDS, *_AUTO_EPOCHS)
    with _silence():
        trained = model(
            list(_pieces(documents)),
            vector_size=params.vector_size,
            window=params.window,
            min_count=params.min_count,
            sg=int(params.sg),
            negative=params.negative,
            alpha=params.learning_rate,
            epochs=epochs,
            seed=seed,
            # Python's own hash, the default here, differs between processes, and the
            # order in which several threads take texts differs between runs.
            hashfxn=_stable_hash,
            workers=1,
            **options,
        )
    return trained.wv


def _pieces(documents: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    for document in documents:
        for start in range(0, len(document), _TEXT_LENGTH):
            yield document[start : start + _TEXT_LENGTH]


def _stable_hash(text: str) -> int:
    return zlib.crc32(text.encode())


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep gensim from logging that a corpus is small, to a user who knows it."""
    logger = logging.getLogger("gensim")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
