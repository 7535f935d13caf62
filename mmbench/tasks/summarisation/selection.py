"""Which shots a summary holds, and how far summaries overlap."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["SHARE", "f1", "knapsack", "selected", "shot_scores"]

Floats = NDArray[np.float64]

SHARE = 0.15
"""How long a summary may be, as a share of the video's frames."""


def knapsack(values: Floats, lengths: NDArray[np.intp], capacity: int) -> list[int]:
    """Return the items of most value whose lengths fit into a capacity.

    Parameters
    ----------
    values : ndarray of shape (n_items,)
        What each is worth, not negative.
    lengths : ndarray of int, shape (n_items,)
        What room each takes, at least 1.
    capacity : int
        The room there is.

    Returns
    -------
    list of int
        Positions, ascending.

    References
    ----------
    S. Martello, P. Toth, "Knapsack Problems", Wiley 1990, section 2.6: dynamic
    programming over capacities.

    Examples
    --------
    >>> knapsack(np.array([6.0, 10.0, 12.0]), np.array([1, 2, 3]), 5)
    [1, 2]
    """
    best = np.zeros(capacity + 1)
    taken = np.zeros((len(values), capacity + 1), bool)
    for item, (value, length) in enumerate(zip(values, lengths, strict=True)):
        if length > capacity:
            continue
        with_it = best[: capacity + 1 - length] + value
        taken[item, length:] = with_it > best[length:]
        best[length:] = np.maximum(best[length:], with_it)
    chosen, room = [], capacity
    for item in range(len(values) - 1, -1, -1):
        if taken[item, room]:
            chosen.append(item)
            room -= int(lengths[item])
    return chosen[::-1]


def shot_scores(
    numbers: Floats, shots: NDArray[Any]
) -> tuple[Floats, NDArray[np.intp]]:
    """Return the mean of each shot's frames, and how many these are.

    Parameters
    ----------
    numbers : ndarray of shape (n_frames,)
        One number per frame of one video.
    shots : ndarray of shape (n_frames,)
        The number of each frame's shot, ascending.

    Returns
    -------
    tuple of ndarray of shape (n_shots,)
        Means and lengths.
    """
    place = np.unique(shots, return_inverse=True)[1]
    lengths = np.bincount(place)
    return np.bincount(place, weights=numbers) / lengths, lengths


def selected(numbers: Floats, shots: NDArray[Any]) -> NDArray[np.bool_]:
    """Return the frames of the shots that a summary of :data:`SHARE` holds.

    Numbers are scaled to lie between 0 and 1; shots of most importance, the sum of
    their means, are chosen by knapsack. Equally important ones are spread over the
    video.

    Parameters
    ----------
    numbers : ndarray of shape (n_frames,)
        How important each frame of one video is.
    shots : ndarray of shape (n_frames,)
        The number of each frame's shot, ascending.

    Returns
    -------
    ndarray of bool, shape (n_frames,)
        At most 15 % of the frames, or the best shot where none is as short as that.

    Examples
    --------
    >>> shots = np.repeat(np.arange(10), 2)
    >>> np.flatnonzero(selected(np.arange(20.0), shots)).tolist()
    [18, 19]
    >>> np.flatnonzero(selected(np.ones(20), shots)).tolist()
    [10, 11]
    """
    low, high = numbers.min(), numbers.max()
    parts = (numbers - low) / (high - low) if high > low else np.zeros(len(numbers))
    values, lengths = shot_scores(parts, shots)
    # A shot without any importance is still better than none.
    values += _SMALL + _SMALL**2 * _spread(len(values))
    chosen = knapsack(values, lengths, int(SHARE * len(numbers)))
    if not chosen:  # a summary of no frames would be no summary
        chosen = [int(values.argmax())]
    return np.isin(np.unique(shots, return_inverse=True)[1], chosen)


_SMALL = 1e-4


def _spread(n: int) -> Floats:
    """Return a number for each of `n` places, the largest of which are spread evenly.

    From the middle on: places go by the bits of their rank in reverse order (van der
    Corput's sequence).
    """
    bits = max(1, (n - 1).bit_length() + 1)
    points = np.array([_reversed_bits(rank, bits) for rank in range(1, 2**bits)])
    nearest = np.minimum((points * n).astype(int), n - 1)
    rank = np.full(n, 2**bits, float)
    np.minimum.at(rank, nearest, np.arange(len(points)))
    return np.asarray(1 - rank / 2**bits, np.float64)


def _reversed_bits(number: int, bits: int) -> float:
    return float(int(f"{number:0{bits}b}"[::-1], 2)) / float(1 << bits)


def f1(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    """Return the harmonic mean of precision and recall of two choices of frames.

    Parameters
    ----------
    a, b : ndarray of bool, shape (n_frames,)
        Two summaries of one video.

    Returns
    -------
    float
        0 where either is empty.

    Examples
    --------
    >>> f1(np.array([True, True, False]), np.array([False, True, False]))
    0.6666666666666666
    """
    total = int(a.sum() + b.sum())
    return 2 * int((a & b).sum()) / total if total else 0.0
