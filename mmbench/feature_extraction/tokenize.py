"""The one rule by which texts become words, in any language.

A text is NFKC-normalised and lower-cased. Then:

- Where a script puts spaces between words, a word is a run of two or more letters,
  digits or underscores, together with the combining marks on them. For ASCII text this
  is scikit-learn's own rule. Beyond ASCII it differs in that a mark doesn't cut a word:
  Hindi, Bengali or Tamil words stay whole, and so does ``i̇stanbul``.
- Where a script puts none (Chinese, Japanese, Thai, Lao, Khmer, Burmese, ...), a run
  of letters would be a whole sentence. There, every character (with its marks) is a
  word, and so is every pair of neighbours: ``日本語`` gives ``日 日本 本 本語 語``.
  Pairs carry most of the meaning, single characters cover what pairs miss, and no
  dictionary is needed.

References
----------
J.-Y. Nie, J. Gao, J. Zhang, M. Zhou. *On the use of words and n-grams for Chinese
information retrieval.* IRAL 2000.

Unicode Standard Annex 15 (normalisation forms) and 14 (line breaking: the scripts that
are written without spaces).
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

__all__ = ["normalize", "split_tokens", "split_words", "words"]

# First and last code point of the blocks whose letters are written without spaces.
_UNSPACED_BLOCKS = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19DF),  # Tai Le, New Tai Lue
    (0x1A20, 0x1AAF),  # Tai Tham
    (0x2E80, 0x2FDF),  # CJK and Kangxi radicals
    (0x3000, 0x312F),  # iteration marks, Hiragana, Katakana, Bopomofo
    (0x31A0, 0x31BF),  # Bopomofo extended
    (0x31F0, 0x31FF),  # Katakana phonetic extensions
    (0x3400, 0x4DBF),  # Han, extension A
    (0x4E00, 0x9FFF),  # Han
    (0xA000, 0xA4CF),  # Yi
    (0xA980, 0xA9FF),  # Javanese, Myanmar extended B
    (0xAA60, 0xAADF),  # Myanmar extended A, Tai Viet
    (0xF900, 0xFAFF),  # Han, compatibility
    (0x1B000, 0x1B16F),  # Kana supplements
    (0x20000, 0x323AF),  # Han, extensions B to H
)
# Marks stand in the first two planes, variation selectors excepted.
_MARK_BLOCKS = ((0x0300, 0x1FFFF), (0xE0100, 0xE01EF))
# They join letters inside a word in Persian and the Indic scripts.
_JOINERS = "\u200c\u200d"

# ASCII text in lower case, with a space for whatever stands in no word.
_ASCII = "".join(
    c.lower() if c.isalnum() or c == "_" else " " for c in map(chr, range(128))
)


def normalize(text: str) -> str:
    """Return a text in NFKC form and lower case.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Equal for texts that differ in case or in compatible characters only.

    Examples
    --------
    >>> normalize("Conﬁrm")
    'confirm'
    """
    return unicodedata.normalize("NFKC", text).lower()


def split_words(text: str) -> list[str]:
    """Split a text that is normalised already; see :func:`words`.

    Parameters
    ----------
    text : str
        As :func:`normalize` returns it.

    Returns
    -------
    list of str
        The words in their order, repeated ones too.
    """
    if text.isascii():
        # Twice as fast as a regular expression.
        return [word for word in text.translate(_ASCII).split() if len(word) > 1]
    return list(_matched(text, _patterns().word))


def split_tokens(text: str) -> list[str]:
    """Split a text into words, single characters and punctuation.

    Other than :func:`words`, it keeps what is one character long and what stands
    between words: "a", "?" and "!" tell questions and opinions apart. It may be the
    ``tokenizer`` of any vectorizer, with ``token_pattern=None``.

    Parameters
    ----------
    text : str
        A text, normalised and in lower case as vectorizers hand it over.

    Returns
    -------
    list of str
        The tokens in their order, repeated ones too.

    Examples
    --------
    >>> split_tokens("what is a 日本 cup?")
    ['what', 'is', 'a', '日', '日本', '本', 'cup', '?']
    """
    if text.isascii():
        return _ASCII_TOKEN.findall(text)
    return list(_matched(text, _patterns().token))


_ASCII_TOKEN = re.compile(r"\w+|[^\w\s]")


def _matched(text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    for match in pattern.finditer(text):
        if match.lastgroup == "unspaced":
            yield from _characters_and_pairs(_patterns().character.findall(match[0]))
        else:
            yield match[0]


def words(text: str) -> list[str]:
    """Return the words of a text, by the rule that every text extractor shares.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of str
        The words in their order, lower-cased and NFKC-normalised; empty for a text
        without any.

    Examples
    --------
    >>> words("A Red-hot CHILLI, 2 pieces")
    ['red', 'hot', 'chilli', 'pieces']
    >>> words("the 日本語 book")
    ['the', '日', '日本', '本', '本語', '語', 'book']
    """
    # ASCII text is in NFKC form, and is lower-cased where it is split.
    return split_words(text if text.isascii() else normalize(text))


def _characters_and_pairs(characters: list[str]) -> Iterator[str]:
    for this, following in itertools.pairwise(characters):
        yield this
        yield this + following
    yield characters[-1]


class _Patterns(NamedTuple):
    word: re.Pattern[str]
    token: re.Pattern[str]
    character: re.Pattern[str]


@functools.cache
def _patterns() -> _Patterns:
    """Compile the patterns of words and tokens, and that of one unspaced character.

    ``re`` knows no Unicode scripts or categories, so the classes are spelt out; that
    takes some milliseconds, which plain ASCII text never pays.
    """
    unspaced = _character_class(_UNSPACED_BLOCKS, lambda c: c[0] == "L" or c == "Nl")
    mark = _character_class(_MARK_BLOCKS, lambda c: c[0] == "M")
    letter = rf"[^\W{unspaced}]"
    character = rf"[{unspaced}][{mark}{_JOINERS}]*"
    word = rf"{letter}(?:{letter}|[{mark}{_JOINERS}])"
    run = rf"(?P<unspaced>(?:{character})+)"
    return _Patterns(
        word=re.compile(rf"{word}+|{run}"),
        token=re.compile(rf"{word}*|{run}|[^\w\s]"),
        character=re.compile(character),
    )


def _character_class(
    blocks: Iterable[tuple[int, int]], wanted: Callable[[str], bool]
) -> str:
    """Return the inside of a ``[...]`` for the characters of some categories."""
    ranges: list[list[int]] = []
    for first, last in blocks:
        for code in range(first, last + 1):
            if not wanted(unicodedata.category(chr(code))):
                continue
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)
