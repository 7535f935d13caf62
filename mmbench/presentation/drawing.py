"""The pieces that every figure of a report is drawn from."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from mmbench.presentation.palette import INK, PAPER, fusion_tone, marker
from mmbench.presentation.svg import FONT, figure_style, png_bytes, svg_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

__all__ = [
    "WIDTH",
    "Drawing",
    "Image",
    "Marked",
    "canvas",
    "distinct",
    "draw_legend",
    "draw_point",
    "finish",
    "label_axes",
    "name_lines",
    "part_id",
    "printable",
    "without_glyph",
]

WIDTH = 6.5
"""Of every figure, in inches."""

_LEGEND_HEIGHT = 1.05
_LONGEST_NAME = 70


class Marked(Protocol):
    """What a point's colour and shape say of a method."""

    @property
    def fusion(self) -> str:
        """How it fuses."""

    @property
    def modalities(self) -> str:
        """What it sees."""


@dataclass(frozen=True)
class Image:
    """A figure as a file for pages, and as one for slides and mails.

    Parameters
    ----------
    svg : str
        The SVG file.
    figure : Figure
        What was drawn.
    """

    svg: str
    figure: Figure = field(compare=False, repr=False)

    @property
    def png(self) -> bytes:
        """The PNG file; drawing it takes as long as all the rest of the figure."""
        with figure_style():
            return png_bytes(self.figure)


@dataclass(frozen=True)
class Drawing:
    """A figure and its words.

    Parameters
    ----------
    name : str
        Tells it from the other figures of the dataset.
    image : Image
        The figure.
    caption : str
        What to see in it.
    hints : dict of str to str
        Id of a part of the SVG to the text that pops up over it.
    leaders : list of (int, str)
        What the caption ends with: the methods to look at, with their ranks.
    """

    name: str
    image: Image
    caption: str
    hints: dict[str, str] = field(default_factory=dict)
    leaders: list[tuple[int, str]] = field(default_factory=list)

    @property
    def svg(self) -> str:
        """The SVG file."""
        return self.image.svg


def finish(figure: Figure) -> Image:
    """Return a figure as files; equal figures give equal bytes.

    Parameters
    ----------
    figure : Figure
        The finished figure.

    Returns
    -------
    Image
        The figure and its SVG.
    """
    return Image(svg_text(figure), figure)


def canvas(height: float, *, left: float) -> tuple[Figure, Axes]:
    """Return a figure with axes that leave room for a legend under them.

    Parameters
    ----------
    height : float
        Of the axes, in inches.
    left : float
        Of the room beside them, in inches.

    Returns
    -------
    (Figure, Axes)
        At 72 dots per inch, which is what SVG counts in.
    """
    from matplotlib.figure import Figure

    total = height + _LEGEND_HEIGHT + 0.1
    figure = Figure(figsize=(WIDTH, total), dpi=72)
    share = (WIDTH - left - 0.2) / WIDTH
    box = (left / WIDTH, _LEGEND_HEIGHT / total, share, height / total)
    return figure, figure.add_axes(box)


def draw_point(axes: Axes, x: float, y: float, row: Marked, position: int) -> None:
    """Draw a method: its colour is its fusion, its shape its modalities.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    x, y : float
        The point, in the units of the axes.
    row : Marked
        The method's fusion and modalities.
    position : int
        The method's row in its table, from 0; gives the point its id.
    """
    look = _look(row.fusion, row.modalities)
    axes.plot([x], [y], gid=part_id(position), zorder=3, **look)


def draw_legend(figure: Figure, rows: Sequence[Marked]) -> None:
    """Explain colours and shapes in two lines under the figure.

    Parameters
    ----------
    figure : Figure
        The figure, which needs room at its lower edge.
    rows : sequence of Marked
        The methods whose fusions and modalities appear.
    """
    fusions = sorted({row.fusion or "none" for row in rows})
    shapes = sorted({row.modalities for row in rows})
    colours = [_handle(fusion, _look(fusion, "text")) for fusion in fusions]
    forms = [_handle(shape or "none", _look("", shape)) for shape in shapes]
    height = figure.get_size_inches()[1]
    for inches, title, handles in [
        (0.32, "fusion", colours),
        (0.06, "modalities", forms),
    ]:
        figure.legend(
            handles=[_handle(f"{title}:", {"linestyle": "none"}), *handles],
            loc="lower left",
            bbox_to_anchor=(0.0, inches / height),
            ncols=len(handles) + 1,
            fontsize=8.5,
            borderpad=0,
            borderaxespad=0,
            handlelength=1.2,
            handletextpad=0.4,
            columnspacing=1.4,
        )


def label_axes(axes: Axes, *, x: str = "", y: str = "") -> None:
    """Name the axes at fixed places.

    Left to itself, matplotlib measures every number beside an axis to find a place, for
    longer than the figure takes otherwise.

    Parameters
    ----------
    axes : Axes
        The axes, at their final size.
    x, y : str, default=""
        The labels, with units; no label where empty.
    """
    height = axes.bbox.height / 72
    width = axes.bbox.width / 72
    axes.set_xlabel(x)
    axes.xaxis.set_label_coords(0.5, -0.3 / height)
    axes.set_ylabel(y)
    axes.yaxis.set_label_coords(-0.5 / width, 0.5)


def name_lines(axes: Axes, names: Sequence[str], *, size: float) -> None:
    """Write a name left of each line 0, 1, ... from the top down.

    Texts alone are drawn many times faster than an axis' marks with their lines.

    Parameters
    ----------
    axes : Axes
        The axes; their vertical range is set.
    names : sequence of str
        The names, the first on top.
    size : float
        Of the font, in typographic points.
    """
    axes.set_yticks([])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    for position, name in enumerate(names):
        axes.annotate(
            name,
            (0, position),
            xycoords=("axes fraction", "data"),
            xytext=(-5, 0),
            textcoords="offset points",
            ha="right",
            va="center_baseline",
            fontsize=size,
            color=INK.light,
            annotation_clip=False,
        )


def part_id(position: int) -> str:
    """Return the id, inside the SVG, of the point of a method.

    Parameters
    ----------
    position : int
        The method's row in its table, from 0.

    Returns
    -------
    str
        An id that the page's script and styles refer to.
    """
    return f"method-{position}"


def printable(text: str) -> str:
    """Return a name on one line, without what XML forbids, cut where it is endless.

    Parameters
    ----------
    text : str
        A name of any length, from data.

    Returns
    -------
    str
        One line of limited length, with an ellipsis at its end where it was cut.
    """
    flat = _flat(text)
    if len(flat) <= _LONGEST_NAME:
        return flat
    return f"{flat[: _LONGEST_NAME - 1]}\N{HORIZONTAL ELLIPSIS}"


def _flat(text: str) -> str:
    kept = (" " if unicodedata.category(c).startswith("C") else c for c in text)
    return " ".join("".join(kept).split())


def distinct(texts: Sequence[str], longest: int) -> list[str]:
    """Return names cut to a length, so that names that differ still do.

    Parameters
    ----------
    texts : sequence of str
        The names.
    longest : int
        How many characters one may have; at least 8.

    Returns
    -------
    list of str
        Long ones are cut in the middle; those that would look the same have their
        number in front.

    Examples
    --------
    >>> distinct(["talk.politics.mideast", "talk.politics.misc", "sci.med"], 16)
    ['talk.pol…mideast', 'talk.pol…cs.misc', 'sci.med']
    >>> distinct(["talk.politics.old.mideast", "talk.politics.new.mideast"], 16)
    ['1 talk.po…ideast', '2 talk.po…ideast']
    """
    short = [_cut(text, longest) for text in texts]
    twice = {name for name, n in Counter(short).items() if n > 1}
    for number, text in enumerate(texts, start=1):
        if short[number - 1] in twice:
            room = longest - len(str(number)) - 1
            short[number - 1] = f"{number} {_cut(text, room)}"
    return short


def without_glyph(texts: Iterable[str]) -> list[str]:
    """Return the texts with a character that the font of PNG files has no glyph for.

    Parameters
    ----------
    texts : iterable of str
        Names that a figure shows.

    Returns
    -------
    list of str
        Those with at least one missing glyph, in their order.

    Examples
    --------
    >>> without_glyph(["caf\u00e9", "\u6771\u4eac"]) == ["\u6771\u4eac"]
    True
    """
    from matplotlib.font_manager import findfont, get_font

    font = get_font(findfont(FONT))
    known = font.get_charmap()
    return [text for text in texts if any(ord(c) not in known for c in printable(text))]


def _cut(text: str, longest: int) -> str:
    """Return a name on one line, cut in the middle where it is longer."""
    flat = _flat(text)
    if len(flat) <= longest:
        return flat
    end = (longest - 1) // 2
    return f"{flat[: longest - 1 - end]}\N{HORIZONTAL ELLIPSIS}{flat[-end:]}"


def _look(fusion: str, modalities: str) -> dict[str, Any]:
    shape, color = marker(modalities), fusion_tone(fusion).light
    is_line = shape == "x"
    return {
        "marker": shape,
        "color": color,
        "markersize": 6.2 if shape == "D" else 7.2,
        "markeredgecolor": color if is_line else PAPER.light,
        "markeredgewidth": 1.6 if is_line else 0.8,
        "linestyle": "none",
    }


def _handle(label: str, look: dict[str, Any]) -> Line2D:
    from matplotlib.lines import Line2D

    return Line2D([], [], label=printable(label), **look)
