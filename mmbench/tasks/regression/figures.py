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

    Floats = NDArray[np.float64]

__all__ = ["predictions_figure", "residuals_figure"]

_SIZE = 3.4
_LEFT = 0.85
_APART = 0.75
_LONGEST_TITLE = 52
# More points than this hide each other, and make a file that browsers struggle with.
_MOST_POINTS = 1000
_TONES = ("early", "late")


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
    rows = _some(len(truth))
    low, high = float(truth.min()), float(truth.max())
    with figure_style():
        figure, panels = _panels([*numbers])
        for axes, tone, predicted in zip(
            panels, _TONES, numbers.values(), strict=False
        ):
            axes.plot([low, high], [low, high], color=MUTED.light, lw=1, ls=(0, (4, 3)))
            _draw_points(axes, truth[rows], predicted[rows], tone)
            label_axes(axes, x="true")
        label_axes(panels[0], x="true", y="predicted")
        image = finish(figure)
    caption = (
        f"Predictions of {' and of '.join(numbers)} over all folds against the truth. "
        f"On the dashed line, they are right.{_how_many(len(truth))}"
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
    """
    rows = _some(len(truth))
    with figure_style():
        figure, panels = _panels([*numbers])
        for axes, tone, predicted in zip(
            panels, _TONES, numbers.values(), strict=False
        ):
            axes.axhline(0, color=MUTED.light, lw=1, ls=(0, (4, 3)))
            _draw_points(axes, predicted[rows], (predicted - truth)[rows], tone)
            label_axes(axes, x="predicted")
        label_axes(panels[0], x="predicted", y="predicted less true")
        image = finish(figure)
    caption = (
        f"Errors of {' and of '.join(numbers)} over all folds against what is "
        "predicted; above the dashed line, that is too high. A slope or a fan says "
        f"that errors depend on the prediction.{_how_many(len(truth))}"
    )
    return Drawing("residuals", image, caption)


def _panels(names: list[str]) -> tuple[Figure, list[Axes]]:
    from matplotlib.figure import Figure

    height = _SIZE + 0.9
    figure = Figure(figsize=(WIDTH, height), dpi=72)
    panels = []
    for position, title in enumerate(distinct(names, _LONGEST_TITLE)):
        left = (_LEFT + position * (_SIZE + _APART)) / WIDTH
        box = (left, 0.55 / height, _SIZE / WIDTH, _SIZE / height)
        axes = figure.add_axes(box)
        axes.set_title(title, fontsize=8.5, loc="left")
        panels.append(axes)
    return figure, panels


def _draw_points(axes: Axes, x: Floats, y: Floats, tone: str) -> None:
    color = fusion_tone(tone).light
    axes.plot(x, y, "o", ms=3, mew=0, alpha=0.45, color=color)
    axes.locator_params(nbins=6)


def _some(n: int) -> NDArray[np.intp]:
    """Choose rows to draw: all, or evenly spread ones."""
    return np.unique(np.linspace(0, n - 1, min(n, _MOST_POINTS)).astype(np.intp))


def _how_many(n: int) -> str:
    some = f" {_MOST_POINTS:,} of {n:,} points are drawn."
    return some if n > _MOST_POINTS else ""
