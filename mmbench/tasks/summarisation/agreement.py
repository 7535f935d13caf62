"""How far an order of frames agrees with people, and people with each other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau, rankdata

from mmbench.tasks.summarisation.selection import f1, selected

if TYPE_CHECKING:
    from mmbench.tasks.base import Target

__all__ = [
    "COLUMNS",
    "HumanAgreement",
    "Video",
    "agreement",
    "human_agreement",
    "videos_of",
]

Floats = NDArray[np.float64]

COLUMNS = ("kendall_tau", "spearman", "f1_mean", "f1_max", "coverage")
"""What :func:`agreement` returns, in its order."""


class Video(NamedTuple):
    """The frames of one video.

    Attributes
    ----------
    rows : ndarray of int, shape (n_frames,)
        Which rows of the target they are.
    shots : ndarray of shape (n_frames,)
        The number of each frame's shot.
    people : ndarray of shape (n_frames, n_people)
        What those said who have seen it.
    """

    rows: NDArray[np.intp]
    shots: Floats
    people: Floats


class HumanAgreement(NamedTuple):
    """How far people agree about one video, means over people.

    Attributes
    ----------
    pair : dict of str to float
        A person beside each other one.
    others : dict of str to float
        A person beside the mean of all others, each of whom is scored against.
    """

    pair: dict[str, float]
    others: dict[str, float]


def videos_of(target: Target) -> Iterator[Video]:
    """Yield the videos of a target, in the order of their first rows.

    Parameters
    ----------
    target : Target
        Of the scored rows.

    Yields
    ------
    Video
        With those people who have seen all of it.
    """
    truth = np.asarray(target.scored, np.float64)
    numbers, first = np.unique(truth[:, 0], return_index=True)
    for number in numbers[np.argsort(first)]:
        rows = np.flatnonzero(truth[:, 0] == number)
        people = truth[rows, 2:]
        yield Video(rows, truth[rows, 1], people[:, ~np.isnan(people).any(axis=0)])


def agreement(numbers: Floats, video: Video) -> Floats:
    """Return how far numbers agree with people about one video.

    Parameters
    ----------
    numbers : ndarray of shape (n_frames,)
        How important the frames are, by a method or a person.
    video : Video
        The people to agree with.

    Returns
    -------
    ndarray of shape (5,)
        Kendall's tau-b and Spearman's rho, means over people, 0 where either is
        constant; F1 of the frames of summaries of 15 %, as mean and as maximum over
        people; and the importance that the summary covers, as a share of what one as
        long covers at best.
    """
    people = video.people.T
    taus = [_tau(numbers, each) for each in people]
    rhos = [_rho(numbers, each) for each in people]
    chosen = selected(numbers, video.shots)
    overlaps = [f1(chosen, _chosen(each, video.shots)) for each in people]
    mean = video.people.mean(axis=1)
    best = mean[_chosen(mean, video.shots)].sum()
    covered = mean[chosen].sum() / best if best else 0.0
    return np.array(
        [np.mean(taus), np.mean(rhos), np.mean(overlaps), max(overlaps), covered]
    )


def human_agreement(video: Video) -> HumanAgreement:
    """Return how far the people who saw a video agree with each other.

    Parameters
    ----------
    video : Video
        Seen by two people at least.

    Returns
    -------
    HumanAgreement
        Of the metrics in :data:`COLUMNS`.
    """
    n_people = video.people.shape[1]
    pair, others = [], []
    for person in range(n_people):
        rest = video._replace(people=np.delete(video.people, person, axis=1))
        pair.append(agreement(video.people[:, person], rest))
        mean = rest.people.mean(axis=1)
        alone = video._replace(people=video.people[:, [person]])
        others.append(agreement(mean, alone))
    means = (_named(np.mean(each, axis=0)) for each in (pair, others))
    return HumanAgreement(*means)


def _chosen(numbers: Floats, shots: Floats) -> NDArray[np.bool_]:
    """Return the summary of a person, who is asked about once for all methods."""
    return _remembered(np.ascontiguousarray(numbers).tobytes(), shots.tobytes())


@lru_cache(maxsize=4096)
def _remembered(numbers: bytes, shots: bytes) -> NDArray[np.bool_]:
    return selected(np.frombuffer(numbers), np.frombuffer(shots))


def _named(scores: Floats) -> dict[str, float]:
    return dict(zip(COLUMNS, scores.tolist(), strict=True))


def _tau(a: Floats, b: Floats) -> float:
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return float(kendalltau(a, b).statistic)


def _rho(a: Floats, b: Floats) -> float:
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    first, second = rankdata(a), rankdata(b)
    return float(np.corrcoef(first, second)[0, 1])
