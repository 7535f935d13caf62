"""Greedy selection of voters by what they say of rows they never saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmbench.fusion.combine import FLOOR, Rule, checked_votes, combine
from mmbench.fusion.combine_numbers import (
    NumberRule,
    checked_numbers,
    combine_numbers,
)

__all__ = ["CLASS_SCORES", "Selection", "select_number_voters", "select_voters"]

_Floats = NDArray[np.float64]
_Score: TypeAlias = Callable[[NDArray[np.intp], _Floats], tuple[float, ...]]
"""From voters and their weights to scores, the greater the better."""


class Selection(NamedTuple):
    """How voters are selected.

    Attributes
    ----------
    scoring : str, default="f1_macro"
        What is maximised, one of :data:`CLASS_SCORES`; not looked at for numbers.
    replace : bool, default=True
        Whether a voter may be selected more than once, and so weigh more.
    n_rounds : int, default=25
        The most selections.
    """

    scoring: str = "f1_macro"
    replace: bool = True
    n_rounds: int = 25


_DEFAULT = Selection()


def select_voters(
    probas: ArrayLike,
    y_index: ArrayLike,
    present: ArrayLike | None = None,
    rule: Rule = "mean",
    selection: Selection = _DEFAULT,
) -> _Floats:
    """Select the voters whose combination scores best.

    Parameters
    ----------
    probas : array-like of shape (n_voters, n_samples, n_classes)
        Each voter's probabilities on samples that it wasn't fitted on.
    y_index : array-like of shape (n_samples,), dtype int
        The position of each sample's class.
    present : array-like of shape (n_voters, n_samples), dtype bool, optional
        Whether a voter has a say on a sample; by default it has.
    rule : str, default="mean"
        How voters are combined; see :func:`combine`.
    selection : Selection
        What is maximised, and how voters are selected.

    Returns
    -------
    ndarray of shape (n_voters,), dtype float64
        Weights that sum to one: how often each voter was selected.

    Notes
    -----
    Voters that are no better than the classes' shares are left out, unless all are:
    those with a greater log-loss, unless their balanced accuracy is above chance by two
    standard errors. Each round adds the voter with which the combination scores best,
    whether it scores better than before or not; of all rounds, the best counts. Of
    equal scores, the one with the smaller log-loss is better.

    References
    ----------
    R. Caruana, A. Niculescu-Mizil, G. Crew, A. Ksikes (2004), "Ensemble selection from
    libraries of models", ICML.

    Examples
    --------
    >>> good, bad = [[0.9, 0.1], [0.2, 0.8]], [[0.1, 0.9], [0.7, 0.3]]
    >>> select_voters([good, bad], [0, 1])
    array([1., 0.])
    """
    votes, has_say = checked_votes(probas, present)
    truth = np.asarray(y_index)
    prior = np.bincount(truth, minlength=votes.shape[2]) / truth.size
    score = CLASS_SCORES[selection.scoring]

    def scores(chosen: NDArray[np.intp], weights: _Floats) -> tuple[float, ...]:
        proba = combine(votes[chosen], has_say[chosen], rule, weights, prior)
        return score(proba, truth), _log_score(proba, truth)

    pairs = zip(votes, has_say, strict=True)
    useful = np.array([_is_useful(*pair, truth, prior) for pair in pairs])
    return _selected(scores, useful, selection)


def select_number_voters(
    numbers: ArrayLike,
    y: ArrayLike,
    present: ArrayLike | None = None,
    rule: NumberRule = "mean",
    selection: Selection = _DEFAULT,
) -> _Floats:
    """Select the voters whose combination has the least squared error.

    Parameters
    ----------
    numbers : array-like of shape (n_voters, n_samples)
        Each voter's predictions of samples that it wasn't fitted on.
    y : array-like of shape (n_samples,)
        The true numbers.
    present : array-like of shape (n_voters, n_samples), dtype bool, optional
        Whether a voter has a say on a sample; by default it has.
    rule : str, default="mean"
        How voters are combined; see :func:`combine_numbers`.
    selection : Selection
        How voters are selected.

    Returns
    -------
    ndarray of shape (n_voters,), dtype float64
        As :func:`select_voters` returns them.

    Examples
    --------
    >>> high, low = [3.0, 5.0, 7.0], [1.0, 3.0, 5.0]
    >>> select_number_voters([high, low], [2.0, 4.0, 6.0])
    array([0.5, 0.5])
    """
    votes, has_say = checked_numbers(numbers, present)
    truth = np.asarray(y, float)
    prior = float(truth.mean())

    def scores(chosen: NDArray[np.intp], weights: _Floats) -> tuple[float, ...]:
        found = combine_numbers(votes[chosen], has_say[chosen], rule, weights, prior)
        return (-float(np.mean((found - truth) ** 2)),)

    errors = np.array([scores(np.array([i]), np.ones(1)) for i in range(len(votes))])
    return _selected(scores, errors[:, 0] > -truth.var(), selection)


def _selected(
    scores: _Score, useful: NDArray[np.bool_], selection: Selection
) -> _Floats:
    n_voters = useful.size
    tried_ones = np.flatnonzero(useful if useful.any() else ~useful)
    counts = np.zeros(n_voters)
    best: tuple[float, ...] = (-np.inf,)
    best_counts = counts
    n_rounds = selection.n_rounds if selection.replace else tried_ones.size
    for _ in range(min(n_rounds, selection.n_rounds)):
        tried = []
        for voter in tried_ones:
            if selection.replace or not counts[voter]:
                with_it = counts + (np.arange(n_voters) == voter)
                chosen = np.flatnonzero(with_it)
                # Of voters that are as good as each other, the first.
                tried.append((scores(chosen, with_it[chosen]), -voter, with_it))
        found, _, counts = max(tried, key=lambda each: each[:2])
        if found > best:
            best, best_counts = found, counts
    weights: _Floats = best_counts / best_counts.sum()
    return weights


def _is_useful(
    proba: _Floats, has_say: NDArray[np.bool_], truth: Any, prior: _Floats
) -> bool:
    """Return whether a voter is better than the classes' shares, where it has a say."""
    proba, truth = proba[has_say], truth[has_say]
    if not truth.size or _log_score(proba, truth) > float(np.log(prior[truth]).mean()):
        return bool(truth.size)
    counts = np.bincount(truth, minlength=proba.shape[1])
    right = np.bincount(truth[proba.argmax(axis=1) == truth], minlength=counts.size)
    recall, counts = (right / np.maximum(counts, 1))[counts > 0], counts[counts > 0]
    error = np.sqrt(np.sum(recall * (1 - recall) / counts)) / counts.size
    return bool(recall.mean() > 1 / counts.size + 2 * error)


def _log_score(proba: _Floats, truth: Any) -> float:
    given = proba[np.arange(len(truth)), truth]
    return float(np.log(np.maximum(given, FLOOR)).mean())


def _accuracy(proba: _Floats, truth: Any) -> float:
    return float(np.mean(proba.argmax(axis=1) == truth))


def _f1_macro(proba: _Floats, truth: Any) -> float:
    said, n_classes = proba.argmax(axis=1), proba.shape[1]
    right = np.bincount(truth[said == truth], minlength=n_classes)
    total = np.bincount(said, minlength=n_classes)
    total += np.bincount(truth, minlength=n_classes)
    f1 = 2 * right[total > 0] / total[total > 0]
    return float(f1.mean())


CLASS_SCORES: Mapping[str, Callable[[_Floats, Any], float]] = MappingProxyType(
    {"accuracy": _accuracy, "f1_macro": _f1_macro, "neg_log_loss": _log_score}
)
"""What can be maximised, by scikit-learn's names."""
