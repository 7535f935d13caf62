"""Methods over several datasets: ranks, win rates, improvability, and a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmbench.report.judging.leaderboard import Leaderboard
from mmbench.report.judging.scoring import Scores
from mmbench.report.tables.columns import Column
from mmbench.report.tables.methods import MethodRow
from mmbench.stats import (
    FEWEST_DATASETS,
    Friedman,
    OverDatasets,
    average_ranks,
    averages_over_datasets,
    friedman,
    indistinct_groups,
    nemenyi_distance,
)
from mmbench.stats.maxima import noise_of

__all__ = ["RankRow", "Ranks", "ranks_over_datasets"]

Floats = NDArray[np.float64]

_N_DRAWS = 1000


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
        One per dataset.
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
        Rows, by number, whose average ranks do not differ significantly.
    averages : OverDatasets or None
        Mean ranks, win rates and improvability of the rows, with intervals; None where
        the score has no best value from which errors could be measured.
    n_left_out : int
        Methods that are not ranked on some dataset.
    """

    datasets: tuple[str, ...]
    column: Column
    rows: tuple[RankRow, ...]
    test: Friedman
    distance: float
    groups: tuple[tuple[int, ...], ...]
    averages: OverDatasets | None
    n_left_out: int

    @property
    def is_conclusive(self) -> bool:
        """Whether there are enough datasets to conclude from."""
        return len(self.datasets) >= FEWEST_DATASETS

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


def ranks_over_datasets(
    found: Mapping[str, Leaderboard], scores: Mapping[str, Scores | None] | None = None
) -> Ranks | None:
    """Rank methods over datasets, by the score that ranks them on each.

    Parameters
    ----------
    found : mapping of str to Leaderboard
        By dataset.
    scores : mapping of str to Scores or None, optional
        What is known of the scores' errors on each dataset.

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
        averages=_averages(
            (1 if column.greater_is_better else 0) - merits[:, order],
            [shared[i] for i in order],
            [(scores or {}).get(name) for name in names],
        ),
        n_left_out=len(everyone) - len(shared),
    )


def _averages(
    errors: Floats, methods: Sequence[str], scores: Sequence[Scores | None]
) -> OverDatasets | None:
    """Average over datasets, with the errors within each where they are known."""
    if (errors < 0).any():
        return None
    draws = np.stack(
        [
            np.maximum(0.0, row[:, None] - _noise(methods, of))
            for row, of in zip(errors, scores, strict=True)
        ]
    )
    return averages_over_datasets(errors, draws)


def _noise(methods: Sequence[str], scores: Scores | None) -> Floats:
    """Draw the errors of the methods' scores on a dataset, shape (n_methods, n)."""
    names, estimates = ([], None) if scores is None else scores.estimates()
    if estimates is None or not set(methods) <= set(names):
        return np.zeros((len(methods), _N_DRAWS))
    found = estimates.take([names.index(method) for method in methods])
    noise, _ = noise_of(found, len(methods))
    return noise[:, :_N_DRAWS]


def _all_rows(board: Leaderboard) -> list[MethodRow]:
    return [*board.rows, *board.unranked]
