"""Who is better than whom, by how much, and whether by luck."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmbench.report.judging.ensembles import bases_of, is_ensemble
from mmbench.report.judging.scoring import Scores
from mmbench.report.tables.methods import MethodRow
from mmbench.stats import best_against_best, corrected_resampled_ttest, holm

__all__ = [
    "ENSEMBLE",
    "FUSION",
    "KIND",
    "Comparison",
    "compared",
    "corrected",
]

Floats = NDArray[np.float64]

FUSION = "fusion over single"
KIND = "one kind of fusion over single"
ENSEMBLE = "ensemble over base"


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
        How many methods each side has; the numbers are corrected for that.
    metric : str
        What is compared.
    estimate, low, high : float
        The first side's lead and its 95 % interval; positive where it is better, also
        by a metric of which less is better.
    p_value : float
        Of no lead, two-sided, corrected for the choice on both sides.
    p_adjusted : float
        That corrected by Holm for all comparisons of the same question.
    n_compared : int
        How many these are.
    fold_p_value : float
        The same question asked of `first` and `second` alone by the corrected
        resampled t-test over folds; NaN for a single fold.
    effect_size : float
        The lead of `first` over `second` in standard deviations of one unit's share.
    n_better, n_worse : int or None
        Answers that only `first` gets right, and that only `second` does; None where an
        answer is not simply right or wrong.
    n_samples : int
        Units that were compared: samples, or groups of them.
    cost_ratio : float
        Time to predict of `first` over that of `second`.
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
    p_adjusted: float
    n_compared: int
    fold_p_value: float
    effect_size: float
    n_better: int | None
    n_worse: int | None
    n_samples: int
    cost_ratio: float

    @property
    def is_gain(self) -> bool:
        """Whether a lead of the first side is more than luck, at the 5 % level."""
        return self.p_adjusted < 0.05 and self.estimate > 0

    @property
    def is_loss(self) -> bool:
        """Whether it lies behind by more than luck."""
        return self.p_adjusted < 0.05 and self.estimate < 0


def compared(
    dataset: str,
    rows: Sequence[MethodRow],
    scores: Scores,
    rates: Mapping[str, float],
) -> list[Comparison]:
    """Make all comparisons on one dataset, not yet corrected for how many there are.

    Parameters
    ----------
    dataset : str
        Its name.
    rows : sequence of MethodRow
        The methods with all their trials ok.
    scores : Scores
        Their scores.
    rates : mapping of str to float
        How many samples a second each method answers.

    Returns
    -------
    list of Comparison
    """
    known = [row for row in rows if row.method in scores.of]
    sees = {row.method: row.modalities for row in known}
    found = [_comparison(ask, scores) for ask in _asked(known)]
    return [
        each._replace(
            dataset=dataset,
            reference=each.reference or f"{sees[each.second]} alone",
            cost_ratio=_ratio(rates[each.second], rates[each.first]),
        )
        for each in found
    ]


def corrected(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Correct p-values for how many comparisons of their question there are.

    Parameters
    ----------
    comparisons : sequence of Comparison
        Those of all datasets.

    Returns
    -------
    list of Comparison
        In the same order. Of the kinds of fusion, none is more certain than that fusion
        differs at all, so that asking for each adds no chance of a false gain.
    """
    adjusted = np.full(len(comparisons), np.nan)
    sizes = np.zeros(len(comparisons), np.intp)
    for question in (FUSION, KIND, ENSEMBLE):
        asked = [i for i, each in enumerate(comparisons) if each.question == question]
        adjusted[asked] = holm([comparisons[i].p_value for i in asked])
        sizes[asked] = len(asked)
    of_fusion = {
        each.dataset: p_value
        for each, p_value in zip(comparisons, adjusted, strict=True)
        if each.question == FUSION
    }
    return [
        each._replace(
            p_adjusted=float(
                max(p_value, of_fusion[each.dataset])
                if each.question == KIND
                else p_value
            ),
            n_compared=int(size),
        )
        for each, p_value, size in zip(comparisons, adjusted, sizes, strict=True)
    ]


class _Ask(NamedTuple):
    question: str
    subject: str
    reference: str
    firsts: list[str]
    seconds: list[str]


def _asked(rows: Sequence[MethodRow]) -> Iterator[_Ask]:
    fused = [row for row in rows if row.is_multimodal]
    names = [r.method for r in rows if r.is_single and r.modalities != "none"]
    if fused and names:
        kinds = list(dict.fromkeys(row.fusion for row in fused if row.fusion))
        what = f"{kinds[0]} fusion" if len(kinds) == 1 else "fusion"
        yield _Ask(FUSION, what, "", [row.method for row in fused], names)
        for kind in kinds if len(kinds) > 1 else ():
            of_kind = [row.method for row in fused if row.fusion == kind]
            yield _Ask(KIND, f"{kind} fusion", "", of_kind, names)
    for row in rows:
        if is_ensemble(row) and (bases := bases_of(row, rows)):
            word = "its base" if len(bases) == 1 else "the best of its members"
            yield _Ask(ENSEMBLE, row.method, word, [row.method], bases)


def _comparison(ask: _Ask, scores: Scores) -> Comparison:
    sides = ask.firsts, ask.seconds
    ours, theirs = ([scores.of[name] for name in side] for side in sides)
    draws = _known_draws(*(scores.draws_of(side) for side in sides))
    found = best_against_best(ours, theirs, *draws)
    first, second = ask.firsts[found.first], ask.seconds[found.second]
    n_better, n_worse = _right_by_one(first, second, scores)
    folds = scores.fold_scores(first) - scores.fold_scores(second)
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
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        # Permutations are right also where so few answers differ that resamples can't
        # tell.
        p_value=max(found.p_value, scores.p_value(first, second)),
        p_adjusted=math.nan,
        n_compared=0,
        fold_p_value=corrected_resampled_ttest(
            folds, test_share=scores.test_share
        ).p_value,
        effect_size=_effect_size(first, second, scores),
        n_better=n_better,
        n_worse=n_worse,
        n_samples=scores.pooled.resamples.n_units,
        cost_ratio=math.nan,
    )


def _known_draws(ours: Floats, theirs: Floats) -> tuple[Floats, Floats]:
    """Leave out resamples for which a score is not defined."""
    known = ~(np.isnan(ours).any(axis=0) | np.isnan(theirs).any(axis=0))
    return ours[:, known], theirs[:, known]


def _right_by_one(
    first: str, second: str, scores: Scores
) -> tuple[int | None, int | None]:
    """Return how many answers only the first gets right, and only the second."""
    right, other = (scores.pooled.methods[name].right for name in (first, second))
    if right is None or other is None:
        return None, None
    return int(np.sum(right & ~other)), int(np.sum(~right & other))


def _effect_size(first: str, second: str, scores: Scores) -> float:
    lead = scores.of[first] - scores.of[second]
    one, other = scores.draws_of((first, second))
    error = float(np.nanstd(one - other, ddof=1))
    n_units = scores.pooled.resamples.n_units
    return lead / error / math.sqrt(n_units) if error else 0.0


def _ratio(value: float, other: float) -> float:
    return value / other if other > 0 else math.nan
