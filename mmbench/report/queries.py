"""Queries that are worth looking at: what they find first, the worst failures first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mmbench.errors import StoreError, UsageError
from mmbench.report.judging.oof_predictions import read_part
from mmbench.results import Predictions

if TYPE_CHECKING:
    from mmbench.report.run import OnDataset
    from mmbench.tasks.rankings import Ranking

__all__ = ["DEPTH", "N_FIRST", "QueryRow", "find_queries"]

DEPTH, N_FIRST = 100, 5
"""How deep a right item is looked for, and how many items are shown."""

_N_WORST, _N_OTHERS = 6, 4


class QueryRow(NamedTuple):
    """A query and the first items that it finds.

    Attributes
    ----------
    kind : str
        Such as ``"text_to_image"``.
    asked, wanted : str
        The side that asks, and the one that is ranked.
    method : str
        The method whose ranking it is.
    query : str
        The sample that shows what asks.
    items : sequence of (str, bool)
        The samples that show the first items, and whether these are right.
    rank : int or None
        Where the first right item stands, None where it is beyond `DEPTH`.
    """

    kind: str
    asked: str
    wanted: str
    method: str
    query: str
    items: Sequence[tuple[str, bool]]
    rank: int | None


def find_queries(here: OnDataset, read: Callable[[str], Predictions]) -> list[QueryRow]:
    """Choose queries of the best method, in the first fold of the first seed.

    Parameters
    ----------
    here : OnDataset
        What was done on a dataset.
    read : callable
        Returns the predictions of a key.

    Returns
    -------
    list of QueryRow
        Of each kind, those whose first right item stands deepest, and then some evenly
        spread over the others, the deepest first. Empty where the task ranks nothing,
        or predictions are not kept.
    """
    best = here.leaderboard.best(lambda row: not row.is_floor)
    own = [t for t in here.trials if best is not None and t["method"] == best.method]
    if not own:
        return []
    first = min(own, key=lambda trial: (trial["seed"], trial["fold"]))
    try:
        part = read_part(here.task, read(first["key"]))
        found = [*here.task.answers.rankings(part.target, part.prediction, DEPTH)]
    except (StoreError, UsageError):
        return []
    ids = [str(each) for each in part.ids.tolist()]
    rows = []
    for kind in dict.fromkeys(each.kind for each in found):
        answered = [each for each in found if each.kind == kind and each.relevant]
        rows += [_row(each, ids, first["method"]) for each in _chosen(answered)]
    return rows


def _chosen(rankings: Sequence[Ranking]) -> list[Ranking]:
    order = sorted(rankings, key=lambda each: -(_rank(each) or DEPTH + 1))
    worst, rest = order[:_N_WORST], order[_N_WORST:]
    spread = np.linspace(0, len(rest) - 1, min(_N_OTHERS, len(rest))).round()
    return [*worst, *(rest[place] for place in spread.astype(int).tolist())]


def _rank(ranking: Ranking) -> int | None:
    right = frozenset(ranking.relevant)
    places = (i for i, item in enumerate(ranking.items, 1) if item in right)
    return next(places, None)


def _row(ranking: Ranking, ids: Sequence[str], method: str) -> QueryRow:
    right = frozenset(ranking.relevant)
    items = [(ids[item], item in right) for item in ranking.items[:N_FIRST]]
    return QueryRow(
        ranking.kind,
        ranking.asked,
        ranking.wanted,
        method,
        ids[ranking.query],
        items,
        _rank(ranking),
    )
