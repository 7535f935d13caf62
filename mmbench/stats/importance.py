"""Which modality carries a method: fair shares, and what its loss costs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["Importance", "permutation_importance", "shapley_values"]


class Importance(NamedTuple):
    """What a score loses when a modality is shuffled.

    Attributes
    ----------
    estimate : float
        The mean loss over shuffles.
    low, high : float
        The middle 95 % of the losses over shuffles.
    share : float
        The mean loss over the score itself; NaN where that is zero.
    """

    estimate: float
    low: float
    high: float
    share: float


def shapley_values(scores: Mapping[frozenset[str], float]) -> dict[str, float]:
    """Part a score among modalities by what each adds, whatever the others are.

    Parameters
    ----------
    scores : mapping of frozenset of str to float
        The score with just these modalities present, for every subset, the empty one
        included (what is reached without looking).

    Returns
    -------
    dict of str to float
        By modality, sorted. They add up to the score of all less that of none.

    Raises
    ------
    ValueError
        When the score of a subset is missing.

    References
    ----------
    .. [1] L. S. Shapley (1953). A value for n-person games. Contributions to the Theory
       of Games II, 307-317.

    Examples
    --------
    >>> scores = {frozenset(): 0.25, frozenset({"text"}): 0.75,
    ...           frozenset({"image"}): 0.5, frozenset({"text", "image"}): 0.875}
    >>> shapley_values(scores)
    {'image': 0.1875, 'text': 0.4375}
    """
    names = sorted(frozenset().union(*scores))
    for subset in _subsets(names):
        if subset not in scores:
            raise ValueError(
                f"scores must hold every subset of {names}, but {sorted(subset)} is "
                "missing."
            )
    return {name: _shapley(name, names, scores) for name in names}


def permutation_importance(score: float, shuffled: ArrayLike) -> Importance:
    """Summarise what a score loses when one modality's cells are shuffled among rows.

    Parameters
    ----------
    score : float
        Of the samples as they are.
    shuffled : array-like of shape (n_shuffles,)
        Of the same samples under each shuffle.

    Returns
    -------
    Importance

    References
    ----------
    .. [1] L. Breiman (2001). Random forests. Machine Learning 45, 5-32.

    Examples
    --------
    >>> found = permutation_importance(0.8, [0.6, 0.5, 0.7])
    >>> round(found.estimate, 3), round(found.share, 3)
    (0.2, 0.25)
    """
    losses = score - np.asarray(shuffled, dtype=np.float64)
    low, high = np.quantile(losses, [0.025, 0.975])
    mean = float(losses.mean())
    share = mean / score if score else math.nan
    return Importance(mean, float(low), float(high), share)


def _shapley(
    name: str, names: list[str], scores: Mapping[frozenset[str], float]
) -> float:
    n = len(names)
    value = 0.0
    for others in _subsets([other for other in names if other != name]):
        size = len(others)
        orders = math.factorial(size) * math.factorial(n - size - 1)
        gain = scores[others | {name}] - scores[others]
        value += orders / math.factorial(n) * gain
    return value


def _subsets(names: list[str]) -> Iterable[frozenset[str]]:
    for size in range(len(names) + 1):
        yield from map(frozenset, combinations(names, size))
