"""Accuracy against speed, and the score of every method on one dataset."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.presentation.drawing import (
    WIDTH,
    Drawing,
    canvas,
    draw_legend,
    draw_point,
    finish,
    label_axes,
    name_lines,
    part_id,
    printable,
)
from mmbench.presentation.label_placement import Label, place_labels, text_size
from mmbench.presentation.numbers import count_text, rate_text
from mmbench.presentation.palette import MUTED, fusion_tone
from mmbench.presentation.sentences import capital
from mmbench.presentation.svg import figure_style
from mmbench.report.judging.leaderboard import Leaderboard
from mmbench.report.tables.columns import COLUMNS, Column
from mmbench.report.tables.methods import MethodRow
from mmbench.stats import pareto_front

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["scores_figure", "throughput_figure"]

_RATE = next(column for column in COLUMNS if column.field == "samples_per_s")
_NAME_SIZE = 8.0
_MOST_LINES = 20
_MOST_RANKS = 5
# A method is drawn that is no farther below the best than so often the median is.
_SPREADS = 2.5
_LINE_HEIGHT = 0.235
_FRONT_LINE: dict[str, Any] = {
    "color": MUTED.light,
    "linewidth": 1,
    "linestyle": (0, (4, 3)),
    "zorder": 1,
}


def throughput_figure(
    leaderboard: Leaderboard, names: Callable[[str], str] = str
) -> Drawing | None:
    """Draw the accuracy of the ranked methods against their speed.

    Parameters
    ----------
    leaderboard : Leaderboard
        The methods of one dataset.
    names : callable, default=str
        Returns a method's display name.

    Returns
    -------
    Drawing or None
        None when no method has both. Neither the floor nor methods far below the
        better half are drawn: they would squeeze all others into a corner.
    """
    score = _score_column(leaderboard)
    known = [
        (rank, row)
        for rank, row in leaderboard.ranked
        if not (row.is_floor or math.isnan(score.value(row))) and _RATE.value(row) > 0
    ]
    if not known:
        return None
    merits = [score.merit(row) for _, row in known]
    front = pareto_front([_RATE.value(row) for _, row in known], merits).tolist()
    least = _least_shown(merits)
    shown = [(rank, row) for rank, row in known if score.merit(row) >= least]
    on_front = [pair for pair, on in zip(known, front, strict=True) if on]
    with figure_style():
        figure, axes = canvas(3.4, left=0.7)
        _draw_front(axes, [row for _, row in on_front if row in _rows(shown)], score)
        for position, (_, row) in enumerate(shown):
            draw_point(axes, _RATE.value(row), score.value(row), row, position)
        axes.set_xscale("log")
        axes.margins(x=0.08, y=0.1)
        _mark_rates(axes)
        label_axes(axes, x="samples predicted per second (log scale)", y=score.label)
        _number(axes, shown, {row.method for _, row in on_front}, score)
        draw_legend(figure, _rows(shown))
        image = finish(figure)
    return Drawing(
        name="throughput",
        image=image,
        caption=f"{capital(score.label)} against speed; "
        f"{'upper' if score.greater_is_better else 'lower'} right is better. "
        f"{_left_out(len(known) - len(shown), leaderboard)}Numbers are ranks. The "
        "dashed line joins the methods on the Pareto front:",
        hints={
            part_id(position): _told(row.method, row, score)
            for position, (_, row) in enumerate(shown)
        },
        leaders=[
            (rank, _told(names(row.method), row, score)) for rank, row in on_front
        ],
    )


def scores_figure(
    leaderboard: Leaderboard, names: Callable[[str], str] = str
) -> Drawing | None:
    """Draw the leading score of every ranked method, with its spread over folds.

    Parameters
    ----------
    leaderboard : Leaderboard
        The methods of one dataset.
    names : callable, default=str
        Returns a method's display name.

    Returns
    -------
    Drawing or None
        None when no method is ranked.
    """
    rows, score = leaderboard.rows[:_MOST_LINES], leaderboard.leading
    if not rows:
        return None
    labels = [printable(names(row.method)) for row in rows]
    with figure_style():
        longest = max(text_size(label, _NAME_SIZE)[0] for label in labels) / 72
        left = min(longest + 0.2, WIDTH * 0.55)
        figure, axes = canvas(_LINE_HEIGHT * (len(rows) + 1), left=left)
        _draw_spreads(axes, rows, score)
        for position, row in enumerate(rows):
            draw_point(axes, score.value(row), position, row, position)
        name_lines(axes, labels, size=_NAME_SIZE)
        label_axes(axes, x=score.label)
        _draw_reference(axes, leaderboard)
        draw_legend(figure, rows)
        image = finish(figure)
    hints = {
        part_id(position): f"{row.method}: {score.label} {score.show(row)}"
        for position, row in enumerate(rows)
    }
    caption = (
        f"{capital(score.label)} of {_whose(leaderboard)} with all trials ok: mean "
        "over folds, the bar one standard deviation to each side. The dotted line is "
        "the best that sees one modality alone."
    )
    return Drawing("scores", image, caption, hints)


def _least_shown(merits: Sequence[float]) -> float:
    """Return the merit that a method needs to be drawn, by the better half's spread."""
    best, middle = max(merits), float(np.median(merits))
    return best - _SPREADS * (best - middle)


def _left_out(n: int, leaderboard: Leaderboard) -> str:
    floors = [row.floor_name for _, row in leaderboard.ranked if row.is_floor]
    below = [f"{count_text(n, 'method')} far below"] if n else []
    left_out = capital(" and ".join([*floors, *below]))
    verb = "is" if n + len(floors) == 1 else "are"
    return f"{left_out} {verb} left out. " if left_out else ""


def _told(name: str, row: MethodRow, score: Column) -> str:
    return f"{name}: {score.label} {score.show(row)}, {_RATE.show(row)} samples/s"


def _rows(ranked: Sequence[tuple[int, MethodRow]]) -> list[MethodRow]:
    return [row for _, row in ranked]


def _draw_front(axes: Axes, front: Sequence[MethodRow], score: Column) -> None:
    ends = sorted((_RATE.value(row), score.value(row)) for row in front)
    axes.plot(*zip(*ends, strict=True), **_FRONT_LINE)


def _whose(leaderboard: Leaderboard) -> str:
    n = len(leaderboard.rows)
    return (
        "every method" if n <= _MOST_LINES else f"the best {_MOST_LINES} of {n} methods"
    )


def _score_column(leaderboard: Leaderboard) -> Column:
    wanted = leaderboard.shown.against_speed
    found = (c for c in leaderboard.scores if c.metric.name == wanted)
    column = next(found, leaderboard.leading)
    known = any(not math.isnan(column.value(row)) for row in leaderboard.rows)
    return column if known else leaderboard.leading


def _draw_spreads(axes: Axes, rows: Sequence[MethodRow], score: Column) -> None:
    """Draw one standard deviation to each side of each method's score."""
    known = (score.spread(row) for row in rows)
    spread = [0.0 if math.isnan(each) else each for each in known]
    values = [score.value(row) for row in rows]
    axes.hlines(
        range(len(rows)),
        [x - s for x, s in zip(values, spread, strict=True)],
        [x + s for x, s in zip(values, spread, strict=True)],
        colors=[fusion_tone(row.fusion).light for row in rows],
        linewidth=1.6,
        alpha=0.55,
        zorder=2,
    )


def _draw_reference(axes: Axes, leaderboard: Leaderboard) -> None:
    single = leaderboard.best(lambda row: row.is_single)
    if single is not None:
        x = leaderboard.leading.value(single)
        axes.axvline(x, color=MUTED.light, lw=1, ls=(0, (1, 2)), zorder=1)


def _mark_rates(axes: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    low, high = axes.get_xlim()
    wide = math.log10(high / low) > 2.5
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0,) if wide else (1.0, 2.0, 5.0)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: rate_text(value)))


def _number(
    axes: Axes,
    shown: Sequence[tuple[int, MethodRow]],
    front: Container[str],
    score: Column,
) -> None:
    """Write the ranks of the methods on the front and of the best ones."""
    labels = [
        (_RATE.value(row), score.value(row), str(rank), row.method in front)
        for rank, row in shown
        if row.method in front or rank <= _MOST_RANKS
    ]
    points = [(_RATE.value(row), score.value(row)) for _, row in shown]
    place_labels(axes, [Label(*each) for each in labels], points)
