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
from scipy.optimize import minimize

__all__ = ["RULES", "Rule", "align_probabilities", "combine", "learn_weights"]

Rule = Literal["max", "mean", "product", "vote", "weighted"]
RULES: tuple[Rule, ...] = get_args(Rule)

# A voter's zero must not veto a class for good, and a logarithm needs a number.
_FLOOR = 1e-12
# What the mean probability adds to a share of votes: it decides ties and nothing else.
_TIE_BREAK = 1e-9
# A voter of no use still speaks where it is the only one.
_LEAST_WEIGHT = 1e-6

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
        How, before the classes' values are divided by their sum. ``mean``: the mean.
        ``weighted``: the weighted mean. ``product``: the product, where a probability
        below 1e-12 counts as 1e-12. ``max``: the largest. ``vote``: the share of
        voters whose most probable class (the first of equals) it is; the mean
        probability, with a weight of 1e-9, decides between equal shares.
    weights : array-like of shape (n_voters,), optional
        What ``weighted`` multiplies with, not negative; equal by default. Where only
        voters of weight zero are present, they count alike.
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
    votes, has_say = _checked(probas, present)
    n_voters, _, n_classes = votes.shape
    weights = np.ones(n_voters) if weights is None else np.asarray(weights, float)
    if weights.shape != (n_voters,) or np.any(weights < 0):
        raise ValueError(
            f"weights must be {n_voters} numbers, none negative, got {weights}."
        )
    prior = np.ones(n_classes) if prior is None else np.asarray(prior, dtype=float)
    shares = has_say * weights[:, None] if rule == "weighted" else has_say.astype(float)
    shares = np.where(shares.sum(axis=0) > 0, shares, has_say)
    scores = _SCORES[rule](votes, shares)
    scores[scores.sum(axis=1) == 0] = prior
    scores /= scores.sum(axis=1, keepdims=True)
    return scores


def learn_weights(
    probas: ArrayLike, y_index: ArrayLike, present: ArrayLike | None = None
) -> _Floats:
    """Learn the weights whose weighted mean has the least log-loss.

    Parameters
    ----------
    probas : array-like of shape (n_voters, n_samples, n_classes)
        Each voter's probabilities on samples that it wasn't fitted on.
    y_index : array-like of shape (n_samples,), dtype int
        The position of each sample's class.
    present : array-like of shape (n_voters, n_samples), dtype bool, optional
        Whether a voter has a say on a sample; by default it has.

    Returns
    -------
    ndarray of shape (n_voters,), dtype float64
        Weights for :func:`combine` of sum one, none below 1e-6; equal where no sample
        tells the voters apart.

    Notes
    -----
    Where all voters are present, the log-loss is convex in the weights, so what is
    found is the minimum; where some are absent, it is a minimum that is no worse than
    equal weights. Samples with a single voter tell nothing and are left out.

    References
    ----------
    M. J. van der Laan, E. C. Polley, A. E. Hubbard (2007), "Super learner", Statistical
    Applications in Genetics and Molecular Biology 6(1): weights on the simplex, learned
    out of fold. L. Breiman (1996), "Stacked regressions", Machine Learning 24, 49-64:
    why not negative. The optimiser is SLSQP: D. Kraft (1988), "A software package for
    sequential quadratic programming", DFVLR-FB 88-28; where voters are absent, L-BFGS-B
    on the weights' logarithms follows.

    Examples
    --------
    >>> good, bad = [[0.9, 0.1], [0.2, 0.8]], [[0.1, 0.9], [0.5, 0.5]]
    >>> learn_weights([good, bad], [0, 1]).round(3)
    array([1., 0.])
    """
    votes, has_say = _checked(probas, present)
    n_voters, n_samples, _ = votes.shape
    equal = np.full(n_voters, 1 / n_voters)
    telling = has_say.sum(axis=0) > 1
    if not telling.any():
        return equal
    say = has_say[:, telling].astype(float)
    truth = votes[:, np.arange(n_samples), np.asarray(y_index)][:, telling]
    truth = np.maximum(truth, _FLOOR) * say
    found = minimize(
        _log_loss,
        equal,
        args=(truth, say),
        jac=True,
        method="SLSQP",
        bounds=[(_LEAST_WEIGHT, 1.0)] * n_voters,
        constraints={"type": "eq", "fun": _excess, "jac": np.ones_like},
        options={"ftol": 1e-10, "maxiter": 500},
    ).x
    weights: _Floats = np.maximum(found, _LEAST_WEIGHT)
    weights /= weights.sum()
    if not say.all():
        weights = _polished(weights, truth, say)
    is_better = _log_loss(weights, truth, say)[0] < _log_loss(equal, truth, say)[0]
    return weights if is_better else equal


def _polished(weights: _Floats, truth: _Floats, say: _Floats) -> _Floats:
    """Improve the ratios of weights: the small ones decide where a great one is absent.

    A thousandth and a millionth are next to each other, but not their logarithms.
    """

    def loss(logs: _Floats) -> tuple[float, _Floats]:
        value, gradient = _log_loss(np.exp(logs), truth, say)
        return value, gradient * np.exp(logs)

    found = minimize(
        loss,
        np.log(weights),
        jac=True,
        method="L-BFGS-B",
        bounds=[(np.log(_LEAST_WEIGHT), 0.0)] * len(weights),
        options={"ftol": 1e-12, "gtol": 1e-9, "maxiter": 500},
    ).x
    polished = np.maximum(np.exp(found), _LEAST_WEIGHT * np.exp(found).sum())
    ratios: _Floats = polished / polished.sum()
    return ratios


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


def _checked(
    probas: ArrayLike, present: ArrayLike | None
) -> tuple[_Floats, NDArray[np.bool_]]:
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


def _log_loss(weights: _Floats, truth: _Floats, say: _Floats) -> tuple[float, _Floats]:
    """Return the log-loss of the weighted mean, and its gradient."""
    mixed, total = weights @ truth, weights @ say
    loss = np.mean(np.log(total) - np.log(mixed))
    gradient: _Floats = (say / total - truth / mixed).mean(axis=1)
    return float(loss), gradient


def _excess(weights: _Floats) -> float:
    return float(weights.sum() - 1)


# Every rule takes votes (n_voters, n_samples, n_classes), zero where a voter has no
# say, and the voters' shares (n_voters, n_samples), zero there too; it returns values
# (n_samples, n_classes), all zero where nobody has a say.


def _mean(votes: _Floats, shares: _Floats) -> _Floats:
    total = shares.sum(axis=0)[:, None]
    summed: _Floats = np.einsum("vs,vsc->sc", shares, votes)
    np.divide(summed, total, out=summed, where=total > 0)
    return summed


def _product(votes: _Floats, shares: _Floats) -> _Floats:
    logs = np.einsum("vs,vsc->sc", shares, np.log(np.maximum(votes, _FLOOR)))
    scores: _Floats = np.exp(logs - logs.max(axis=1, keepdims=True))
    scores[shares.sum(axis=0) == 0] = 0.0
    return scores


def _max(votes: _Floats, _shares: _Floats) -> _Floats:
    largest: _Floats = votes.max(axis=0)
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
