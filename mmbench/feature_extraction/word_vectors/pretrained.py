"""Text vectors from a file of pretrained word vectors."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from mmbench.errors import DataWarning
from mmbench.feature_extraction.token_memo import Tokens
from mmbench.feature_extraction.word_vectors.base import BaseWordVectorizer, Lookup
from mmbench.feature_extraction.word_vectors.pooling import Pooling, WordCounts
from mmbench.feature_extraction.word_vectors.vector_files import open_vectors

__all__ = ["PretrainedWordVectorizer"]

_LOW_COVERAGE = 0.5


class PretrainedWordVectorizer(BaseWordVectorizer):
    r"""Text vectors pooled from the pretrained word vectors of a file.

    The file is memory-mapped and read where a word is asked for; processes share its
    pages, and pickles of the estimator hold its path only.

    Parameters
    ----------
    path : path
        One of these, told apart by content, gzipped or not: word2vec's text format
        (fastText's ``.vec`` is the same) and binary format, GloVe's text format (no
        first line with counts), and fastText's ``.bin``, which gives unknown words a
        vector from their subwords. Text is taken as UTF-8. gensim's own format isn't
        read: it is a pickle, and a pickle can run any code.
    pooling : {"mean", "tfidf", "sif"}, default="mean"
        How the vectors of a text's words become the text's; see
        :func:`~mmbench.feature_extraction.word_vectors.pooling.fit_pooling`. With
        ``"mean"`` nothing is learnt from the training texts and ``fit`` isn't needed.
    analyzer : "word" or callable, default="word"
        ``"word"`` is :func:`~mmbench.feature_extraction.words`, which lower-cases; a
        callable takes a text and returns its words. For a file of cased words (Google
        News) give one that keeps case.

    Attributes
    ----------
    coverage_ : float
        The share of the training texts' words that have a vector.
    n_unknown_words_ : int
        How many different words have none.

    Raises
    ------
    MissingWeightsError
        In ``fit`` and ``transform``, when the file isn't there or can't be read.
    ValueError
        There too, when it is malformed; the message says where.

    Warns
    -----
    DataWarning
        In ``fit``, when less than half of the training texts' words have a vector. A
        run's report tells it of the dataset.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "vectors.txt")
    >>> _ = path.write_text("red 1 0\nhat 0 1\n")
    >>> vectorizer = PretrainedWordVectorizer(path)
    >>> vectorizer.fit_transform(["Red hat", "red shoe", None])
    array([[0.5, 0.5],
           [1. , 0. ],
           [0. , 0. ]], dtype=float32)
    >>> vectorizer.coverage_
    0.75
    >>> folder.cleanup()
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        pooling: str = "mean",
        analyzer: str | Callable[[str], Iterable[str]] = "word",
    ) -> None:
        self.path = path
        self.pooling = pooling
        self.analyzer = analyzer

    def files_read(self) -> list[str | os.PathLike[str]]:
        """Return the files whose content decides what this extractor does."""
        return [self.path]

    def _fit(self, tokens: Tokens) -> tuple[WordCounts, Lookup]:
        terms, lookup = super()._fit(tokens)
        if self.coverage_ < _LOW_COVERAGE:
            n_words = len(terms.words)
            warnings.warn(
                f"{n_words - self.n_unknown_words_ or 'none'} of the {n_words} words "
                f"of the training texts are in {Path(self.path).name!r}, which is "
                f"{self.coverage_:.0%} of the text; is it for another language, or "
                f"cased?",
                DataWarning,
                stacklevel=3,
            )
        return terms, lookup

    def _fitted_pooling(self) -> Pooling:
        return Pooling() if self.pooling == "mean" else super()._fitted_pooling()

    def _lookup(self, words: Sequence[str]) -> Lookup:
        return open_vectors(self.path).lookup(words)

    def _vector_size(self) -> int:
        return open_vectors(self.path).vector_size

    @property
    def row_wise(self) -> bool:
        """Whether a text's vector doesn't depend on other texts, so learns nothing."""
        return bool(self.pooling == "mean")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = self.pooling != "mean"
        return tags
