"""Extractors: transformers from one column of texts or images to features.

An extractor takes one column of cells (a Series, a list, a 1-D array). A missing text
becomes a row of zeros, a missing image a row of NaN. Extractors that learn nothing say
so with scikit-learn's tag ``requires_fit=False``.
"""

from mmbench.feature_extraction.conformance import check_extractor
from mmbench.feature_extraction.text import (
    CountVectorizer,
    HashingVectorizer,
    TfidfVectorizer,
)
from mmbench.feature_extraction.tokenize import words
from mmbench.feature_extraction.word_vectors import (
    FastTextVectorizer,
    GloVeVectorizer,
    PretrainedWordVectorizer,
    Word2VecVectorizer,
)

__all__ = [
    "CountVectorizer",
    "FastTextVectorizer",
    "GloVeVectorizer",
    "HashingVectorizer",
    "PretrainedWordVectorizer",
    "TfidfVectorizer",
    "Word2VecVectorizer",
    "check_extractor",
    "words",
]
