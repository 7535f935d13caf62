"""The arithmetic of late fusion: the voters' probabilities in, one prediction out.

Nothing here fits or predicts, so an engine can compute the probabilities elsewhere,
once for all the methods that share a voter, and combine them with the same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["RULES", "Rule", "align_probabilities", "checked_votes", "combine"]

Rule = Literal["max", "mean", "product", "vote", "weighted"]
RULES: tuple[Rule, ...] = get_args(Rule)

# A voter's zero must not veto a class for good, and a logarithm needs a number.
FLOOR = 1e-12
# What the mean probability adds to a share of votes: it decides ties and nothing else.
_TIE_BREAK = 1e-9

_Floats = NDArray[np.float64]


def combine(
    probas: ArrayLike,
    present: ArrayLike | None = None,
    rule: Rule = "mean",
    weights: ArrayLike | None = None,
    prior: ArrayLike | None = None,
) -> _Floats:
    """Combine the class probabilities of several voters.

    Parameters
    ----------
    probas : array-like of shape (n_voters, n_samples, n_classes)
        Each voter's probabilities.
    present : array-like of shape (n_voters, n_samples), dtype bool, optional
        Whether a voter has a say on a sample; by default it has. What stands in
        ``probas`` where it has none is not looked at.
    rule : {"max", "mean", "product", "vote", "weighted"}, default="mean"
        How, before the classes' values are divided by their sum. ``mean`` and
        ``weighted``: the mean, by the voters' shares. ``product``: the product, where a
        probability below 1e-12 counts as 1e-12. ``max``: the largest. ``vote``: the
        share of voters whose most probable class (the first of equals) it is; the mean
        probability, with a weight of 1e-9, decides between equal shares.
    weights : array-like of shape (n_voters,), optional
        The voters' shares, not negative; equal by default. ``max`` looks only at
        whether they are zero. Where only voters of weight zero are present, they count
        alike.
    prior : array-like of shape (n_classes,), optional
        The answer for samples on which no voter has a say; uniform by default.

    Returns
    -------
    ndarray of shape (n_samples, n_classes), dtype float64
        Probabilities; each row sums to one.

    Raises
    ------
    ValueError
        When ``rule`` is unknown, or the shapes don't fit.

    References
    ----------
    J. Kittler, M. Hatef, R. P. W. Duin, J. Matas (1998), "On combining classifiers",
    IEEE Transactions on Pattern Analysis and Machine Intelligence 20(3), 226-239. The
    product rule here is theirs for equal prior probabilities. The weighted mean is the
    linear opinion pool of M. Stone (1961), "The opinion pool", Annals of Mathematical
    Statistics 32(4), 1339-1342.

    Examples
    --------
    >>> text, image = [[0.8, 0.2], [0.5, 0.5]], [[0.4, 0.6], [0.9, 0.1]]
    >>> combine([text, image]).round(2)
    array([[0.6, 0.4],
           [0.7, 0.3]])
    >>> combine([text, image], present=[[True, True], [True, False]]).round(2)
    array([[0.6, 0.4],
           [0.5, 0.5]])
    """
    if rule not in _SCORES:
        raise ValueError(f"rule must be one of {list(RULES)}, got {rule!r}.")
    votes, has_say = checked_votes(probas, present)
    n_voters, _, n_classes = votes.shape
    weights = np.ones(n_voters) if weights is None else np.asarray(weights, float)
    if weights.shape != (n_voters,) or np.any(weights < 0):
        raise ValueError(
            f"weights must be {n_voters} numbers, none negative, got {weights}."
        )
    prior = np.ones(n_classes) if prior is None else np.asarray(prior, dtype=float)
    shares = has_say * weights[:, None]
    shares = np.where(shares.sum(axis=0) > 0, shares, has_say)
    scores = _SCORES[rule](votes, shares)
    scores[scores.sum(axis=1) == 0] = prior
    scores /= scores.sum(axis=1, keepdims=True)
    return scores


def align_probabilities(
    proba: ArrayLike, seen: ArrayLike, classes: ArrayLike
) -> _Floats:
    """Put the columns of a voter's probabilities where all classes have theirs.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_seen)
        Probabilities of the classes that the voter saw.
    seen : array-like of shape (n_seen,)
        The voter's ``classes_``.
    classes : array-like of shape (n_classes,)
        All classes, sorted.

    Returns
    -------
    ndarray of shape (n_samples, n_classes), dtype float64
        Zero for the classes that the voter never saw.

    Examples
    --------
    >>> align_probabilities([[0.7, 0.3]], ["a", "c"], ["a", "b", "c"])
    array([[0.7, 0. , 0.3]])
    """
    proba, classes = np.asarray(proba, dtype=float), np.asarray(classes)
    aligned = np.zeros((proba.shape[0], classes.size))
    aligned[:, np.searchsorted(classes, np.asarray(seen))] = proba
    return aligned


def checked_votes(
    probas: ArrayLike, present: ArrayLike | None
) -> tuple[_Floats, NDArray[np.bool_]]:
    """Return probabilities, zero where a voter has no say, and where it has one.

    Parameters
    ----------
    probas : array-like of shape (n_voters, n_samples, n_classes)
        Probabilities of the voters.
    present : array-like of bool, shape (n_voters, n_samples), or None
        Where a voter has a say; None for everywhere.

    Returns
    -------
    tuple of (ndarray, ndarray)
        Probabilities, float64, and where a voter has a say, bool, in the shapes of the
        arguments.

    Raises
    ------
    ValueError
        When a shape is wrong or an axis is empty.
    """
    votes = np.asarray(probas, dtype=float)
    if votes.ndim != 3 or not votes.size:
        raise ValueError(
            "probas must have shape (n_voters, n_samples, n_classes), none of them "
            f"zero, got {votes.shape}."
        )
    if present is None:
        return votes, np.ones(votes.shape[:2], dtype=bool)
    has_say = np.asarray(present, dtype=bool)
    if has_say.shape != votes.shape[:2]:
        raise ValueError(
            f"present must have shape {votes.shape[:2]}, got {has_say.shape}."
        )
    return np.where(has_say[:, :, None], votes, 0.0), has_say


# Every rule takes votes (n_voters, n_samples, n_classes), zero where a voter has no
# say, and the voters' shares (n_voters, n_samples), zero there too; it returns values
# (n_samples, n_classes), all zero where nobody has a say.


def _mean(votes: _Floats, shares: _Floats) -> _Floats:
    total = shares.sum(axis=0)[:, None]
    summed: _Floats = np.einsum("vs,vsc->sc", shares, votes)
    np.divide(summed, total, out=summed, where=total > 0)
    return summed


def _product(votes: _Floats, shares: _Floats) -> _Floats:
    logs = np.einsum("vs,vsc->sc", shares, np.log(np.maximum(votes, FLOOR)))
    scores: _Floats = np.exp(logs - logs.max(axis=1, keepdims=True))
    scores[shares.sum(axis=0) == 0] = 0.0
    return scores


def _max(votes: _Floats, shares: _Floats) -> _Floats:
    largest: _Floats = np.where(shares[:, :, None] > 0, votes, 0.0).max(axis=0)
    return largest


def _vote(votes: _Floats, shares: _Floats) -> _Floats:
    ballots = np.eye(votes.shape[2])[votes.argmax(axis=2)]
    return _mean(ballots, shares) + _TIE_BREAK * _mean(votes, shares)


_SCORES: Mapping[Rule, Callable[[_Floats, _Floats], _Floats]] = MappingProxyType(
    {
        "max": _max,
        "mean": _mean,
        "product": _product,
        "vote": _vote,
        "weighted": _mean,
    }
)
