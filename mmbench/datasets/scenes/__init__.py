"""The ``scenes`` dataset: small pictures of glyphs, and captions that describe them.

What every picture shows and what every caption says of it is known, so it can be
counted which captions fit which pictures, and so how often the best possible method
finds the right one (:func:`~mmbench.datasets.scenes.best.best_hit_rates`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.datasets.card import load_card
from mmbench.datasets.glyphs import find_font, read_font
from mmbench.datasets.samples import Samples
from mmbench.datasets.scenes.best import BestHitRates, best_hit_rates
from mmbench.datasets.scenes.descriptions import (
    N_CAPTIONS,
    Caption,
    Known,
    Scene,
    Thing,
    describe,
    draw_scenes,
)
from mmbench.datasets.scenes.pictures import draw_pictures
from mmbench.datasets.scenes.wording import write
from mmbench.errors import UsageError

if TYPE_CHECKING:
    from numpy.random import RandomState

__all__ = [
    "SETTING",
    "BestHitRates",
    "Caption",
    "Known",
    "Scene",
    "Thing",
    "best_hit_rates",
    "load_scenes",
    "make_scenes",
]

SETTING: dict[str, Any] = {"n_pictures": 800, "omission": 0.15, "random_state": 0}
"""What :func:`load_scenes` passes on."""

_N_TEST_PICTURES = 200


def load_scenes() -> Samples:
    """Return the pairs of one fixed setting of :func:`make_scenes`.

    Returns
    -------
    Samples
        4,000 pairs of 800 pictures; those of the last 200 are the official test rows.

    Raises
    ------
    DataError
        When matplotlib's DejaVu Sans is missing, or its version differs from the
        one whose checksum the card pins.

    Examples
    --------
    >>> samples = load_scenes()
    >>> samples.X["text"].iloc[24], samples.X["image"].iloc[24].shape
    ('at the top right a blue sun', (48, 48, 3))
    """
    samples, _ = make_scenes(**SETTING)
    split = np.full(len(samples.y), "train")
    split[-_N_TEST_PICTURES * N_CAPTIONS :] = "test"
    return samples._replace(split=split)


def make_scenes(
    n_pictures: int = 500,
    *,
    omission: float = 0.15,
    random_state: int | RandomState | None = None,
) -> tuple[Samples, Known]:
    """Make pictures of one to three glyphs, with five captions each.

    A picture has a glyph in up to three of its four corners, each in one of six
    colours; no two pictures show the same. Each caption puts what it says into another
    template, by words that it draws from synonyms, in any order; and it may leave out a
    colour, a place, or one of several glyphs, so that it may fit several pictures.

    Parameters
    ----------
    n_pictures : int, default=500
        How many pictures, 2 to 10,000.
    omission : float in [0, 1), default=0.15
        The probability that a caption leaves out the colour, or the place, of a glyph
        that it names, and that it leaves out one glyph of several.
    random_state : int, RandomState or None, default=None
        Seeds the draws. An int gives the same samples on every machine.

    Returns
    -------
    samples : Samples
        One row per caption: column ``text`` of strings, column ``image`` of 48x48x3
        uint8 arrays; `y` is the picture's name.
    known : Known
        What each picture shows, and what each row's caption says, for
        :func:`best_hit_rates`.

    Raises
    ------
    UsageError
        When a parameter is out of its range.
    DataError
        When matplotlib's DejaVu Sans is missing, or is another version.

    Examples
    --------
    >>> samples, known = make_scenes(20, omission=0, random_state=0)
    >>> best_hit_rates(known)
    BestHitRates(text_to_image=1.0, image_to_text=1.0)
    """
    import pandas as pd
    from sklearn.utils import check_random_state

    if not 2 <= n_pictures <= 10_000:
        raise UsageError(f"n_pictures must be 2 to 10,000, got {n_pictures!r}.")
    if not 0 <= omission < 1:
        raise UsageError(
            f"omission must be at least 0 and less than 1, got {omission!r}."
        )
    rng = check_random_state(random_state)
    scenes = draw_scenes(rng, n_pictures)
    captions = [
        caption
        for picture, scene in enumerate(scenes)
        for caption in describe(rng, scene, picture, omission)
    ]
    templates = [t for _ in scenes for t in rng.permutation(N_CAPTIONS).tolist()]
    texts = [write(rng, c, t) for c, t in zip(captions, templates, strict=True)]
    font = read_font(find_font(), load_card("glyphs").checksum)
    pictures = draw_pictures(rng, scenes, font)
    names = [f"scene-{picture:04d}" for picture in range(n_pictures)]
    rows = [caption.picture for caption in captions]
    X = pd.DataFrame(
        {
            "text": pd.Series(texts, dtype=object),
            "image": pd.Series([pictures[row] for row in rows], dtype=object),
        }
    )
    X.index = pd.Index(
        [f"{names[row]}/{i % N_CAPTIONS}" for i, row in enumerate(rows)], name="pair"
    )
    slices = {"glyphs in the picture": [str(len(scenes[row].things)) for row in rows]}
    y = np.array([names[row] for row in rows])
    return Samples(X, y, slices=slices), Known(scenes, captions, omission)
