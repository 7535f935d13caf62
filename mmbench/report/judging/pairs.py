"""Every pair of the best methods on a dataset."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from mmbench.report.judging.leaderboard import Leaderboard
from mmbench.report.judging.scoring import Scores
from mmbench.stats import Claim, compare_pairs, effect_words, rope_on_scale

__all__ = ["PAIR_COLUMNS", "PairRow", "pair_rows"]

# Of so many methods, every two are shown.
_MOST = 10


class PairRow(NamedTuple):
    """Two methods and the difference of their scores, as fitted.

    The fields are the columns of ``tables/pairs.csv``, in their order.

    Attributes
    ----------
    dataset, first, second, metric : str
        Which methods, the one that ranks higher first, and by what.
    estimate, low, high : float
        The plain difference, positive where the first is better, and its simultaneous
        95 % interval.
    p_value : float
        Corrected in the same way.
    conclusion : str
        ``"better"``, ``"worse"``, ``"equivalent"`` or ``"no significant difference"``.
    effect_size : float
        The difference in standard deviations of one unit's share in it.
    effect : str
        That in a word.
    n_compared : int
        Pairs that interval and p-value are corrected for: all of the ranked methods.
    """

    dataset: str
    first: str
    second: str
    metric: str
    estimate: float
    low: float
    high: float
    p_value: float
    conclusion: str
    effect_size: float
    effect: str
    n_compared: int


PAIR_COLUMNS = PairRow._fields


def pair_rows(
    dataset: str, board: Leaderboard, scores: Scores | None, rope: float
) -> list[PairRow]:
    """Compare every two of the ten best methods.

    Parameters
    ----------
    dataset : str
        Its name.
    board : Leaderboard
        The methods on it.
    scores : Scores or None
        Their scores; None without predictions.
    rope : float
        The region of practical equivalence, of scores between 0 and 1.

    Returns
    -------
    list of PairRow
        Of fewer than three methods none: two are compared by verdicts. As the ten are
        chosen by their scores, all pairs of ranked methods are corrected for.
    """
    if scores is None:
        return []
    names, estimates = scores.estimates()
    able = [row.method for row in board.contenders if row.method in names]
    if len(able) < 3:
        return []
    floors = [scores.of[row.method] for row in board.rows if row.is_floor]
    scale = rope_on_scale(
        rope,
        is_share=scores.metric.is_share,
        floor=max(floors, default=math.nan),
    )
    taken = estimates.take([names.index(name) for name in able])
    best = sorted(range(len(able)), key=lambda i: -taken.scores[i])
    pairs = list(combinations(best, 2))
    shown = {*best[:_MOST]}
    return [
        _row(dataset, able, scores, claim, scale)
        for claim in compare_pairs(taken, pairs)
        if {claim.first, claim.second} <= shown
    ]


def _row(
    dataset: str, names: Sequence[str], scores: Scores, claim: Claim, rope: float
) -> PairRow:
    deviation = claim.error * math.sqrt(scores.pooled.resamples.n_units)
    size = claim.estimate / deviation if deviation else 0.0
    return PairRow(
        dataset=dataset,
        first=names[claim.first],
        second=names[claim.second],
        metric=scores.metric.name,
        estimate=claim.estimate,
        low=claim.low,
        high=claim.high,
        p_value=claim.p_value,
        conclusion=str(claim.conclusion(rope)),
        effect_size=size,
        effect=effect_words(size),
        n_compared=claim.n_compared,
    )
