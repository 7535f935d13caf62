"""Figures as SVG and PNG files, equal in, equal bytes; and as a part of a page."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from mmbench.presentation.palette import GRID, INK, MUTED, PAPER, TONES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FONT", "figure_style", "inline_svg", "png_bytes", "svg_text"]

FONT = "DejaVu Sans"
"""What PNG files are written in; the text of SVG files is in the page's own fonts."""

_PNG_DPI = 120

_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "mmbench",
    "text.parse_math": False,
    "axes.unicode_minus": True,
    "font.family": FONT,
    "font.size": 9,
    "text.color": INK.light,
    "axes.labelcolor": MUTED.light,
    "xtick.color": MUTED.light,
    "ytick.color": MUTED.light,
    "axes.edgecolor": GRID.light,
    "axes.facecolor": PAPER.light,
    "figure.facecolor": PAPER.light,
    "savefig.facecolor": PAPER.light,
    "grid.color": GRID.light,
    "grid.linewidth": 0.8,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
}


@contextmanager
def figure_style() -> Iterator[None]:
    """Draw in the style of the reports, whatever the user's matplotlibrc says."""
    from matplotlib import style

    with style.context(_STYLE, after_reset=True), warnings.catch_warnings():
        # The page's own fonts draw the text, so it is no matter what DejaVu lacks.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font")
        yield


def svg_text(figure: Figure) -> str:
    """Return a figure as an SVG file, the same for the same figure.

    Parameters
    ----------
    figure : Figure
        The finished figure.

    Returns
    -------
    str
        The whole file, without date and creator.
    """
    buffer = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(buffer, format="svg", metadata=nothing)
    return buffer.getvalue()


def png_bytes(figure: Figure) -> bytes:
    """Return a figure as a PNG file, the same for the same figure.

    Parameters
    ----------
    figure : Figure
        The finished figure.

    Returns
    -------
    bytes
        The whole file, without date and creator.
    """
    buffer = io.BytesIO()
    figure.savefig(
        buffer,
        format="png",
        dpi=_PNG_DPI,
        metadata={"Software": None},
        # Flat colours hardly gain from more, and it takes three times as long.
        pil_kwargs={"compress_level": 2},
    )
    return buffer.getvalue()


def inline_svg(
    svg: str, *, prefix: str, label: str, hints: Mapping[str, str] | None = None
) -> str:
    """Return an SVG file as a part of a page.

    Parameters
    ----------
    svg : str
        What `svg_text` returned.
    prefix : str
        Goes before every id, so that two figures on a page don't share one.
    label : str
        What the figure shows, for those who can't see it.
    hints : mapping of str to str, optional
        Id of a part to the text that pops up over it.

    Returns
    -------
    str
        An ``<svg>`` element whose colours are the page's CSS variables.
    """
    text = svg[svg.index("<svg") :]
    # This rule would reach out of the figure; the page has it for figures alone.
    text = re.sub(r"<style\b.*?</style>", "", text, flags=re.DOTALL)
    for tone in TONES:
        text = text.replace(f": {tone.light}", f": var({tone.variable})")
    text = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', text)
    text = re.sub(r'xlink:href="#', f'href="#{prefix}-', text)
    text = re.sub(r"url\(#", f"url(#{prefix}-", text)
    text = re.sub(r"\s*\n\s*", " ", text)
    for part, hint in (hints or {}).items():
        start = f'<g id="{prefix}-{part}">'
        text = text.replace(start, f"{start}<title>{escape(hint)}</title>", 1)
    view = re.search(r'viewBox="[^"]+"', text)
    shape = view.group() if view else ""
    root = f'<svg class="plot" role="img" aria-label={quoteattr(label)} {shape}>'
    return root + text[text.index(">") + 1 :]
