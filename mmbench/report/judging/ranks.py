"""Who is ahead over several datasets, and who can't be told apart there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mmbench.report.judging.leaderboard import Leaderboard
from mmbench.report.tables.columns import Column
from mmbench.report.tables.methods import MethodRow
from mmbench.stats import (
    Friedman,
    average_ranks,
    friedman,
    indistinct_groups,
    nemenyi_distance,
)

__all__ = ["RankRow", "Ranks", "ranks_over_datasets"]


@dataclass(frozen=True)
class RankRow:
    """A method over all datasets.

    Parameters
    ----------
    method, fusion, modalities : str
        Which. The modalities are those on the first dataset.
    rank : float
        The average over datasets, 1 the best.
    scores : tuple of float
        One a dataset.
    """

    method: str
    fusion: str
    modalities: str
    rank: float
    scores: tuple[float, ...]


@dataclass(frozen=True)
class Ranks:
    """The methods that are ranked on every dataset.

    Parameters
    ----------
    datasets : tuple of str
        By name.
    column : Column
        The score that ranks.
    rows : tuple of RankRow
        The best first.
    test : Friedman
        Whether they differ at all.
    distance : float
        Nemenyi's critical difference at the 5 % level.
    groups : tuple of tuple of int
        Rows, by number, that can't be told apart.
    n_left_out : int
        Methods that are not ranked on some dataset.
    """

    datasets: tuple[str, ...]
    column: Column
    rows: tuple[RankRow, ...]
    test: Friedman
    distance: float
    groups: tuple[tuple[int, ...], ...]
    n_left_out: int

    def is_with_the_best(self, position: int) -> bool:
        """Whether a row is not significantly worse than the best one.

        Parameters
        ----------
        position : int
            The row's position, from 0.

        Returns
        -------
        bool
            Whether the mean ranks differ by less than the critical distance.
        """
        return self.rows[position].rank - self.rows[0].rank < self.distance


def ranks_over_datasets(found: Mapping[str, Leaderboard]) -> Ranks | None:
    """Rank methods over datasets, by the score that ranks them on each.

    Parameters
    ----------
    found : mapping of str to Leaderboard
        By dataset.

    Returns
    -------
    Ranks or None
        None for fewer than two datasets, or three methods that are ranked on all of
        them by the same score.

    References
    ----------
    .. [1] J. Demšar (2006). Statistical comparisons of classifiers over multiple data
       sets. JMLR 7, 1-30.
    """
    names = sorted(found)
    columns = {board.leading.field for board in found.values()}
    if len(names) < 2 or len(columns) != 1:
        return None
    column = found[names[0]].leading
    by_method = [{row.method: row for row in found[name].rows} for name in names]
    everyone = {row.method for name in names for row in _all_rows(found[name])}
    shared = sorted(set.intersection(*(set(rows) for rows in by_method)))
    if len(shared) < 3:
        return None
    table = np.array([[column.value(r[m]) for m in shared] for r in by_method])
    merits = table if column.greater_is_better else -table
    ranks = average_ranks(merits)
    order = np.argsort(ranks, kind="stable").tolist()
    rows = tuple(
        RankRow(
            method=shared[i],
            fusion=by_method[0][shared[i]].fusion,
            modalities=by_method[0][shared[i]].modalities,
            rank=float(ranks[i]),
            scores=tuple(table[:, i].tolist()),
        )
        for i in order
    )
    distance = nemenyi_distance(len(names), len(shared))
    return Ranks(
        datasets=tuple(names),
        column=column,
        rows=rows,
        test=friedman(merits),
        distance=distance,
        groups=tuple(indistinct_groups([row.rank for row in rows], distance)),
        n_left_out=len(everyone) - len(shared),
    )


def _all_rows(board: Leaderboard) -> list[MethodRow]:
    return [*board.rows, *board.unranked]
