"""The weights of late fusion, learnt from what voters say of rows they never saw."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize

from mmbench.fusion.combine import FLOOR, checked_votes
from mmbench.fusion.combine_numbers import checked_numbers

__all__ = ["learn_number_weights", "learn_weights"]

# A voter of no use still speaks where it is the only one.
_LEAST_WEIGHT = 1e-6

_Floats = NDArray[np.float64]
_Loss: TypeAlias = Callable[[_Floats], tuple[float, _Floats]]
"""From weights to a loss, and its gradient."""


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
    votes, has_say = checked_votes(probas, present)
    telling = has_say.sum(axis=0) > 1
    say = has_say[:, telling].astype(float)
    truth = votes[:, np.arange(votes.shape[1]), np.asarray(y_index)][:, telling]
    truth = np.maximum(truth, FLOOR) * say

    def log_loss(weights: _Floats) -> tuple[float, _Floats]:
        mixed, total = weights @ truth, weights @ say
        loss = np.mean(np.log(total) - np.log(mixed))
        return float(loss), (say / total - truth / mixed).mean(axis=1)

    return _minimum(log_loss, say)


def learn_number_weights(
    numbers: ArrayLike, y: ArrayLike, present: ArrayLike | None = None
) -> _Floats:
    """Learn the weights whose weighted mean has the least squared error.

    Parameters
    ----------
    numbers : array-like of shape (n_voters, n_samples)
        Each voter's predictions of samples that it wasn't fitted on.
    y : array-like of shape (n_samples,)
        The true numbers.
    present : array-like of shape (n_voters, n_samples), dtype bool, optional
        Whether a voter has a say on a sample; by default it has.

    Returns
    -------
    ndarray of shape (n_voters,), dtype float64
        As :func:`learn_weights` returns them.

    Raises
    ------
    ValueError
        When the shapes don't fit.

    References
    ----------
    L. Breiman (1996), "Stacked regressions", Machine Learning 24, 49-64.

    Examples
    --------
    >>> high, low = [3.0, 5.0, 7.0], [1.0, 3.0, 5.0]
    >>> learn_number_weights([high, low], [1.5, 3.5, 5.5]).round(3)
    array([0.25, 0.75])
    """
    votes, has_say = checked_numbers(numbers, present)
    telling = has_say.sum(axis=0) > 1
    say = has_say[:, telling].astype(float)
    # Weights of sum one weigh errors as they weigh numbers, without their offset.
    errors = (votes - np.asarray(y, float))[:, telling] * say
    scale = np.abs(errors).max(initial=0.0)
    errors /= scale or 1.0

    def squared_error(weights: _Floats) -> tuple[float, _Floats]:
        total = weights @ say
        error = weights @ errors / total
        towards = (errors - error * say) / total
        return float(np.mean(error**2)), 2 * (towards * error).mean(axis=1)

    return _minimum(squared_error, say)


def _minimum(loss: _Loss, say: _Floats) -> _Floats:
    """Return the weights of sum one with the least loss, or equal ones."""
    n_voters = len(say)
    equal = np.full(n_voters, 1 / n_voters)
    if not say.size:
        return equal
    found = minimize(
        loss,
        equal,
        jac=True,
        method="SLSQP",
        bounds=[(_LEAST_WEIGHT, 1.0)] * n_voters,
        constraints={"type": "eq", "fun": _excess, "jac": np.ones_like},
        options={"ftol": 1e-10, "maxiter": 500},
    ).x
    weights: _Floats = np.maximum(found, _LEAST_WEIGHT)
    weights /= weights.sum()
    if not say.all():
        weights = _polished(weights, loss)
    return weights if loss(weights)[0] < loss(equal)[0] else equal


def _polished(weights: _Floats, loss: _Loss) -> _Floats:
    """Improve the ratios of weights: the small ones decide where a great one is absent.

    A thousandth and a millionth are next to each other, but not their logarithms.
    """

    def of_logs(logs: _Floats) -> tuple[float, _Floats]:
        value, gradient = loss(np.exp(logs))
        return value, gradient * np.exp(logs)

    found = minimize(
        of_logs,
        np.log(weights),
        jac=True,
        method="L-BFGS-B",
        bounds=[(np.log(_LEAST_WEIGHT), 0.0)] * len(weights),
        options={"ftol": 1e-12, "gtol": 1e-9, "maxiter": 500},
    ).x
    polished = np.maximum(np.exp(found), _LEAST_WEIGHT * np.exp(found).sum())
    ratios: _Floats = polished / polished.sum()
    return ratios


def _excess(weights: _Floats) -> float:
    return float(weights.sum() - 1)
