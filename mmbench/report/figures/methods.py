"""Accuracy against speed, and the score of every method on one dataset."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

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
from mmbench.presentation.numbers import rate_text
from mmbench.presentation.palette import INK, MUTED, fusion_tone
from mmbench.presentation.sentences import capital
from mmbench.presentation.svg import figure_style
from mmbench.report.judging.leaderboard import Leaderboard
from mmbench.report.tables.columns import COLUMNS, Column
from mmbench.report.tables.methods import MethodRow
from mmbench.stats import pareto_front

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["scores_figure", "throughput_figure"]

_RATE = next(column for column in COLUMNS if column.field == "predict_samples_per_s")
_NAME_SIZE = 8.0
_MOST_LINES = 40
_MOST_RANKS = 30
_LINE_HEIGHT = 0.235
_FRONT_LINE: dict[str, Any] = {
    "color": MUTED.light,
    "linewidth": 1,
    "linestyle": (0, (4, 3)),
    "zorder": 1,
}


def throughput_figure(leaderboard: Leaderboard) -> Drawing | None:
    """Draw the accuracy of the ranked methods against their speed.

    Returns
    -------
    Drawing or None
        None when no method has both. The dummy is left out: it would press all that
        is worth telling apart into a corner.
    """
    score = _score_column(leaderboard)
    shown = [
        (rank, row)
        for rank, row in leaderboard.ranked
        if not (row.is_floor or math.isnan(score.value(row))) and _RATE.value(row) > 0
    ]
    if not shown:
        return None
    points = [(_RATE.value(row), score.value(row)) for _, row in shown]
    front = pareto_front(
        [rate for rate, _ in points], [score.merit(row) for _, row in shown]
    ).tolist()
    with figure_style():
        figure, axes = canvas(4.2, left=0.75)
        ends = sorted(point for point, on in zip(points, front, strict=True) if on)
        axes.plot(*zip(*ends, strict=True), **_FRONT_LINE)
        for position, (_, row) in enumerate(shown):
            draw_point(axes, *points[position], row, position)
        axes.set_xscale("log")
        axes.margins(x=0.06, y=0.08)
        _mark_rates(axes)
        label_axes(axes, x="samples predicted per second (log scale)", y=score.label)
        place_labels(axes, _rank_labels(shown, points, front), points)
        draw_legend(figure, [row for _, row in shown])
        image = finish(figure)
    told = [
        f"{row.method}: {score.label} {score.show(row)}, {_RATE.show(row)} samples/s"
        for _, row in shown
    ]
    leaders = [
        (rank, text)
        for (rank, _), text, on in zip(shown, told, front, strict=True)
        if on
    ]
    return Drawing(
        name="throughput",
        image=image,
        caption=f"{capital(score.label)} against speed, the dummy left out; "
        f"{'upper' if score.greater_is_better else 'lower'} right is better. Each "
        "point carries its rank in the table. The dashed line joins those that no "
        "other method beats in both:",
        hints={part_id(position): text for position, text in enumerate(told)},
        leaders=leaders,
    )


def scores_figure(leaderboard: Leaderboard) -> Drawing | None:
    """Draw the leading score of every ranked method, with its spread over folds.

    Returns
    -------
    Drawing or None
        None when no method is ranked.
    """
    rows, score = leaderboard.rows[:_MOST_LINES], leaderboard.leading
    if not rows:
        return None
    names = [printable(row.method) for row in rows]
    with figure_style():
        longest = max(text_size(name, _NAME_SIZE)[0] for name in names) / 72
        left = min(longest + 0.2, WIDTH * 0.55)
        figure, axes = canvas(_LINE_HEIGHT * (len(rows) + 1), left=left)
        _draw_spreads(axes, rows, score)
        for position, row in enumerate(rows):
            draw_point(axes, score.value(row), position, row, position)
        name_lines(axes, names, size=_NAME_SIZE)
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
        "the best that looks at one modality alone."
    )
    return Drawing("scores", image, caption, hints)


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


def _rank_labels(
    shown: Sequence[tuple[int, MethodRow]],
    points: Sequence[tuple[float, float]],
    front: Sequence[bool],
) -> list[Label]:
    """Return the ranks, those on the front first, so that they surely find a place."""
    labels = [
        Label(str(rank), *point, 9 if on else 8, INK.light if on else MUTED.light)
        for (rank, _), point, on in zip(shown, points, front, strict=True)
        if on or rank <= _MOST_RANKS
    ]
    return sorted(labels, key=lambda label: -label.size)
