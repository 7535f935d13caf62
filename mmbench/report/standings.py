"""Who is ahead on one dataset."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mmbench.report.columns import SCORES, Column, of_label_sets
from mmbench.report.tables import MethodRow
from mmbench.stats import competition_ranks

__all__ = ["Standings", "standings"]


@dataclass(frozen=True)
class Standings:
    """The methods on one dataset, ranked where they can be.

    Parameters
    ----------
    leading : Column
        The score that ranks.
    ranked : tuple of (int, MethodRow)
        The methods with all their trials ok, the best first; equal scores share a rank.
    unranked : tuple of MethodRow
        The others, by name: what they miss could have been their hardest folds.
    is_multilabel : bool, default=False
        Whether a sample may have several labels.
    """

    leading: Column
    ranked: tuple[tuple[int, MethodRow], ...]
    unranked: tuple[MethodRow, ...]
    is_multilabel: bool = False

    @property
    def rows(self) -> list[MethodRow]:
        """The ranked methods, the best first."""
        return [row for _, row in self.ranked]

    def best(self, among: Callable[[MethodRow], bool]) -> MethodRow | None:
        """Return the best ranked method of a kind."""
        return next((row for row in self.rows if among(row)), None)


def standings(rows: Iterable[MethodRow], *, is_multilabel: bool = False) -> Standings:
    """Rank the methods of one dataset.

    Parameters
    ----------
    rows : iterable of MethodRow
        All methods on the dataset.
    is_multilabel : bool, default=False
        Whether a sample of it may have several labels.

    Returns
    -------
    Standings
        Ranked by macro-F1, or by the next score in `SCORES` when no complete method
        has it. Equal ones are ordered by the other scores, then by name.
    """
    rows = list(rows)
    leading = _leading_score([row for row in rows if row.is_complete])
    if is_multilabel:
        leading = of_label_sets(leading)
    able = [row for row in rows if _is_able(row, leading)]
    able.sort(key=lambda row: (_order(row, leading), row.method))
    ranks = competition_ranks([leading.merit(row) for row in able])
    others = [row for row in rows if not _is_able(row, leading)]
    return Standings(
        leading=leading,
        ranked=tuple(zip(ranks.tolist(), able, strict=True)),
        unranked=tuple(sorted(others, key=lambda row: row.method)),
        is_multilabel=is_multilabel,
    )


def _is_able(row: MethodRow, leading: Column) -> bool:
    return row.is_complete and not math.isnan(leading.value(row))


def _leading_score(rows: Sequence[MethodRow]) -> Column:
    known = (c for c in SCORES if any(not math.isnan(c.value(row)) for row in rows))
    return next(known, SCORES[0])


def _order(row: MethodRow, leading: Column) -> tuple[float, ...]:
    merits = [column.merit(row) for column in (leading, *SCORES)]
    return tuple(math.inf if math.isnan(merit) else -merit for merit in merits)
