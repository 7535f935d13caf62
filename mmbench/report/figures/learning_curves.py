"""Scores against the number of training samples."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mmbench.presentation.drawing import (
    WIDTH,
    Drawing,
    finish,
    label_axes,
    part_id,
    printable,
)
from mmbench.presentation.palette import fusion_tone
from mmbench.presentation.sentences import capital
from mmbench.presentation.svg import figure_style
from mmbench.report.judging.learning_curves import Curve
from mmbench.report.tables.columns import Column

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["learning_curve_figure"]

_HEIGHT, _LINE = 2.8, 0.2
_MARKERS = "oDs^v"
# Methods of one size stand side by side, so that their bars don't hide each other.
_APART = 1.03


def learning_curve_figure(
    curves: Sequence[Curve], score: Column, names: Callable[[str], str] = str
) -> Drawing:
    """Draw the score of methods against their training samples.

    Parameters
    ----------
    curves : sequence of Curve
        At least one.
    score : Column
        What was scored.
    names : callable, default=str
        Returns a method's display name.

    Returns
    -------
    Drawing
        One line per method; dashed where it is extrapolated.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    room = _LINE * len(curves) + 0.6
    height = _HEIGHT + room
    with figure_style():
        figure = Figure(figsize=(WIDTH, height), dpi=72)
        box = (0.11, room / height, 0.86, (_HEIGHT - 0.1) / height)
        axes = figure.add_axes(box)
        axes.set_xscale("log")
        for position, curve in enumerate(curves):
            _draw(axes, curve, position, len(curves), names)
        sizes = [point.n_train for point in curves[0].points]
        axes.xaxis.set_major_locator(FixedLocator([*sizes, 2 * sizes[-1]]))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        label_axes(axes, x="training samples (log scale)", y=score.label)
        figure.legend(loc="lower left", fontsize=8.5, borderaxespad=0)
        image = finish(figure)
    hints = {
        part_id(position): f"{curve.method}: "
        + ", ".join(
            f"{score.text(point.score_mean)} on {point.n_train:,.0f}"
            for point in curve.points
        )
        for position, curve in enumerate(curves)
    }
    caption = (
        f"{capital(score.label)} of the methods of the main comparison, trained on "
        "parts of each fold's training samples and tested on the same rows: mean over "
        "folds, the bar one standard deviation to each side. Dashed: what twice the "
        "samples would give, with its 95 % interval."
    )
    return Drawing("learning-curve", image, caption, hints)


def _draw(
    axes: Axes, curve: Curve, position: int, n: int, names: Callable[[str], str]
) -> None:
    aside = _APART ** (position - (n - 1) / 2)
    x = [point.n_train * aside for point in curve.points]
    y = [point.score_mean for point in curve.points]
    color = fusion_tone(curve.fusion).light
    spread = [p.score_std if math.isfinite(p.score_std) else 0 for p in curve.points]
    axes.errorbar(x, y, spread, fmt="none", ecolor=color, alpha=0.55, lw=1.4)
    axes.plot(
        x,
        y,
        marker=_MARKERS[position % len(_MARKERS)],
        markersize=5,
        linewidth=1.6,
        color=color,
        # Matplotlib hides what starts with an underscore.
        label=f" {printable(names(curve.method))}",
        gid=part_id(position),
    )
    if curve.doubled is not None:
        ahead, low, high, _ = curve.doubled
        axes.plot([x[-1], 2 * x[-1]], [y[-1], ahead], color=color, lw=1.2, ls="--")
        axes.plot([2 * x[-1]] * 2, [low, high], color=color, lw=1.6)
