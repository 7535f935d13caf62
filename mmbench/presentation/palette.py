"""Which colour and which shape stands for what, in figures and in the page.

The colours are chosen after Okabe and Ito's set [1]_, darkened on white and lightened
on black until each stands out at least 3:1 from its ground (WCAG 2.2, 1.4.11). No
figure relies on colour alone: a hint over each point says its method.

References
----------
.. [1] M. Okabe, K. Ito (2008). Color universal design: how to make figures and
   presentations that are friendly to colorblind people.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["FUSIONS", "GRID", "INK", "MUTED", "PAPER", "Tone", "fusion_tone", "marker"]


class Tone(NamedTuple):
    """A colour on white and on black, and the CSS variable that holds it.

    Attributes
    ----------
    variable : str
        The name of the CSS variable.
    light : str
        The colour on white, as a hexadecimal code.
    dark : str
        The colour on black, as a hexadecimal code.
    """

    variable: str
    light: str
    dark: str


INK = Tone("--ink", "#1b2430", "#e8ecf1")
MUTED = Tone("--muted", "#5a6675", "#9aa7b6")
GRID = Tone("--line", "#dfe4ea", "#313b47")
PAPER = Tone("--paper", "#fefefe", "#171c23")

FUSIONS = {
    "none": Tone("--fusion-none", "#6b7683", "#a3afbd"),
    "early": Tone("--fusion-early", "#0069a8", "#5ab4ee"),
    "late": Tone("--fusion-late", "#c74e00", "#ff9a4d"),
    "hybrid": Tone("--fusion-hybrid", "#a03c78", "#e893c4"),
    "stacked": Tone("--fusion-stacked", "#007a5a", "#3fcf9f"),
    "joint": Tone("--fusion-joint", "#8a6d00", "#e3c04a"),
    "attention": Tone("--fusion-attention", "#6a4bc4", "#b49cff"),
    "similarity": Tone("--fusion-similarity", "#b3261e", "#ff8a80"),
}
_OTHER = Tone("--fusion-other", "#3d4753", "#cbd3dc")

TONES = (INK, MUTED, GRID, PAPER, *FUSIONS.values(), _OTHER)
"""All of them, for the style sheet."""

_SHAPES = {"text": "o", "image": "s", "numeric": "^", "categorical": "v"}
_JOINED_SHAPES = {"image+text": "D", "numeric+text": "P", "image+numeric": "X"}


def fusion_tone(fusion: str) -> Tone:
    """Return the colour of a kind of fusion.

    Parameters
    ----------
    fusion : str
        The kind, such as ``"late"``; empty for methods without fusion.

    Returns
    -------
    Tone
        Its colour; kinds without one of their own share one.
    """
    return FUSIONS.get(fusion or "none", _OTHER)


def marker(modalities: str) -> str:
    """Return matplotlib's marker for a set of modalities, whatever their order.

    Parameters
    ----------
    modalities : str
        Names joined by ``+``; empty for methods that see nothing.

    Returns
    -------
    str
        A marker's code for ``Axes.plot``.

    Examples
    --------
    >>> marker("text"), marker("text+image"), marker("image+text"), marker("")
    ('o', 'D', 'D', 'x')
    """
    parts = sorted(set(modalities.split("+")))
    if not modalities:
        return "x"
    if len(parts) == 1:
        return _SHAPES.get(parts[0], "h")
    return _JOINED_SHAPES.get("+".join(parts), "*")
