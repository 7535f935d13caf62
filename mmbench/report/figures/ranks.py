"""The critical-difference diagram of average ranks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from mmbench.presentation.drawing import Drawing, finish, part_id, printable
from mmbench.presentation.numbers import p_text
from mmbench.presentation.palette import INK, MUTED, fusion_tone
from mmbench.presentation.svg import figure_style
from mmbench.report.judging.ranks import RankRow, Ranks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["critical_difference_figure"]

_WIDTH = 9.0
_MOST = 24
_LINE = 0.24
_BAR = 0.14


def critical_difference_figure(
    ranks: Ranks | None, names: Callable[[str], str] = str
) -> Drawing | None:
    """Draw Demšar's diagram of average ranks over datasets.

    Parameters
    ----------
    ranks : Ranks or None
        The methods, the best first.
    names : callable, default=str
        Returns a method's display name.

    Returns
    -------
    Drawing or None
        Of the best methods, where there are many; their ranks are among all.

    References
    ----------
    .. [1] J. Demšar (2006). Statistical comparisons of classifiers over multiple data
       sets. JMLR 7, 1-30.
    """
    from matplotlib.figure import Figure

    if ranks is None:
        return None
    shown = ranks.rows[:_MOST]
    groups = _groups_within(ranks, len(shown))
    n_left = (len(shown) + 1) // 2
    bars = 0.25 + _BAR * len(groups)
    height = 0.75 + bars + _LINE * n_left
    with figure_style():
        figure = Figure(figsize=(_WIDTH, height), dpi=72)
        box = (0.31, 0.0, 0.38, 1 - 0.55 / height)
        axes = figure.add_axes(box)
        low, high = shown[0].rank, shown[-1].rank
        pad = max(0.06 * (high - low), 0.05)
        axes.set_xlim(low - pad, max(high, low + ranks.distance) + pad)
        axes.set_ylim(height - 0.55, 0)
        _strip(axes)
        for position in range(len(shown)):
            side = position if position < n_left else len(shown) - 1 - position
            is_left = position < n_left
            y = bars + _LINE * (side + 0.7)
            row = shown[position]
            row = replace(row, method=names(row.method))
            _draw_method(axes, row, y, position, is_left=is_left)
        for number, group in enumerate(groups):
            ends = [shown[group[0]].rank - pad / 4, shown[group[-1]].rank + pad / 4]
            y = 0.18 + _BAR * number
            axes.plot(ends, [y, y], color=INK.light, lw=3)
        _draw_distance(axes, low, ranks.distance)
        image = finish(figure)
    hints = {
        part_id(i): f"{row.method}: average rank {row.rank:.2f}"
        for i, row in enumerate(shown)
    }
    return Drawing("ranks", image, _caption(ranks, len(shown)), hints)


def _caption(ranks: Ranks, n_shown: int) -> str:
    n, k = len(ranks.datasets), len(ranks.rows)
    some = f" The best {n_shown} of them are shown." if n_shown < k else ""
    return (
        f"Average ranks of {k} methods over {n} datasets by {ranks.column.label}; the "
        "left is better. A thick line joins methods whose ranks are less than the "
        f"critical difference (CD = {ranks.distance:.2f}, Nemenyi) apart and that "
        f"do not differ significantly. Friedman's test that all are equal: "
        f"{p_text(ranks.test.p_value)}.{some}"
    )


def _groups_within(ranks: Ranks, n_shown: int) -> list[list[int]]:
    """Cut the groups to the methods that are shown; drop what is inside another."""
    found: list[list[int]] = []
    for group in ranks.groups:
        cut = [i for i in group if i < n_shown]
        if len(cut) > 1 and not (found and set(cut) <= set(found[-1])):
            found.append(cut)
    return found


def _strip(axes: Axes) -> None:
    axes.xaxis.tick_top()
    axes.grid(visible=False)
    axes.set_yticks([])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.spines["top"].set_visible(True)
    axes.tick_params(axis="x", top=True, length=3)


def _draw_method(
    axes: Axes,
    row: RankRow,
    y: float,
    position: int,
    *,
    is_left: bool,
) -> None:
    left, right = axes.get_xlim()
    edge = left if is_left else right
    color = fusion_tone(row.fusion).light
    axes.plot(
        [row.rank, row.rank, edge], [0, y, y], color=color, lw=1, gid=part_id(position)
    )
    name = printable(row.method)
    short = name if len(name) <= 38 else f"…{name[-37:]}"
    text = f"{short}  {row.rank:.2f}" if is_left else f"{row.rank:.2f}  {short}"
    axes.annotate(
        text,
        (edge, y),
        xytext=(-4 if is_left else 4, 0),
        textcoords="offset points",
        ha="right" if is_left else "left",
        va="center",
        fontsize=8,
        color=INK.light,
        annotation_clip=False,
    )


def _draw_distance(axes: Axes, start: float, distance: float) -> None:
    y = -0.32
    axes.plot(
        [start, start + distance], [y, y], color=MUTED.light, lw=1.6, clip_on=False
    )
    axes.annotate(
        f"CD {distance:.2f}",
        (start + distance / 2, y),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=8,
        color=MUTED.light,
        annotation_clip=False,
    )
