"""Texts as vectors that are pooled from the vectors of their words."""

from mmbench.feature_extraction.word_vectors.gensim_vectors import (
    FastTextVectorizer,
    Word2VecVectorizer,
)
from mmbench.feature_extraction.word_vectors.glove import GloVeVectorizer
from mmbench.feature_extraction.word_vectors.pretrained import PretrainedWordVectorizer

__all__ = [
    "FastTextVectorizer",
    "GloVeVectorizer",
    "PretrainedWordVectorizer",
    "Word2VecVectorizer",
]
