"""Texts as numbered words, each text split once however many extractors ask for it.

Extractors with the same analyser share what it made of a text: five extractors of one
column split its texts once in a process, not five times. What is remembered is small
(a number of four bytes for each word) and bounded; beyond the bound all of it is
forgotten, and texts are split again.
"""

from __future__ import annotations

import itertools
import sys
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmbench.feature_extraction.parameters import require_choice
from mmbench.feature_extraction.tokenize import words

__all__ = ["Analyzer", "Tokens", "analyzed", "analyzer_of", "forget", "tokenized"]

Analyzer = Callable[[str], Iterable[str]]

# The most that is remembered: 20,000 long texts (300 words) or 200,000 short ones.
_MAX_BYTES = 96 * 2**20
# About what CPython takes for a word and its places in a dict and a list, and for what
# stands around the numbers of a text.
_WORD_BYTES, _TEXT_BYTES = 150, 250


@dataclass(frozen=True)
class Tokens:
    """The words of texts, as numbers.

    Parameters
    ----------
    ids : ndarray of int32, shape (n_tokens,)
        The words of all texts, one text after another.
    lengths : ndarray of int64, shape (n_texts,)
        How many words each text has.
    vocabulary : sequence of str
        The word that each number stands for. Words of other texts may be among them.
    """

    ids: NDArray[np.int32]
    lengths: NDArray[np.int64]
    vocabulary: Sequence[str]

    def documents(self) -> list[list[str]]:
        """Return the words of each text.

        Examples
        --------
        >>> tokenized(["red hat", "a", "hat"], "word").documents()
        [['red', 'hat'], [], ['hat']]
        """
        vocabulary = self.vocabulary
        ends = np.cumsum(self.lengths).tolist()
        ids = self.ids.tolist()
        return [
            [vocabulary[i] for i in ids[start:end]]
            for start, end in itertools.pairwise([0, *ends])
        ]

    def distinct(self) -> tuple[NDArray[np.int32], list[str]]:
        """Return the words by numbers without gaps, and the word of each number.

        Returns
        -------
        ids : ndarray of int32, shape (n_tokens,)
        words : list of str
            The distinct words of these texts.
        """
        used = np.zeros(len(self.vocabulary), dtype=bool)
        used[self.ids] = True
        renumbered = np.cumsum(used, dtype=np.int32) - np.int32(1)
        chosen = np.flatnonzero(used).tolist()
        return renumbered[self.ids], [self.vocabulary[i] for i in chosen]


class _Numbers(dict[str, int]):
    """Gives each new word the next number."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self.words)
        self.words.append(word)
        return number


class _Memo:
    """What one analyser made of the texts that it was shown."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._numbers = _Numbers()
        self._ids: dict[str, NDArray[np.int32]] = {}
        self.n_bytes = 0

    def tokens(self, texts: Sequence[str]) -> Tokens:
        """Return the words of texts, after splitting those that are new."""
        self._learn([text for text in dict.fromkeys(texts) if text not in self._ids])
        rows = [self._ids[text] for text in texts]
        return Tokens(
            np.concatenate([*rows, np.empty(0, np.int32)]),
            np.fromiter(map(len, rows), np.int64, len(rows)),
            self._numbers.words,
        )

    def words(self, text: str) -> list[str]:
        """Return the words of one text, with less ado than for many."""
        row = self._ids.get(text)
        if row is None:
            self._learn([text])
            row = self._ids[text]
        words = self._numbers.words
        return [words[number] for number in row.tolist()]

    def _learn(self, texts: Sequence[str]) -> None:
        lengths: list[int] = []
        n_words = len(self._numbers)

        def split() -> Iterator[list[str]]:
            for text in texts:
                # One text at a time: as strings, all words would take much memory.
                found = list(self._analyzer(text))
                lengths.append(len(found))
                yield found

        flat = itertools.chain.from_iterable(split())
        ids = np.fromiter(map(self._numbers.__getitem__, flat), np.int32)
        for text, row in zip(texts, _cut(ids, lengths), strict=True):
            self._ids[text] = row
            self.n_bytes += sys.getsizeof(text) + row.nbytes + _TEXT_BYTES
        self.n_bytes += _WORD_BYTES * (len(self._numbers) - n_words)


_memos: dict[Hashable, _Memo] = {}
_lock = threading.Lock()


def tokenized(texts: Sequence[str], analyzer: str | Analyzer = "word") -> Tokens:
    """Return the words of texts.

    Parameters
    ----------
    texts : sequence of str
        Any texts.
    analyzer : "word" or callable, default="word"
        What splits a text; see :func:`analyzer_of`.

    Returns
    -------
    Tokens

    Examples
    --------
    >>> tokens = tokenized(["red hat", "hat"], str.split)
    >>> tokens.lengths.tolist(), [tokens.vocabulary[i] for i in tokens.ids]
    ([2, 1], ['red', 'hat', 'hat'])
    """
    split = analyzer_of(analyzer)
    if not isinstance(split, Hashable):
        return _Memo(split).tokens(texts)
    with _lock:
        tokens = _memo_of(split).tokens(texts)
        _forget_when_full()
        return tokens


def analyzed(text: str, analyzer: str | Analyzer = "word") -> list[str]:
    """Return the words of one text.

    Parameters
    ----------
    text : str
        Any text, also the empty one.
    analyzer : str or Analyzer, default="word"
        As for :func:`analyzer_of`.

    Returns
    -------
    list of str
        The words in their order, repeated ones too.

    Examples
    --------
    >>> analyzed("The Red hat")
    ['the', 'red', 'hat']
    """
    split = analyzer_of(analyzer)
    if not isinstance(split, Hashable):
        return list(split(text))
    with _lock:
        found = _memo_of(split).words(text)
        _forget_when_full()
        return found


def _memo_of(split: Analyzer) -> _Memo:
    if split not in _memos:
        _memos[split] = _Memo(split)
    return _memos[split]


def _forget_when_full() -> None:
    if sum(each.n_bytes for each in _memos.values()) > _MAX_BYTES:
        _memos.clear()


def forget() -> None:
    """Forget what was made of all texts, so that they are split again."""
    with _lock:
        _memos.clear()


def analyzer_of(analyzer: str | Analyzer) -> Analyzer:
    """Return the function that an extractor's parameter ``analyzer`` stands for.

    Parameters
    ----------
    analyzer : "word" or callable
        ``"word"`` is :func:`~mmbench.feature_extraction.words`. A callable takes a text
        and returns its words; it must look at nothing but the text, since it is asked
        once for each.

    Returns
    -------
    callable
        Maps a text to the list of its words.

    Raises
    ------
    ValueError
        When it is neither.
    """
    if callable(analyzer):
        return analyzer
    require_choice("analyzer", analyzer, ["word"])
    return words


def _cut(ids: NDArray[np.int32], lengths: Sequence[int]) -> Iterator[NDArray[np.int32]]:
    start = 0
    for length in lengths:
        yield ids[start : start + length]
        start += length
