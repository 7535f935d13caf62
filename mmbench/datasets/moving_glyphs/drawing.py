"""Clips drawn with DejaVu Sans, frame by frame."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.datasets.moving_glyphs.scripts import COLOURS, GLYPHS, Script

if TYPE_CHECKING:
    from numpy.random import RandomState
    from numpy.typing import NDArray

__all__ = ["SIDE", "draw_clip"]

SIDE = 40
# How far a glyph goes to either side of the middle of its path, and by how many
# points it is larger or smaller in the end than half-way.
_REACH, _FONT_SIZE, _SWELL = 7, 14, 5
_WAYS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_NOISE = 6
_PAPER = (236, 236, 228)
_FLASH_WIDTH = 2


def draw_clip(
    rng: RandomState, script: Script, n_frames: int, font: bytes
) -> NDArray[np.uint8]:
    """Draw what happens in a clip, with noise on every pixel.

    Parameters
    ----------
    rng : RandomState
        Draws the noise.
    script : Script
        What happens.
    n_frames : int
        How many frames.
    font : bytes
        DejaVu Sans.

    Returns
    -------
    ndarray of uint8, shape (n_frames, 40, 40, 3)
        The glyph moves evenly; a ring stands around it in three frames where it
        flashes.
    """
    frames = [_frame(script, i, n_frames, font) for i in range(n_frames)]
    noise = rng.randint(-_NOISE, _NOISE + 1, size=(n_frames, SIDE, SIDE, 3))
    noisy = np.clip(np.array(frames, np.int16) + noise, 0, 255)
    return np.asarray(noisy, np.uint8)


def _frame(script: Script, position: int, n_frames: int, font: bytes) -> Any:
    from PIL import Image, ImageDraw

    time = 2 * position / (n_frames - 1) - 1  # from -1 to 1
    right, down = _WAYS.get(script.motion, (0, 0))
    swell = {"grow": 1, "shrink": -1}.get(script.motion, 0)
    at = (
        script.centre[0] + round(_REACH * time * right),
        script.centre[1] + round(_REACH * time * down),
    )
    picture = Image.new("RGB", (SIDE, SIDE), _PAPER)
    pen = ImageDraw.Draw(picture)
    face = _face(font, _FONT_SIZE + round(_SWELL * time * swell))
    ink = COLOURS[script.colour]
    pen.text(at, GLYPHS[script.glyph], fill=ink, font=face, anchor="mm")
    if script.flash >= 0 and abs(position - script.flash) <= 1:
        radius = 11 if position == script.flash else 9
        box = (at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius)
        pen.ellipse(box, outline=(20, 20, 20), width=_FLASH_WIDTH)
    return np.asarray(picture)


@cache
def _face(font: bytes, size: int) -> Any:
    from PIL import ImageFont

    # The basic layout is in every Pillow.
    layout = ImageFont.Layout.BASIC
    return ImageFont.truetype(io.BytesIO(font), size, layout_engine=layout)
