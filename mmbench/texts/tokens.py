"""Words of a text: a tokeniser like that of the Penn Treebank, without punctuation.

What scores of captions are taken of since the COCO challenge: words in lower case,
clitics apart (``do n't``, ``dog 's``), punctuation left out. The challenge's own
tokeniser is a Java program; its rules for plain English sentences are rewritten.
Two kinds of text come out otherwise: it keeps some abbreviations (``u.s.``) and
fractions together that are parted here, and writes some British words the American way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

__all__ = ["TOKENISERS", "Tokeniser", "ptb_words", "split_words"]

Tokeniser: TypeAlias = Callable[[str], Sequence[str]]

PUNCTUATION = frozenset(
    ("''", "'", "``", "`", "(", ")", "{", "}", "[", "]", ".", "?", "!", ",", ":", "-")
) | frozenset(
    ("--", "...", ";", '"', "\u2013", "\u2014", "\u2026", "\u201c", "\u201d", "\u2018")
)
"""What is left out; a bracket counts as the Treebank's -LRB- and its like."""

_QUOTES = str.maketrans({"\u2019": "'", "\u2011": "-"})
# Each is set apart from its neighbours, in this order.
_APART = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"\.{3}|\u2026", r" ... "),
        (r"--+|[\u2013\u2014]", r" -- "),
        (r"(?<!\d)[,:]|[,:](?!\d)", r" \g<0> "),
        (r'[;?!()\[\]{}"\u201c\u201d`\u2018@#$%&*+=<>|/\\~^]', r" \g<0> "),
        # A full stop ends a sentence, or stands before closing quotes and brackets.
        (r"(?<![.\s])\.(?=[\s'\")\]}]*$|\s)", r" . "),
        (r"(\w)('s|'m|'d|'ll|'re|'ve)(?!\w)", r"\1 \2"),
        (r"(\w)n't(?!\w)", r"\1 n't"),
        (r"\bcannot\b", r"can not"),
        (r"\bgonna\b", r"gon na"),
        (r"\bgotta\b", r"got ta"),
        (r"\bwanna\b", r"wan na"),
        # Quotes that are not apostrophes.
        (r"(?<!\w)'(?!(?:s|m|d|ll|re|ve)\b)|(?<=\w)'(?=\s|$)", r" ' "),
    )
)


@lru_cache(maxsize=1 << 18)
def ptb_words(text: str) -> tuple[str, ...]:
    """Return the words of a text as scores of captions count them.

    Parameters
    ----------
    text : str
        One or several sentences.

    Returns
    -------
    tuple of str
        In lower case, without punctuation; empty where there is nothing else.

    References
    ----------
    M. Marcus, B. Santorini, M. Marcinkiewicz (1993), "Building a large annotated corpus
    of English: the Penn Treebank", Computational Linguistics 19(2); X. Chen et al.
    (2015), "Microsoft COCO captions: data collection and evaluation server",
    arXiv:1504.00325.

    Examples
    --------
    >>> ptb_words("A dog's ball, isn't it (red)?")
    ('a', 'dog', "'s", 'ball', 'is', "n't", 'it', 'red')
    """
    text = text.lower().translate(_QUOTES)
    for pattern, put in _APART:
        text = pattern.sub(put, text)
    return tuple(word for word in text.split() if word not in PUNCTUATION)


def split_words(text: str) -> tuple[str, ...]:
    """Return what stands between blanks: the words of a text already tokenised.

    Parameters
    ----------
    text : str
        Words with blanks between them.

    Returns
    -------
    tuple of str
        As they are written.

    Examples
    --------
    >>> split_words("a dog 's Ball .")
    ('a', 'dog', "'s", 'Ball', '.')
    """
    return tuple(text.split())


TOKENISERS: Mapping[str, Tokeniser] = MappingProxyType(
    {"ptb": ptb_words, "none": split_words}
)
"""The tokenisers by name."""
