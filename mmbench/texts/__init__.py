"""How alike texts are: words, n-grams, and products of them. Imports nothing.

Metrics of the task generation and its methods are both made of these.
"""

from mmbench.texts.cider import (
    ORDER,
    CiderVectors,
    inverse_document_frequencies,
)
from mmbench.texts.ngrams import (
    Occurrences,
    ngram_occurrences,
    together,
)
from mmbench.texts.references import padded, reference_lists
from mmbench.texts.tokens import (
    TOKENISERS,
    Tokeniser,
    ptb_words,
    split_words,
)

__all__ = [
    "ORDER",
    "TOKENISERS",
    "CiderVectors",
    "Occurrences",
    "Tokeniser",
    "inverse_document_frequencies",
    "ngram_occurrences",
    "padded",
    "ptb_words",
    "reference_lists",
    "split_words",
    "together",
]
