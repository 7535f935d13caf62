"""Predicted against true numbers, and residuals against predictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mmbench.presentation.drawing import WIDTH, Drawing, distinct, finish, label_axes
from mmbench.presentation.palette import MUTED, fusion_tone
from mmbench.presentation.svg import figure_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["predicted_figure", "residuals_figure"]

Numbers: TypeAlias = NDArray[np.floating]

_SIZE = 3.3
_LEFT = 0.85
_BETWEEN = 0.75
_MOST_POINTS = 1000
_LONGEST_TITLE = 48
# From here on, positive numbers are drawn by their logarithms.
_WIDE = 100


def predicted_figure(truth: Numbers, predicted: Mapping[str, Numbers]) -> Drawing:
    """Draw what one method or two predict against what is true.

    Parameters
    ----------
    truth : ndarray of shape (n_rows,)
        The true numbers.
    predicted : mapping of str to ndarray of that shape
        Those that each method predicts.

    Returns
    -------
    Drawing
    """
    rows = _drawn(truth)
    found = [truth[rows], *(each[rows] for each in predicted.values())]
    low, high = min(each.min() for each in found), max(each.max() for each in found)
    is_log = low > 0 and high / low > _WIDE
    figure, panels = _panels([*predicted])
    with figure_style():
        for axes, numbers in zip(panels, found[1:], strict=True):
            if is_log:
                axes.set_xscale("log")
                axes.set_yscale("log")
            axes.plot([low, high], [low, high], color=MUTED.light, lw=1, ls=(0, (4, 3)))
            _scatter(axes, found[0], numbers)
            _name(axes, x="true", y="predicted")
        image = finish(figure)
    scale = ", both on a logarithmic scale" if is_log else ""
    caption = (
        f"Predicted against true numbers{scale}, over all folds{_part(truth, rows)}. "
        "On the dashed line, a prediction is exact."
    )
    return Drawing("predicted", image, caption)


def residuals_figure(truth: Numbers, predicted: Mapping[str, Numbers]) -> Drawing:
    """Draw what is left over against what one method or two predict.

    Parameters
    ----------
    truth, predicted
        As in :func:`predicted_figure`.

    Returns
    -------
    Drawing
        Its vertical axis leaves out the widest hundredth of the residuals.
    """
    rows = _drawn(truth)
    residuals = [truth - each for each in predicted.values()]
    limit = max(float(np.quantile(np.abs(each), 0.99)) for each in residuals) or 1.0
    figure, panels = _panels([*predicted])
    with figure_style():
        pairs = zip(panels, predicted.values(), residuals, strict=True)
        for axes, numbers, left_over in pairs:
            if numbers.min() > 0 and numbers.max() / numbers.min() > _WIDE:
                axes.set_xscale("log")
            axes.axhline(0, color=MUTED.light, lw=1, ls=(0, (4, 3)))
            _scatter(axes, numbers[rows], left_over[rows])
            axes.set_ylim(-1.05 * limit, 1.05 * limit)
            _name(axes, x="predicted", y="true less predicted")
        image = finish(figure)
    caption = (
        "What is left of the true numbers when the predicted ones are taken off, over "
        f"all folds{_part(truth, rows)}; the widest hundredth may lie outside. Points "
        "should lie around the dashed line, equally far everywhere."
    )
    return Drawing("residuals", image, caption)


def _drawn(truth: Numbers) -> NDArray[np.intp]:
    """Return the rows that are drawn: all, or evenly many by size of the truth."""
    order = np.argsort(truth, kind="stable")
    if len(order) <= _MOST_POINTS:
        return order
    places = np.linspace(0, len(order) - 1, _MOST_POINTS).round().astype(np.intp)
    return order[places]


def _part(truth: Numbers, rows: NDArray[np.intp]) -> str:
    if len(rows) == len(truth):
        return ""
    return f" ({len(rows):,} of {len(truth):,}, from the least to the greatest)"


def _panels(methods: Sequence[str]) -> tuple[Figure, list[Axes]]:
    from matplotlib.figure import Figure

    height = _SIZE + 0.95
    with figure_style():
        figure = Figure(figsize=(WIDTH, height), dpi=72)
        return figure, list(_titled(figure, distinct(methods, _LONGEST_TITLE), height))


def _titled(figure: Figure, titles: Sequence[str], height: float) -> Iterator[Axes]:
    for position, title in enumerate(titles):
        left = (_LEFT + position * (_SIZE + _BETWEEN)) / WIDTH
        box = (left, 0.55 / height, _SIZE / WIDTH, _SIZE / height)
        axes = figure.add_axes(box)
        axes.set_title(title, fontsize=8.5, loc="left")
        yield axes


def _scatter(axes: Axes, x: Numbers, y: Numbers) -> None:
    color = fusion_tone("early").light
    axes.plot(x, y, ls="none", marker="o", markersize=2.5, color=color, alpha=0.5)


def _name(axes: Axes, *, x: str, y: str) -> None:
    """Name the axes, and write 5,000 as 5k beside them, 0.002 as 2m."""
    from matplotlib.ticker import EngFormatter, NullFormatter

    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(EngFormatter(sep=""))
        axis.set_minor_formatter(NullFormatter())
    label_axes(axes, x=x, y=y)
