"""What there is to search in extractors.

Few values each, so that the candidates of a search share most features. Networks and
word vectors have none: their features are computed once.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from mmbench.feature_extraction.pixels import ColorHistogramExtractor
from mmbench.feature_extraction.text import (
    CountVectorizer,
    HashingVectorizer,
    TfidfVectorizer,
)
from mmbench.feature_extraction.texture import HOGExtractor, LBPExtractor

__all__ = ["SPACES"]

# Characters are counted in other lengths, which these leave as they are.
_WORDS = {"ngram_range": [(1, 1), (1, 2)]}

SPACES: Mapping[type, Mapping[str, list[Any]]] = MappingProxyType(
    {
        CountVectorizer: {**_WORDS, "binary": [False, True], "min_df": [1, 2]},
        TfidfVectorizer: {**_WORDS, "sublinear_tf": [False, True], "min_df": [1, 2]},
        HashingVectorizer: _WORDS,
        HOGExtractor: {"orientations": [6, 9, 12]},
        LBPExtractor: {"radius": [1.0, 2.0]},
        ColorHistogramExtractor: {"bins": [3, 4, 6]},
    }
)
"""Class to the values of its parameters."""
