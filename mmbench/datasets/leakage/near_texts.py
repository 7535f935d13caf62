"""Texts that are equal but for case, spaces or one character."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

__all__ = ["nearly_equal_texts", "sampled_texts"]

# Shorter texts are near each other by chance.
_SHORTEST = 20
# Texts that share a half with so many others have a form in common, not a source.
_LARGEST_BUCKET = 40
_START = 40
_MOST_NEAR = 3


def sampled_texts(texts: Sequence[str | None], most: int) -> list[int]:
    """Return the rows of texts to look at, those with the same start together.

    Parameters
    ----------
    texts : sequence of str or None
        One per row.
    most : int
        How many characters may be looked at.

    Returns
    -------
    list of int
        All rows with a text where they are short enough.
    """
    rows = [row for row, text in enumerate(texts) if text]
    n = sum(len(texts[row] or "") for row in rows)
    parts = -(-n // most)
    if parts <= 1:
        return rows
    return [row for row in rows if _bucket(texts[row] or "") % parts == 0]


def _bucket(text: str) -> int:
    return zlib.crc32(_squeezed(text[: 2 * _START])[:_START].encode("utf-8", "replace"))


def _squeezed(text: str) -> str:
    return "".join(text.casefold().split())


def nearly_equal_texts(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of texts that are equal but for case, spaces or one character.

    Parameters
    ----------
    texts : sequence of str
        Any texts; a pair that differs in one digit is of two numbers and not yielded.

    Yields
    ------
    tuple of (int, int)
        Positions; texts that are equal without case and spaces are a chain of pairs.

    Notes
    -----
    Two texts one edit apart share their first or their second half, so that only texts
    with a half in common are compared.

    Examples
    --------
    >>> one, two = "The quick brown fox jumps.", "the quick  brown fox jumps."
    >>> list(nearly_equal_texts([one, two, "The quick brown fox jumbs.", "The quick"]))
    [(0, 1), (0, 2)]
    """
    same: dict[str, int] = {}
    for row, text in enumerate(texts):
        squeezed = _squeezed(text)
        first = same.setdefault(squeezed, row)
        if first != row and squeezed:
            yield first, row
    halves: defaultdict[tuple[int, int, int], list[str]] = defaultdict(list)
    for text in same:
        n = len(text)
        if n >= _SHORTEST:
            for half in {n // 2, (n - 1) // 2}:
                halves[0, half, hash(text[:half])].append(text)
                halves[1, half, hash(text[-half:])].append(text)
    pairs: list[tuple[int, int]] = []
    for bucket in halves.values():
        if 1 < len(bucket) <= _LARGEST_BUCKET:
            for a, b in combinations(bucket, 2):
                if abs(len(a) - len(b)) <= 1 and _is_one_edit(a, b):
                    pairs.append((same[a], same[b]))
    yield from _unsystematic(texts, pairs)


def _unsystematic(
    texts: Sequence[str], pairs: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Yield the pairs that don't differ in a name of one letter, as A and B do.

    A text with many others one edit apart is one of a series, and left out.
    """
    n_near = Counter(row for pair in set(pairs) for row in pair)
    for first, second in dict.fromkeys(pairs):
        words = (texts[row].casefold().split() for row in (first, second))
        changed = [(a, b) for a, b in zip(*words, strict=False) if a != b]
        is_name = len(changed) == 1 and all(len(word) == 1 for word in changed[0])
        if not is_name and max(n_near[first], n_near[second]) <= _MOST_NEAR:
            yield first, second


def _is_one_edit(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    low, high = 0, len(short)
    while low < high:  # the length of what they begin with alike
        middle = (low + high + 1) // 2
        if short[low:middle] == long[low:middle]:
            low = middle
        else:
            high = middle - 1
    rest = short[low:] if len(short) < len(long) else short[low + 1 :]
    if rest != long[low + 1 :]:
        return False
    edited = {long[low : low + 1], short[low : low + 1]}
    if len(short) < len(long):
        edited = {long[low], *long[low - 1 : low]}
    return not all(character.isdigit() for character in edited)
