"""Claims about methods: one difference, one interval and one p-value each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmbench.stats.conclusions import Conclusion, conclude
from mmbench.stats.estimates import Estimates, student_quantile
from mmbench.stats.maxima import Maxima, greatest_of, noise_of

__all__ = [
    "Claim",
    "Question",
    "best_against_best",
    "compare_best",
    "compare_pairs",
]

Floats = NDArray[np.float64]


class Claim(NamedTuple):
    """The difference of two methods' scores.

    Attributes
    ----------
    first, second : int
        The methods by number.
    estimate : float
        The plain difference of their scores; positive where the first is better.
    low, high : float
        Its interval, simultaneous with those of all `n_compared` comparisons.
    p_value : float
        Of no difference, two-sided, corrected in the same way: below .05 exactly where
        the 95 % interval excludes 0.
    error : float
        The standard error of the difference.
    df : int
        Its degrees of freedom.
    n_compared : int
        How many comparisons the interval and the p-value are corrected for.
    """

    first: int
    second: int
    estimate: float
    low: float
    high: float
    p_value: float
    error: float
    df: int
    n_compared: int

    def conclusion(self, rope: float) -> Conclusion:
        """Return what it says, with differences up to `rope` of no matter.

        Parameters
        ----------
        rope : float
            The largest difference that counts as none, in the unit of the estimate; at
            least 0.

        Returns
        -------
        Conclusion
            What the interval says of the difference.
        """
        return conclude(self.estimate, self.low, self.high, rope=rope)


class Question(NamedTuple):
    """Whether the best of some methods is better than every one of some others.

    Attributes
    ----------
    firsts, seconds : tuple of int
        The methods by number.
    """

    firsts: tuple[int, ...]
    seconds: tuple[int, ...]


def compare_pairs(
    estimates: Estimates,
    pairs: Sequence[tuple[int, int]],
    *,
    level: float = 0.95,
    n_families: int = 1,
) -> list[Claim]:
    """Compare named pairs of methods, corrected for how many they are.

    Parameters
    ----------
    estimates : Estimates
        The methods' scores.
    pairs : sequence of (int, int)
        All that are compared.
    level : float in (0, 1), default=0.95
        The chance that all intervals cover their difference.
    n_families : int, default=1
        Families of comparisons, such as those of several datasets, to correct for.

    Returns
    -------
    list of Claim
        One a pair, in their order.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> right = rng.random((500, 3)) < [0.7, 0.7, 0.9]
    >>> estimates = Estimates(right.mean(axis=0), right - right.mean(axis=0))
    >>> found = compare_pairs(estimates, [(1, 0), (2, 0)])
    >>> [str(each.conclusion(rope=0.01)) for each in found]
    ['no significant difference', 'better']
    """
    noise, deviations = noise_of(estimates, len(pairs))
    maxima = greatest_of(noise, deviations, pairs, is_two_sided=True)
    local = maxima.local_level((1 - level) / n_families) / 2
    claims = []
    for i, j in pairs:
        tail = min(estimates.tails[i, j], estimates.tails[j, i])
        p_value = min(1.0, n_families * float(maxima.adjusted(2 * tail)))
        reach = float(_reach(estimates.df, estimates.errors[i, j], local))
        lead = float(estimates.differences[i, j])
        claims.append(_claim(estimates, (i, j), lead - reach, lead + reach, p_value))
    return [each._replace(n_compared=len(pairs) * n_families) for each in claims]


def best_against_best(
    firsts: ArrayLike,
    seconds: ArrayLike,
    first_draws: ArrayLike,
    second_draws: ArrayLike,
    *,
    level: float = 0.95,
) -> Claim:
    """Compare the best of some methods with the best of others, from drawn scores.

    For scores whose errors are known by resampling alone; `compare_best` is for those
    that are functions of sums over units.

    Parameters
    ----------
    firsts, seconds : array-like of shape (n_methods,)
        The scores of both sides, the greater the better.
    first_draws, second_draws : array-like of shape (n_methods, n_draws)
        How much each score is off in each draw: a bootstrap's, for one. Draw by draw,
        all methods have to be scored on the same sample.
    level : float in (0, 1), default=0.95
        The chance that the interval covers.

    Returns
    -------
    Claim
        As `compare_best` returns it, with methods numbered through both sides.

    Raises
    ------
    ValueError
        When scores and draws don't fit together.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> draws = 0.01 * rng.normal(size=(3, 1000))
    >>> found = best_against_best([0.9, 0.8], [0.7], draws[:2], draws[2:])
    >>> round(found.estimate, 3), found.low > 0.15
    (0.2, True)
    """
    scores = [np.asarray(each, np.float64) for each in (firsts, seconds)]
    draws = [np.asarray(each, np.float64) for each in (first_draws, second_draws)]
    if any(len(s) != len(d) for s, d in zip(scores, draws, strict=True)):
        raise ValueError(
            "every method needs a score and a row of draws, got "
            f"{[len(s) for s in scores]} scores and {[len(d) for d in draws]} rows."
        )
    # The variance of a mean of n influences is theirs over n; that of draws is theirs.
    influence = np.vstack(draws).T * math.sqrt(draws[0].shape[1])
    n = len(scores[0])
    asked = Question(tuple(range(n)), tuple(range(n, n + len(scores[1]))))
    estimates = Estimates(np.concatenate(scores), influence)
    return compare_best(estimates, [asked], level=level)[0]


def compare_best(
    estimates: Estimates,
    questions: Sequence[Question],
    *,
    level: float = 0.95,
    n_families: int = 1,
) -> list[Claim]:
    """Compare the best of some methods with the best of some others.

    Parameters
    ----------
    estimates : Estimates
        The methods' scores.
    questions : sequence of Question
        All that are asked together: all fusions over all single modalities and each
        kind of fusion over them, or each ensemble over its members.
    level : float in (0, 1), default=0.95
        The chance that all intervals cover.
    n_families : int, default=1
        Families of questions, such as those of several datasets, to correct for.

    Returns
    -------
    list of Claim
        One a question. `first` and `second` are the best of each side and `estimate`
        is their plain difference, so that no side is below a part of it. Interval and
        p-value are those of the difference of the two best true scores, whichever
        methods these are; the interval reaches further down than up where the best was
        chosen from many.

    Notes
    -----
    That the best of one side is better than every one of the other needs it to be
    better than the truly best of them, whichever that is: an intersection-union test
    [1]_ that takes the least favourable. For a given one, the choice on the first side
    is corrected by the joint distribution of the greatest of all leads over it [2]_.
    That distribution is of the methods of all questions with the same other side, and
    so the questions need no further correction; questions with different other sides
    are corrected over all their pairs.

    References
    ----------
    .. [1] R. L. Berger (1982). Multiparameter hypothesis testing and acceptance
       sampling. Technometrics 24, 295-300.
    .. [2] H. White (2000). A reality check for data snooping. Econometrica 68,
       1097-1126.

    Examples
    --------
    Twenty equal methods against one: the best of them is ahead by chance alone.

    >>> rng = np.random.default_rng(0)
    >>> right = rng.random((500, 21)) < 0.7
    >>> estimates = Estimates(right.mean(axis=0), right - right.mean(axis=0))
    >>> found, = compare_best(estimates, [Question(tuple(range(20)), (20,))])
    >>> found.estimate > 0.01, str(found.conclusion(rope=0.01))
    (True, 'no significant difference')
    """
    alpha = (1 - level) / (2 * n_families)
    turned = [Question(each.seconds, each.firsts) for each in questions]
    gains, losses = (_Side(estimates, asked, alpha) for asked in (questions, turned))
    claims = []
    for asked, back in zip(questions, turned, strict=True):
        i, j = (max(side, key=lambda m: estimates.scores[m]) for side in asked)
        tail = min(gains.p_value(asked), losses.p_value(back))
        claims.append(
            _claim(
                estimates,
                (i, j),
                gains.bound(asked),
                -losses.bound(back),
                min(1.0, 2 * n_families * tail),
            )
        )
    return [each._replace(n_compared=len(questions) * n_families) for each in claims]


class _Side:
    """One-sided claims that the best of the first methods is above all others."""

    def __init__(
        self, estimates: Estimates, questions: Sequence[Question], alpha: float
    ) -> None:
        self.estimates = estimates
        pairs = [(i, j) for asked in questions for i in asked[0] for j in asked[1]]
        noise, deviations = noise_of(estimates, len(pairs))
        self.maxima: dict[int, Maxima] = {}
        is_one_side = len({frozenset(asked.seconds) for asked in questions}) == 1
        for j in dict.fromkeys(j for _, j in pairs):
            against = [pair for pair in pairs if pair[1] == j or not is_one_side]
            if is_one_side or not self.maxima:
                found = greatest_of(noise, deviations, against)
            self.maxima[j] = found
        local = {j: found.local_level(alpha) for j, found in self.maxima.items()}
        self.bounds = {
            j: estimates.differences[:, j]
            - _reach(estimates.df, estimates.errors[:, j], p)
            for j, p in local.items()
        }

    def bound(self, asked: Question) -> float:
        """Return a lower bound of the lead."""
        return min(float(self.bounds[j][[*asked[0]]].max()) for j in asked[1])

    def p_value(self, asked: Question) -> float:
        """Return the one-sided p-value of no lead, corrected."""
        tails = self.estimates.tails
        return max(
            float(self.maxima[j].adjusted(tails[[*asked[0]], j].min()))
            for j in asked[1]
        )


def _claim(
    estimates: Estimates,
    pair: tuple[int, int],
    low: float,
    high: float,
    p_value: float,
) -> Claim:
    return Claim(
        *pair,
        estimate=float(estimates.differences[pair]),
        low=low,
        high=high,
        p_value=p_value,
        error=float(estimates.errors[pair]),
        df=estimates.df,
        n_compared=1,
    )


def _reach(df: int, errors: Floats, tail: float) -> Floats:
    """Return how far one-sided bounds lie from the differences."""
    reach = student_quantile(tail, df) * errors
    return np.where(np.isnan(reach), math.inf, reach)
