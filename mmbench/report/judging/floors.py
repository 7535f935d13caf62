"""Which methods are better than the floor, and so may be recommended."""

from __future__ import annotations

from mmbench.presentation.sentences import Name, Sentence
from mmbench.report.judging.leaderboard import Leaderboard
from mmbench.report.judging.scoring import Scores
from mmbench.report.tables.methods import MethodRow
from mmbench.stats import compare_pairs

__all__ = ["above_floor", "floor_sentence"]


def above_floor(leaderboard: Leaderboard, scores: Scores | None) -> frozenset[str]:
    """Return the methods that are better than the best that looks at nothing.

    Parameters
    ----------
    leaderboard : Leaderboard
        The methods on one dataset.
    scores : Scores or None
        Their pooled scores; None without predictions.

    Returns
    -------
    frozenset of str
        Those significantly better, corrected for how many are compared with it; where
        there are no predictions, those that score better. All, where no floor was run.
    """
    contenders, floor = leaderboard.contenders, _floor(leaderboard)
    if floor is None:
        return frozenset(row.method for row in contenders)
    if scores is None or floor.method not in scores.of:
        least = leaderboard.leading.merit(floor)
        return frozenset(
            row.method for row in contenders if leaderboard.leading.merit(row) > least
        )
    names, estimates = scores.estimates()
    place = {name: number for number, name in enumerate(names)}
    asked = [row.method for row in contenders if row.method in place]
    pairs = [(place[name], place[floor.method]) for name in asked]
    claims = compare_pairs(estimates, pairs)
    return frozenset(
        name for name, claim in zip(asked, claims, strict=True) if claim.low > 0
    )


def floor_sentence(leaderboard: Leaderboard, above: frozenset[str]) -> Sentence | None:
    """Say that no method is better than the floor; None where one is.

    Parameters
    ----------
    leaderboard : Leaderboard
        The methods of one dataset.
    above : frozenset of str
        Methods that are significantly better than the floor.

    Returns
    -------
    Sentence or None
        None also without a floor or without methods.
    """
    floor = _floor(leaderboard)
    if floor is None or above or not leaderboard.contenders:
        return None
    score = leaderboard.leading.text(leaderboard.leading.value(floor))
    return (
        "No method is significantly better than the floor, ",
        Name(floor.method),
        f" ({leaderboard.leading.label} {score}), so none is recommended.",
    )


def _floor(leaderboard: Leaderboard) -> MethodRow | None:
    return leaderboard.best(lambda row: row.is_floor)
