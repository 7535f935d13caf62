"""Labels beside points, placed so that none hides another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Label", "place_labels", "text_size"]

_RADIUS = 4.0
_GAP = 3.0
_DISTANCES = (4.5, 10.0, 18.0)
# Above first: lines between points run more across than up.
_DIRECTIONS = ((0, 1), (1, 1), (-1, 1), (1, 0), (-1, 0), (0, -1), (1, -1), (-1, -1))


class Label(NamedTuple):
    """A text for the point at ``x, y``, in the units of the axes.

    Attributes
    ----------
    text : str
        What it says.
    x, y : float
        The point that it belongs to, in the units of the axes.
    size : float
        Of the font, in typographic points.
    color : str
        As matplotlib takes it.
    """

    text: str
    x: float
    y: float
    size: float
    color: str


class _Box(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other: _Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )

    def is_within(self, other: _Box) -> bool:
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.bottom <= self.bottom
            and self.top <= other.top
        )


def place_labels(
    axes: Axes, labels: Sequence[Label], points: Sequence[tuple[float, float]]
) -> None:
    """Write each label near its point where nothing else is; leave out the rest.

    Parameters
    ----------
    axes : Axes
        With its limits fixed, on a figure of 72 dots per inch, where a pixel is a
        typographic point.
    labels : sequence of Label
        The most important first: each takes the first free place around its point.
    points : sequence of (float, float)
        All points that are drawn, which no label may cover.

    Notes
    -----
    A greedy form of point-feature label placement [1]_.

    References
    ----------
    .. [1] J. Christensen, J. Marks, S. Shieber (1995). An empirical study of algorithms
       for point-feature label placement. ACM Transactions on Graphics 14(3), 203-232.
    """
    to_pixels = axes.transData.transform
    taken = [
        _sized(tuple(to_pixels(point)), 2 * _RADIUS, 2 * _RADIUS) for point in points
    ]
    frame = _Box(*axes.bbox.extents)
    for label in labels:
        x, y = to_pixels((label.x, label.y))
        width, height = text_size(label.text, label.size)
        for dx, dy in _offsets(width, height):
            box = _sized((x + dx, y + dy), width + _GAP, height)
            if box.is_within(frame) and not any(map(box.overlaps, taken)):
                taken.append(box)
                _write(axes, label, dx, dy, is_far=abs(dy) > _DISTANCES[0] + height)
                break


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


def _offsets(width: float, height: float) -> Iterator[tuple[float, float]]:
    """Yield where a label's middle may lie from its point, the nearest first."""
    for distance in _DISTANCES:
        for right, up in _DIRECTIONS:
            yield right * (distance + width / 2), up * (distance + height / 2)


def _sized(center: Sequence[float], width: float, height: float) -> _Box:
    x, y = center
    return _Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _write(axes: Axes, label: Label, dx: float, dy: float, *, is_far: bool) -> None:
    line: dict[str, Any] = {"arrowstyle": "-", "color": label.color, "lw": 0.5}
    axes.annotate(
        label.text,
        (label.x, label.y),
        xytext=(dx, dy),
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=label.size,
        color=label.color,
        arrowprops=line if is_far else None,
    )
