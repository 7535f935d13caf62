"""Grouped bars: one group per line, one bar in it for each of a few series."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from mmbench.presentation.drawing import (
    WIDTH,
    Drawing,
    distinct,
    finish,
    label_axes,
    name_lines,
    part_id,
    printable,
)
from mmbench.presentation.label_placement import text_size
from mmbench.presentation.numbers import score_text
from mmbench.presentation.palette import INK, MUTED, fusion_tone
from mmbench.presentation.svg import figure_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Bar", "bars_drawing"]

_NAME_SIZE, _LONGEST = 8.5, 32
_LINE, _BAR = 0.2, 0.8
_FOOT, _HEAD = 0.55, 0.42
_COLOURS = (fusion_tone("early").light, fusion_tone("late").light, MUTED.light)
_MARGIN = 1.12


class Bar(NamedTuple):
    """One bar.

    Attributes
    ----------
    value : float
        How long it is.
    low, high : float or None
        Its interval, where it has one.
    """

    value: float
    low: float | None = None
    high: float | None = None


def bars_drawing(
    name: str,
    lines: Sequence[str],
    series: Mapping[str, Sequence[Bar | None]],
    *,
    x: str,
    caption: str,
    text: Callable[[float], str] = score_text,
) -> Drawing:
    """Draw groups of bars from the top down.

    Parameters
    ----------
    name : str
        Tells the figure from others.
    lines : sequence of str
        What each group is about.
    series : mapping of str to sequence of (Bar or None)
        Three at most: the bar of each group by the name of the series; None for none.
    x : str
        What bars are as long as.
    caption : str
        What to see.
    text : callable, default=score_text
        Writes a number.

    Returns
    -------
    Drawing
        Numbers pop up over bars.
    """
    from matplotlib.figure import Figure

    shown = distinct([printable(line) for line in lines], _LONGEST)
    per_line = _LINE * (len(series) + 0.6)
    height = per_line * len(lines) + _FOOT + _HEAD
    hints: dict[str, str] = {}
    with figure_style():
        figure = Figure(figsize=(WIDTH, height), dpi=72)
        longest = max(text_size(each, _NAME_SIZE)[0] for each in shown) / 72
        left = min(longest + 0.2, WIDTH * 0.45) / WIDTH
        box = (left, _FOOT / height, 0.97 - left, 1 - (_FOOT + _HEAD) / height)
        axes = figure.add_axes(box)
        for number, (label, bars) in enumerate(series.items()):
            for line, bar in enumerate(bars):
                if bar is None:
                    continue
                part = part_id(number * len(lines) + line)
                _draw(axes, bar, (number, len(series), line), part)
                hints[part] = f"{lines[line]}, {label}: {_told(bar, text)}"
            colour = _COLOURS[number]
            axes.barh([0], [0], color=colour, label=f" {printable(label)}")
        axes.set_xlim(*_range([b for bars in series.values() for b in bars if b]))
        name_lines(axes, shown, size=_NAME_SIZE)
        label_axes(axes, x=x)
        n = len(series)
        corner = (left, 1.0)
        figure.legend(loc="upper left", bbox_to_anchor=corner, ncols=n, fontsize=8.5)
        image = finish(figure)
    return Drawing(name, image, caption, hints)


def _range(bars: Sequence[Bar]) -> tuple[float, float]:
    ends = [end for bar in bars for end in bar if end is not None]
    low, high = min([*ends, 0.0]), max([*ends, 0.0])
    return low * _MARGIN, high * _MARGIN or 1.0


def _draw(axes: Axes, bar: Bar, place: tuple[int, int, int], part: str) -> None:
    number, n_series, line = place
    thick = _BAR / n_series
    y = line + thick * (number - (n_series - 1) / 2)
    axes.barh([y], [bar.value], 0.9 * thick, color=_COLOURS[number], gid=part)
    if bar.low is not None and bar.high is not None:
        axes.plot([bar.low, bar.high], [y, y], color=INK.light, lw=1.1)


def _told(bar: Bar, text: Callable[[float], str]) -> str:
    if bar.low is None or bar.high is None:
        return text(bar.value)
    return f"{text(bar.value)} ({text(bar.low)} to {text(bar.high)})"
