"""Labels beside points, placed so that none hides another."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from mmbench.presentation.palette import INK, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Label", "place_labels", "text_size"]

_SIZE = 8.5
_STEPS = 300


class Label(NamedTuple):
    """A text for a point.

    Attributes
    ----------
    x, y : float
        The point, in the units of the axes.
    text : str
        What it says.
    is_strong : bool
        Whether it stands out.
    """

    x: float
    y: float
    text: str
    is_strong: bool


def place_labels(
    axes: Axes, labels: Sequence[Label], points: Sequence[tuple[float, float]]
) -> None:
    """Write each label near its point, away from other labels and points.

    Parameters
    ----------
    axes : Axes
        With its limits fixed, on a figure of 72 dots per inch.
    labels : sequence of Label
        What to write.
    points : sequence of (float, float)
        All points that are drawn.
    """
    from adjustText import adjust_text

    texts = [
        axes.text(
            label.x,
            label.y,
            label.text,
            fontsize=_SIZE,
            fontweight="bold" if label.is_strong else "normal",
            color=INK.light if label.is_strong else MUTED.light,
        )
        for label in labels
    ]
    if texts:
        adjust_text(
            texts,
            *zip(*points, strict=True),
            ax=axes,
            expand=(1.5, 1.5),
            # A limit of time would draw equal figures differently.
            iter_lim=_STEPS,
            arrowprops={"arrowstyle": "-", "color": MUTED.light, "lw": 0.5},
        )


@cache
def text_size(text: str, size: float) -> tuple[float, float]:
    """Return the width and height of a text in typographic points.

    Parameters
    ----------
    text : str
        One line.
    size : float
        Of the font, in typographic points.

    Returns
    -------
    tuple of (float, float)
        Width and height.
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", size=size)
    width, height, _ = text_to_path.get_text_width_height_descent(text, font, False)
    return float(width), float(height)
