"""The ranking of methods on one dataset."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mmbench.report.tables.columns import ScoreColumn, score_columns
from mmbench.report.tables.methods import MethodRow
from mmbench.stats import competition_ranks
from mmbench.tasks import Metric, Shown, Task

__all__ = ["Leaderboard", "leaderboard"]


@dataclass(frozen=True)
class Leaderboard:
    """The methods on one dataset, ranked where they can be.

    Parameters
    ----------
    leading : ScoreColumn
        The score that ranks.
    scores : tuple of ScoreColumn
        The scores of ranked tables, that one among them.
    ranked : tuple of (int, MethodRow)
        The methods with all their trials ok, the best first; equal scores share a rank.
    unranked : tuple of MethodRow
        The others, by name: what they miss could have been their hardest folds.
    shown : Shown
        What reports of the task show.
    """

    leading: ScoreColumn
    scores: tuple[ScoreColumn, ...]
    ranked: tuple[tuple[int, MethodRow], ...]
    unranked: tuple[MethodRow, ...]
    shown: Shown

    @property
    def rows(self) -> list[MethodRow]:
        """The ranked methods, the best first."""
        return [row for _, row in self.ranked]

    @property
    def contenders(self) -> list[MethodRow]:
        """The ranked methods that look at something, the best first."""
        return [row for row in self.rows if not row.is_floor]

    @property
    def beside(self) -> list[ScoreColumn]:
        """The scores that stand beside the leading one, where there are any."""
        by_name = {column.metric.name: column for column in self.scores}
        names = [name for name in self.shown.beside if name != self.leading.metric.name]
        return [by_name[name] for name in names if name in by_name]

    def best(self, among: Callable[[MethodRow], bool]) -> MethodRow | None:
        """Return the best ranked method of a kind.

        Parameters
        ----------
        among : callable
            Returns whether a method's row counts.

        Returns
        -------
        MethodRow or None
            None where no ranked method counts.
        """
        return next((row for row in self.rows if among(row)), None)


def leaderboard(
    rows: Iterable[MethodRow],
    task: Task,
    metrics: Sequence[Metric],
    ranked_by: str | None = None,
) -> Leaderboard:
    """Rank the methods of one dataset.

    Parameters
    ----------
    rows : iterable of MethodRow
        All methods on the dataset.
    task : Task
        Its task.
    metrics : sequence of Metric
        What it was scored by, in the order of the plan.
    ranked_by : str, optional
        The metric that ranks; by default the task's main one.

    Returns
    -------
    Leaderboard
        Ranked by the first that some complete method has of: `ranked_by`, the task's
        main metric, the other metrics in their order. Equal methods are ordered by the
        other scores that tables show, then by name.
    """
    rows, shown = list(rows), task.shown()
    columns = score_columns(metrics)
    leading = _leading(columns, rows, (ranked_by, task.main_metric))
    scores = _in_tables(columns, leading, shown, task)
    able = [row for row in rows if _is_able(row, leading)]
    able.sort(key=lambda row: (_order(row, (leading, *scores)), row.method))
    ranks = competition_ranks([leading.merit(row) for row in able])
    others = [row for row in rows if not _is_able(row, leading)]
    return Leaderboard(
        leading=leading,
        scores=scores,
        ranked=tuple(zip(ranks.tolist(), able, strict=True)),
        unranked=tuple(sorted(others, key=lambda row: row.method)),
        shown=shown,
    )


def _is_able(row: MethodRow, leading: ScoreColumn) -> bool:
    return row.is_complete and not math.isnan(leading.value(row))


def _leading(
    columns: Sequence[ScoreColumn],
    rows: Sequence[MethodRow],
    wanted: Sequence[str | None],
) -> ScoreColumn:
    by_name = {column.metric.name: column for column in columns}
    ordered = [by_name[name] for name in wanted if name in by_name] + [*columns]
    known = (c for c in ordered if any(_is_able(row, c) for row in rows))
    return next(known, ordered[0])


def _in_tables(
    columns: Sequence[ScoreColumn], leading: ScoreColumn, shown: Shown, task: Task
) -> tuple[ScoreColumn, ...]:
    """Choose the scores of a table: the task's, in its order, and the user's own."""
    by_name = {column.metric.name: column for column in columns}
    order = shown.table or tuple(metric.name for metric in task.metrics)
    chosen = [by_name[name] for name in order if name in by_name] or [*columns]
    if leading not in chosen:
        chosen.insert(0, leading)
    own = [c for c in columns if c.metric.name not in task.metrics_by_name]
    return tuple(dict.fromkeys((*chosen, *own)))


def _order(row: MethodRow, columns: Sequence[ScoreColumn]) -> tuple[float, ...]:
    merits = [column.merit(row) for column in columns]
    return tuple(math.inf if math.isnan(merit) else -merit for merit in merits)
