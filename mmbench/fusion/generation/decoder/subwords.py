"""Subword units by byte-pair encoding: any text to numbers, and back."""

from __future__ import annotations

import heapq
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Self

__all__ = ["BEGIN", "END", "PAD", "UNKNOWN", "Subwords"]

PAD, BEGIN, END, UNKNOWN = range(4)
_SPECIAL = 4
# What stands before a unit that follows a blank, or begins a text.
_BLANK = "\u2581"
_PIECE = re.compile(r"\w+|[^\w\s]")

Pair = tuple[str, str]


class Subwords:
    """The units that texts are written in, learnt from texts.

    Parameters
    ----------
    n_merges : int, default=8000
        How many times the commonest pair of neighbouring units becomes one; none across
        words.
    lowercase : bool, default=False
        Whether texts are written in lower case.

    Attributes
    ----------
    units_ : list of str
        The units by number, behind the four special ones.

    References
    ----------
    R. Sennrich, B. Haddow, A. Birch (2016), "Neural machine translation of rare words
    with subword units", ACL. Blanks belong to the units, as in T. Kudo, J. Richardson
    (2018), "SentencePiece", EMNLP, so that texts can be put together again.

    Examples
    --------
    >>> units = Subwords(20).fit(["a dog, a dog", "two dogs"])
    >>> units.text(units.numbers("a dog, two dogs"))
    'a dog, two dogs'
    """

    def __init__(self, n_merges: int = 8000, *, lowercase: bool = False) -> None:
        self.n_merges = n_merges
        self.lowercase = lowercase

    def fit(self, texts: Iterable[str]) -> Self:
        """Learn the units.

        Parameters
        ----------
        texts : iterable of str
            What will be read, or written.

        Returns
        -------
        Subwords
            The instance itself.
        """
        counts = Counter(p for text in texts for p in self._pieces(text))
        words = [(list(_characters(piece)), n) for piece, n in sorted(counts.items())]
        letters = sorted({unit for word, _ in words for unit in word})
        merges = _learnt_merges(words, self.n_merges)
        self.ranks_ = {pair: rank for rank, pair in enumerate(merges)}
        self.units_ = [*letters, *dict.fromkeys(a + b for a, b in merges)]
        self._numbers = {unit: i + _SPECIAL for i, unit in enumerate(self.units_)}
        self._known: dict[str, list[int]] = {}
        return self

    @property
    def n_units(self) -> int:
        """How many numbers there are, those of padding, begin, end and unknown too."""
        return len(self.units_) + _SPECIAL

    def numbers(self, text: str) -> list[int]:
        """Return a text as numbers.

        Parameters
        ----------
        text : str
            Any text.

        Returns
        -------
        list of int
            Without begin and end; characters that were never seen are unknown.
        """
        return [i for piece in self._pieces(text) for i in self._of_piece(piece)]

    def text(self, numbers: Sequence[int]) -> str:
        """Return numbers as a text.

        Parameters
        ----------
        numbers : sequence of int
            Special ones are left out.

        Returns
        -------
        str
            Blanks as they were where the numbers were made of a text.
        """
        units = [self.units_[i - _SPECIAL] for i in numbers if i >= _SPECIAL]
        return "".join(units).replace(_BLANK, " ").strip()

    def _pieces(self, text: str) -> list[str]:
        text = text.lower() if self.lowercase else text
        return [
            piece
            if match.start() and not text[match.start() - 1].isspace()
            else _BLANK + piece
            for match in _PIECE.finditer(text)
            for piece in [match[0]]
        ]

    def _of_piece(self, piece: str) -> list[int]:
        if piece not in self._known:
            units = list(_characters(piece))
            while len(units) > 1:
                pairs = itertools.pairwise(units)
                ranked = [
                    (self.ranks_.get(p, self.n_merges), i) for i, p in enumerate(pairs)
                ]
                rank, place = min(ranked)
                if rank == self.n_merges:
                    break
                units[place : place + 2] = [units[place] + units[place + 1]]
            self._known[piece] = [self._numbers.get(unit, UNKNOWN) for unit in units]
        return self._known[piece]


def _characters(piece: str) -> Iterable[str]:
    if piece.startswith(_BLANK):
        return [piece[:2], *piece[2:]]
    return piece


def _learnt_merges(words: list[tuple[list[str], int]], n_merges: int) -> list[Pair]:
    """Return the pairs that become units, commonest first, changing the words."""
    counts: Counter[Pair] = Counter()
    places: defaultdict[Pair, set[int]] = defaultdict(set)
    for number, (word, n) in enumerate(words):
        for pair in itertools.pairwise(word):
            counts[pair] += n
            places[pair].add(number)
    heap = [(-n, pair) for pair, n in counts.items()]
    heapq.heapify(heap)
    merges: list[Pair] = []
    while heap and len(merges) < n_merges:
        n, pair = heapq.heappop(heap)
        if counts[pair] != -n:
            if counts[pair] > 1:
                heapq.heappush(heap, (-counts[pair], pair))
            continue
        if counts[pair] < 2:
            break
        merges.append(pair)
        for changed in _merge(pair, words, counts, places):
            heapq.heappush(heap, (-counts[changed], changed))
    return merges


def _merge(
    pair: Pair,
    words: list[tuple[list[str], int]],
    counts: Counter[Pair],
    places: defaultdict[Pair, set[int]],
) -> list[Pair]:
    """Make a pair one unit in all words; return the pairs that came to be."""
    joined, new = pair[0] + pair[1], set()
    for number in sorted(places.pop(pair)):
        word, n = words[number]
        for old in itertools.pairwise(word):
            counts[old] -= n
        place = 0
        while place < len(word) - 1:
            if (word[place], word[place + 1]) == pair:
                word[place : place + 2] = [joined]
            place += 1
        for now in itertools.pairwise(word):
            counts[now] += n
            places[now].add(number)
            if joined in now:
                new.add(now)
    counts.pop(pair, None)
    return sorted(new)
