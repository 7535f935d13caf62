"""Numbers that are predicted beside those that are true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from mmbench.presentation.drawing import (
    WIDTH,
    Drawing,
    distinct,
    finish,
    label_axes,
)
from mmbench.presentation.palette import MUTED, fusion_tone
from mmbench.presentation.svg import figure_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Floats = NDArray[np.floating]

__all__ = ["predictions_figure", "residuals_figure"]

_SIZE = 2.4
_LEFT = 0.85
_APART = 0.8
_LONGEST_TITLE = 34
# More points than this hide each other, and make a file that browsers struggle with.
_MOST_POINTS = 1000
_TONES = ("early", "late")
# Positive numbers that differ by more than this factor are drawn by their logarithms.
_WIDE = 100


def predictions_figure(truth: Floats, numbers: Mapping[str, Floats]) -> Drawing:
    """Draw the predictions of one method or two against the truth.

    Parameters
    ----------
    truth : ndarray of shape (n_rows,)
        The true numbers.
    numbers : mapping of str to ndarray of that shape
        What each method predicts.

    Returns
    -------
    Drawing
    """
    rows = _some(truth)
    low, high = float(truth.min()), float(truth.max())
    is_wide = _is_wide(truth, *numbers.values())
    with figure_style():
        figure, panels = _panels([*numbers])
        for axes, tone, predicted in zip(
            panels, _TONES, numbers.values(), strict=False
        ):
            axes.plot([low, high], [low, high], color=MUTED.light, lw=1, ls=(0, (4, 3)))
            _draw_points(axes, truth[rows], predicted[rows], tone)
            _scale(axes, log_x=is_wide, log_y=is_wide)
            label_axes(axes, x="true")
        label_axes(panels[0], x="true", y="predicted")
        image = finish(figure)
    scale = ", on logarithmic scales" if is_wide else ""
    caption = (
        f"Predictions of {' and of '.join(numbers)} over all folds against the truth"
        f"{scale}. On the dashed line, they are right.{_how_many(len(truth))}"
    )
    return Drawing("predictions", image, caption)


def residuals_figure(truth: Floats, numbers: Mapping[str, Floats]) -> Drawing:
    """Draw by how much predictions are too high, against the predictions.

    Parameters
    ----------
    truth : ndarray of shape (n_rows,)
        The true numbers.
    numbers : mapping of str to ndarray of that shape
        What each method predicts.

    Returns
    -------
    Drawing
        Its vertical axes may leave out the widest hundredth of the errors, since a
        single outlier would flatten all others.
    """
    rows = _some(truth)
    widest = [float(np.quantile(np.abs(n - truth), 0.99)) for n in numbers.values()]
    limit = 1.05 * max(widest) or 1.0
    with figure_style():
        figure, panels = _panels([*numbers])
        for axes, tone, predicted in zip(
            panels, _TONES, numbers.values(), strict=False
        ):
            axes.axhline(0, color=MUTED.light, lw=1, ls=(0, (4, 3)))
            _draw_points(axes, predicted[rows], (predicted - truth)[rows], tone)
            _scale(axes, log_x=_is_wide(predicted))
            axes.set_ylim(-limit, limit)
            label_axes(axes, x="predicted")
        label_axes(panels[0], x="predicted", y="predicted less true")
        image = finish(figure)
    caption = (
        f"Errors of {' and of '.join(numbers)} over all folds against what is "
        "predicted; above the dashed line, predictions are too high. A slope or a fan "
        "shows that errors depend on the prediction. The largest 1 % of errors may be "
        "cut off."
        f"{_how_many(len(truth))}"
    )
    return Drawing("residuals", image, caption)


def _panels(names: list[str]) -> tuple[Figure, list[Axes]]:
    from matplotlib.figure import Figure

    height = _SIZE + 0.95
    figure = Figure(figsize=(WIDTH, height), dpi=72)
    panels = []
    for position, title in enumerate(distinct(names, _LONGEST_TITLE)):
        left = (_LEFT + position * (_SIZE + _APART)) / WIDTH
        box = (left, 0.55 / height, _SIZE / WIDTH, _SIZE / height)
        axes = figure.add_axes(box)
        axes.set_title(title, fontsize=8, loc="left")
        panels.append(axes)
    return figure, panels


def _draw_points(axes: Axes, x: Floats, y: Floats, tone: str) -> None:
    color = fusion_tone(tone).light
    axes.plot(x, y, "o", ms=3, mew=0, alpha=0.45, color=color)


def _scale(axes: Axes, *, log_x: bool, log_y: bool = False) -> None:
    """Scale the axes, and write 5,000 as 5k beside them, 0.002 as 2m."""
    from matplotlib.ticker import EngFormatter, MaxNLocator, NullFormatter

    axes.set_xscale("log" if log_x else "linear")
    axes.set_yscale("log" if log_y else "linear")
    for axis, is_log in ((axes.xaxis, log_x), (axes.yaxis, log_y)):
        if not is_log:
            axis.set_major_locator(MaxNLocator(6))
        axis.set_major_formatter(EngFormatter(sep=""))
        axis.set_minor_formatter(NullFormatter())


def _is_wide(*numbers: Floats) -> bool:
    low = min(float(each.min()) for each in numbers)
    return low > 0 and max(float(each.max()) for each in numbers) > _WIDE * low


def _some(truth: Floats) -> NDArray[np.intp]:
    """Choose rows to draw: all, or evenly spread ones from the least to the greatest.

    So the least and the greatest are among them.
    """
    places = np.linspace(0, len(truth) - 1, min(len(truth), _MOST_POINTS))
    return np.argsort(truth, kind="stable")[places.round().astype(np.intp)]


def _how_many(n: int) -> str:
    some = f" {_MOST_POINTS:,} of {n:,} points are drawn."
    return some if n > _MOST_POINTS else ""
