"""Pieces of text that mark a class: the label itself, or a code of it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Marker", "markers"]

# A marker stands in this share of its class's texts at least, and where it stands, the
# text is of the class this often.
_RECALL, _PRECISION = 0.8, 0.87
# Where another piece of text tells the class nearly as well, the class has words of its
# own. One class alone is marked more easily by a word that is right for it.
_ISOLATED, _ISOLATED_ALONE = 0.15, 0.4
# A piece in fewer of its class's texts never matters beside one that stands in enough,
# by what `_marker` asks of the others.
_RIVALS = 1 - _ISOLATED_ALONE - 1.5 * (1 - _RECALL)
_LENGTHS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12)
_MOST_CLASSES, _FEWEST_ROWS = 20, 8
_SEEDS, _PROBES, _MOST_PIECES, _SEED_LENGTH = 3, 12, 16, 300


class Marker(NamedTuple):
    """A piece of text that stands in a class's texts and in few others.

    Attributes
    ----------
    label : int
        The number of the class.
    piece : str
        What stands there.
    found : ndarray of shape (n_texts,), bool
        Which texts have it.
    """

    label: int
    piece: str
    found: NDArray[np.bool_]


def markers(texts: Sequence[str], y: NDArray[np.intp]) -> list[Marker]:
    """Return the pieces of text that mark classes and aren't words of their subject.

    Parameters
    ----------
    texts : sequence of str
        In lower case, a space at both ends.
    y : ndarray of shape (n_texts,), int
        The class of each, from 0.

    Returns
    -------
    list of Marker
        One per class at most.

    Notes
    -----
    Words of a subject tell a class, too: a leaked label appears once in a text,
    and either no other words tell the class nearly as well, or it has a fixed place in
    the text, or it is part of words that stand in no other text.

    Examples
    --------
    >>> texts = [f" sku-{'ab'[i % 2]}{i:03} of {i * 37 % 11} " for i in range(40)]
    >>> [marker.piece for marker in markers(texts, np.arange(40) % 2)]
    [' sku-a0', ' sku-b0']
    """
    counts = np.bincount(y)
    labels = np.argsort(-counts, kind="stable")[:_MOST_CLASSES]
    labels = np.sort(labels[counts[labels] >= _FEWEST_ROWS])

    @cache
    def words() -> Counter[str]:
        return Counter(word for text in texts for word in set(text.split()))

    found = (_marker(texts, y, int(label), words) for label in labels)
    return [marker for marker in found if marker is not None]


def _marker(
    texts: Sequence[str],
    y: NDArray[np.intp],
    label: int,
    words: Callable[[], Counter[str]],
) -> Marker | None:
    own = y == label
    pieces = [
        (recall, Marker(label, piece, found))
        for piece, recall in _frequent(texts, own).items()
        if (found := _precise(texts, own, piece)) is not None
    ]
    pieces.sort(key=lambda each: (-each[0], each[1].found.sum(), -len(each[1].piece)))
    margin = _ISOLATED if y.max() > 1 else _ISOLATED_ALONE
    for recall, marker in pieces:
        if recall < _RECALL:
            break
        rows = np.flatnonzero(marker.found & own)
        marked = [texts[row] for row in rows.tolist()]
        if np.mean([text.count(marker.piece) == 1 for text in marked]) < _RECALL:
            continue
        others = (
            share
            for share, each in pieces
            if not _is_same_phrase(marker, each, marked, rows)
        )
        if (
            _has_fixed_place(marker.piece, marked)
            or _is_in_rare_words(marker.piece, marked, words)
            or max(others, default=0.0) <= 1 - margin - 1.5 * (1 - recall)
        ):
            return marker
    return None


def _frequent(texts: Sequence[str], own: NDArray[np.bool_]) -> dict[str, float]:
    """Return pieces with the shares of a class's texts that they are in.

    None at all where no share is large enough: then the other classes' texts, which are
    many more, need not be looked at.
    """
    inside = [texts[row] for row in np.flatnonzero(own).tolist()]
    recalls = {
        piece: sum(piece in text for text in inside) / len(inside)
        for piece in _candidates(texts, own)
    }
    if max(recalls.values(), default=0.0) < _RECALL:
        return {}
    return {piece: recall for piece, recall in recalls.items() if recall > _RIVALS}


def _precise(
    texts: Sequence[str], own: NDArray[np.bool_], piece: str
) -> NDArray[np.bool_] | None:
    """Return the texts that a piece is in; None where too many are of other classes."""
    found = np.zeros(len(texts), np.bool_)
    for row in np.flatnonzero(own).tolist():
        found[row] = piece in texts[row]
    left = found.sum() * (1 / _PRECISION - 1)
    for row in np.flatnonzero(~own).tolist():
        if piece in texts[row]:
            found[row] = True
            left -= 1
            if left < 0:
                return None
    return found


def _candidates(texts: Sequence[str], own: NDArray[np.bool_]) -> list[str]:
    """Return pieces of a class's texts that are in most of these and in few others."""
    rng = np.random.RandomState(0)
    inside = [texts[i] for i in rng.permutation(np.flatnonzero(own))[:_PROBES]]
    outside = [texts[i] for i in rng.permutation(np.flatnonzero(~own))[:_PROBES]]
    by_pattern: dict[tuple[int, ...], list[str]] = {}
    for piece, absent in sorted(_common(inside).items()):
        present = _rows(outside, piece, True, 0.25 * len(outside) + 1)
        if present is not None:
            by_pattern.setdefault(absent, []).append(piece)
    best = sorted(by_pattern.items(), key=lambda each: len(each[0]))
    # Of pieces that stand in the same texts: the longest, and the shortest.
    ends = [end(same, key=len) for _, same in best for end in (max, min)]
    return list(dict.fromkeys(ends))[:_MOST_PIECES]


def _common(texts: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Return the pieces that stand in most of some texts, and where each is missing."""
    seeds = sorted(texts, key=len)[:_SEEDS]
    most = (1 - _RECALL) * len(texts) + 1.5
    common: dict[str, tuple[int, ...]] = {" ": ()}
    for shorter, n in itertools.pairwise((0, *_LENGTHS)):
        for piece in _pieces(seeds, n):
            # What holds a piece that is missing in many is missing in as many.
            parts = (piece[:shorter], piece[n - shorter :]) if shorter else ()
            if all(part in common for part in parts):
                absent = _rows(texts, piece, False, most)
                if absent is not None:
                    common[piece] = absent
    del common[" "]
    return common


def _pieces(seeds: Sequence[str], n: int) -> set[str]:
    """Return what the starts and the ends of some texts are made of, n characters."""
    ends = [
        part
        for text in seeds
        for part in (text[:_SEED_LENGTH], text[_SEED_LENGTH:][-_SEED_LENGTH:])
    ]
    pieces = {part[i : i + n] for part in ends for i in range(len(part) - n + 1)}
    return pieces - {" "}


def _rows(
    texts: Sequence[str], piece: str, is_in: bool, most: float
) -> tuple[int, ...] | None:
    """Return the texts that a piece is in, or is not in; None where they are many."""
    rows: list[int] = []
    for row, text in enumerate(texts):
        if (piece in text) is is_in:
            rows.append(row)
            if len(rows) > most:
                return None
    return tuple(rows)


def _has_fixed_place(piece: str, marked: Sequence[str]) -> bool:
    """Return whether a piece stands at one distance from the start or the end."""
    from_start = Counter(text.find(piece) for text in marked)
    from_end = Counter(len(text) - text.rfind(piece) for text in marked)
    most = max(each.most_common(1)[0][1] for each in (from_start, from_end))
    return most >= _FIXED * len(marked)


def _is_in_rare_words(
    piece: str, marked: Sequence[str], words: Callable[[], Counter[str]]
) -> bool:
    """Return whether the words that a piece is part of stand in one text each."""
    if piece != piece.strip():
        return False
    wholes = [next((w for w in text.split() if piece in w), "") for text in marked]
    n_texts = words()
    return bool(np.mean([n_texts[whole] <= _RARE for whole in wholes]) >= _RECALL)


_FIXED, _RARE = 0.9, 2


def _is_same_phrase(
    best: Marker, other: Marker, marked: Sequence[str], rows: NDArray[np.intp]
) -> bool:
    """Return whether another piece stands at one distance from the best one."""
    distances = Counter(
        text.find(other.piece) - text.find(best.piece)
        for text, row in zip(marked, rows, strict=True)
        if other.found[row]
    )
    n_both = sum(distances.values())
    return bool(n_both) and distances.most_common(1)[0][1] >= _FIXED * n_both
