"""Comparisons of methods: fusion over single modalities, ensembles over members."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from mmbench.report.judging.questions import PAIR, Ask, asked
from mmbench.report.judging.scoring import Scores
from mmbench.report.tables.methods import MethodRow
from mmbench.stats import (
    Claim,
    Conclusion,
    Question,
    compare_best,
    corrected_resampled_ttest,
    detectable_difference,
    rope_on_scale,
)

__all__ = [
    "FITTED",
    "RETRAINED",
    "ROPE",
    "Comparison",
    "compared",
]

ROPE = 0.01
"""Differences of up to a point are of no practical matter, unless a user says else."""

FITTED, RETRAINED = "these fitted models", "retrained methods"
"""What a comparison is about."""


class Comparison(NamedTuple):
    """The best of some methods against the best of some others.

    The fields are the columns of ``tables/verdicts.csv``, in their order.

    Attributes
    ----------
    dataset, question : str
        Where, and what was asked.
    subject, reference : str
        The two sides in a word, such as ``"late fusion"`` and ``"text"``.
    first, second : str
        The method of each side that scores best.
    n_first, n_second : int
        How many methods each side has; interval and p-value are corrected for that.
    metric : str
        What is compared.
    estimate : float
        The plain difference of the scores of `first` and `second`; positive where the
        first is better, also by a metric of which less is better.
    low, high : float
        The 95 % interval of the difference of the two best, simultaneous over all
        comparisons made with it.
    p_value : float
        Of no difference, two-sided, corrected in the same way: below .05 exactly where
        the interval excludes 0.
    conclusion : str
        ``"better"``, ``"worse"``, ``"equivalent"`` or ``"no significant difference"``.
    rope : float
        The region of practical equivalence that this is about.
    error : float
        The standard error of the difference.
    n_compared : int
        How many comparisons interval and p-value are corrected for.
    detectable : float
        The smallest true difference of two methods that would be found in four of five
        such runs, without any correction.
    fold_p_value : float
        The same question asked of `first` and `second` alone by the corrected
        resampled t-test over folds; NaN for a single fold.
    effect_size : float
        The difference in standard deviations of one unit's share in it.
    n_better, n_worse : int or None
        Answers that only `first` gets right, and that only `second` does; None where an
        answer is not simply right or wrong.
    n_samples : int
        Units that were compared: samples, or groups of them.
    cost_ratio : float
        Time to predict of `first` over that of `second`.
    scope : str
        What this is about: ``"retrained methods"``, where both methods were, or
        ``"these fitted models"`` on new samples.
    fitted_low, fitted_high, fitted_p_value : float
        Interval and p-value of these fitted models; those of above, where the scope is
        no other.
    """

    dataset: str
    question: str
    subject: str
    reference: str
    first: str
    second: str
    n_first: int
    n_second: int
    metric: str
    estimate: float
    low: float
    high: float
    p_value: float
    conclusion: str
    rope: float
    error: float
    n_compared: int
    detectable: float
    fold_p_value: float
    effect_size: float
    n_better: int | None
    n_worse: int | None
    n_samples: int
    cost_ratio: float
    scope: str = FITTED
    fitted_low: float = math.nan
    fitted_high: float = math.nan
    fitted_p_value: float = math.nan

    @property
    def is_gain(self) -> bool:
        """Whether the first side is significantly better."""
        return self.conclusion == Conclusion.BETTER

    @property
    def is_loss(self) -> bool:
        """Whether it is significantly worse."""
        return self.conclusion == Conclusion.WORSE


def compared(
    dataset: str,
    rows: Sequence[MethodRow],
    scores: Scores,
    n_families: Mapping[str, int],
    *,
    rope: float = ROPE,
    asks: Sequence[Ask] | None = None,
) -> list[Comparison]:
    """Make all comparisons on one dataset.

    Parameters
    ----------
    dataset : str
        Its name.
    rows : sequence of MethodRow
        The methods with all their trials ok.
    scores : Scores
        Their scores.
    n_families : mapping of str to int
        On how many datasets each family of questions is asked (`families_of`), to
        correct for.
    rope : float, default=0.01
        Differences up to this are of no practical matter: of scores between 0 and 1;
        of a loss, that share of the floor's.
    asks : sequence of Ask, optional
        What is compared; by default, what reports ask of these methods.

    Returns
    -------
    list of Comparison
        Of methods as such where all that are named were retrained, else of these fitted
        models.
    """
    known = [row for row in rows if row.method in scores.of]
    sees = {row.method: row.modalities for row in known}
    speeds = {row.method: row.samples_per_s for row in known}
    floors = [scores.of[row.method] for row in known if row.is_floor]
    rope = rope_on_scale(
        rope, is_share=scores.metric.is_share, floor=max(floors, default=math.nan)
    )
    asks, found = asked(rows, scores.of) if asks is None else asks, []
    for family in dict.fromkeys(ask.family for ask in asks):
        together = [ask for ask in asks if ask.family == family]
        pairs = _claims(together, scores, n_families[family])
        found += [
            _comparison(ask, fitted, retrained, scores, rope)
            for ask, (fitted, retrained) in zip(together, pairs, strict=True)
        ]
    return [
        each._replace(
            dataset=dataset,
            reference=each.reference
            or (each.second if each.question == PAIR else f"{sees[each.second]} alone"),
            cost_ratio=_ratio(speeds[each.second], speeds[each.first]),
        )
        for each in found
    ]


def _claims(
    asks: Sequence[Ask], scores: Scores, n_families: int
) -> list[tuple[Claim, Claim | None]]:
    """Return claims about the fitted models and, where known, those retrained."""
    names, fitted = scores.estimates()
    place = {name: number for number, name in enumerate(names)}
    questions = [
        Question(*(tuple(place[name] for name in side) for side in each[-2:]))
        for each in asks
    ]
    of_fitted = compare_best(fitted, questions, n_families=n_families)
    if (retrained := scores.retrained) is None:
        return [(claim, None) for claim in of_fitted]
    of_retrained = compare_best(
        retrained.estimates(names, fitted), questions, n_families=n_families
    )
    return [
        (
            one,
            other if retrained.known(names[other.first], names[other.second]) else None,
        )
        for one, other in zip(of_fitted, of_retrained, strict=True)
    ]


def _comparison(
    ask: Ask, fitted: Claim, retrained: Claim | None, scores: Scores, rope: float
) -> Comparison:
    claim = retrained or fitted
    names, _ = scores.estimates()
    first, second = names[claim.first], names[claim.second]
    n_better, n_worse = _right_by_one(first, second, scores)
    folds = scores.fold_scores(first) - scores.fold_scores(second)
    n_units = scores.pooled.resamples.n_units
    deviation = fitted.error * math.sqrt(n_units)
    return Comparison(
        dataset="",
        question=ask.question,
        subject=ask.subject,
        reference=ask.reference,
        first=first,
        second=second,
        n_first=len(ask.firsts),
        n_second=len(ask.seconds),
        metric=scores.metric.name,
        estimate=claim.estimate,
        low=claim.low,
        high=claim.high,
        p_value=claim.p_value,
        conclusion=str(claim.conclusion(rope)),
        rope=rope,
        error=claim.error,
        n_compared=claim.n_compared,
        detectable=detectable_difference(claim.error, claim.df),
        fold_p_value=corrected_resampled_ttest(
            folds, test_share=scores.test_share
        ).p_value,
        effect_size=claim.estimate / deviation if deviation else 0.0,
        n_better=n_better,
        n_worse=n_worse,
        n_samples=n_units,
        cost_ratio=math.nan,
        scope=FITTED if retrained is None else RETRAINED,
        fitted_low=fitted.low,
        fitted_high=fitted.high,
        fitted_p_value=fitted.p_value,
    )


def _right_by_one(
    first: str, second: str, scores: Scores
) -> tuple[int | None, int | None]:
    """Return how many answers only the first gets right, and only the second."""
    right, other = (scores.pooled.methods[name].right for name in (first, second))
    if right is None or other is None:
        return None, None
    return int(np.sum(right & ~other)), int(np.sum(~right & other))


def _ratio(value: float, other: float) -> float:
    return value / other if other > 0 else math.nan
