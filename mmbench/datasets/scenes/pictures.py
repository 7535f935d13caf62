"""Pictures of scenes, drawn with DejaVu Sans."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.datasets.scenes.descriptions import Scene

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import RandomState
    from numpy.typing import NDArray

__all__ = ["draw_pictures"]

CHARACTERS = "★☀♥✈☎☂☁⚓♛✎✉☾⚑☠♞✿❄⚙☕⌂"
_INKS = (
    (220, 20, 40),
    (245, 150, 10),
    (20, 150, 60),
    (30, 80, 220),
    (140, 40, 170),
    (20, 20, 20),
)
_SIZE, _CELL, _FONT_SIZE = 48, 24, 19
# A glyph is up to so many pixels off the centre of its corner.
_SHIFT = 1


def draw_pictures(
    rng: RandomState, scenes: Sequence[Scene], font: bytes
) -> list[NDArray[np.uint8]]:
    """Draw scenes on white paper.

    Parameters
    ----------
    rng : RandomState
        Draws by how much a glyph is off the centre of its corner.
    scenes : sequence of Scene
        What to draw.
    font : bytes
        DejaVu Sans.

    Returns
    -------
    list of ndarray of uint8, shape (48, 48, 3)
        One a scene.
    """
    from PIL import Image, ImageDraw, ImageFont

    layout = ImageFont.Layout.BASIC
    face = ImageFont.truetype(io.BytesIO(font), _FONT_SIZE, layout_engine=layout)
    pictures: list[Any] = []
    for scene in scenes:
        picture = Image.new("RGB", (_SIZE, _SIZE), "white")
        pen = ImageDraw.Draw(picture)
        for glyph, colour, place in scene.things:
            shift = rng.randint(-_SHIFT, _SHIFT + 1, size=2)
            row, column = divmod(place, 2)
            centre = np.array([column, row]) * _CELL + _CELL // 2 + shift
            where = (int(centre[0]), int(centre[1]))
            pen.text(
                where, CHARACTERS[glyph], fill=_INKS[colour], font=face, anchor="mm"
            )
        pictures.append(np.array(picture))
    return pictures
