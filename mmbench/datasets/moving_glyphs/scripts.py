"""What happens in a clip: a glyph, its colour, how it moves, and when it flashes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.random import RandomState

__all__ = ["COLOURS", "GLYPHS", "MOTIONS", "Script", "draw_scripts"]

GLYPHS = {
    "star": "★",
    "sun": "☀",
    "heart": "♥",
    "airplane": "✈",
    "umbrella": "☂",
    "anchor": "⚓",
    "moon": "☾",
    "skull": "☠",
}
COLOURS = {
    "red": (220, 20, 40),
    "orange": (245, 150, 10),
    "green": (20, 150, 60),
    "blue": (30, 80, 220),
    "purple": (140, 40, 170),
}
MOTIONS = ("left", "right", "up", "down", "grow", "shrink")
_FLASHES = 0.5


class Script(NamedTuple):
    """What happens in a clip.

    Attributes
    ----------
    glyph, colour, motion : str
        Keys of ``GLYPHS`` and ``COLOURS``, and one of ``MOTIONS``.
    centre : (int, int)
        Where the glyph is half-way, in pixels: right, down.
    flash : int
        The frame around which it flashes, which is the key frame; -1 for none.
    """

    glyph: str
    colour: str
    motion: str
    centre: tuple[int, int]
    flash: int


def draw_scripts(rng: RandomState, n_clips: int, n_frames: int) -> list[Script]:
    """Draw what happens in clips; all motions are equally frequent.

    Parameters
    ----------
    rng : RandomState
        Source of random numbers.
    n_clips, n_frames : int
        How many clips, and the frames of each.

    Returns
    -------
    list of Script
        In an order that says nothing.
    """
    motions = rng.permutation(np.arange(n_clips) % len(MOTIONS))
    return [draw_script(rng, MOTIONS[motion], n_frames) for motion in motions]


def draw_script(rng: RandomState, motion: str, n_frames: int) -> Script:
    """Draw what happens in a clip, but for its motion.

    Parameters
    ----------
    rng : RandomState
        Source of random numbers.
    motion : str
        One of ``MOTIONS``.
    n_frames : int
        How many frames the clip has, at least 6.

    Returns
    -------
    Script
        The path's middle is anywhere, so that a glyph's position does not reveal its
        direction.
    """
    glyph = list(GLYPHS)[rng.randint(len(GLYPHS))]
    colour = list(COLOURS)[rng.randint(len(COLOURS))]
    right, down = rng.randint(16, 25, size=2).tolist()
    flashes = rng.uniform() < _FLASHES
    flash = int(rng.randint(2, n_frames - 2)) if flashes else -1
    return Script(glyph, colour, motion, (right, down), flash)
