"""Which frames of a video are looked at."""

from __future__ import annotations

import numpy as np

__all__ = ["SAMPLINGS", "sampled"]

SAMPLINGS = ("middles", "ends", "start")
"""Ways to choose frames: the middles of equal parts; evenly from the first frame to the
last; the first ones."""


def sampled(n_frames: int, n: int, sampling: str = "middles") -> list[int]:
    """Return the positions of the frames that are looked at.

    Parameters
    ----------
    n_frames : int
        How many frames the video has, at least 1.
    n : int
        How many to look at. A video that has fewer shows some of them several times.
    sampling : {"middles", "ends", "start"}, default="middles"
        One of :data:`SAMPLINGS`.

    Returns
    -------
    list of int
        `n` positions from 0, ascending.

    Examples
    --------
    >>> sampled(10, 5), sampled(10, 4, "ends"), sampled(2, 3, "start")
    ([1, 3, 5, 7, 9], [0, 3, 6, 9], [0, 1, 1])
    >>> sampled(2, 4)
    [0, 0, 1, 1]
    """
    steps = np.arange(n)
    if sampling == "start":
        found = np.minimum(steps, n_frames - 1)
    elif sampling == "ends":
        found = np.linspace(0, n_frames - 1, n).round() if n > 1 else np.zeros(1)
    else:
        found = (2 * steps + 1) * n_frames // (2 * n)
    positions: list[int] = found.astype(int).tolist()
    return positions
