"""How often the best possible method finds what belongs to a picture or a caption."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mmbench.datasets.scenes.descriptions import (
    N_GLYPHS,
    UNSAID,
    Caption,
    Known,
    Scene,
    likelihood,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BestHitRates", "best_hit_rates"]


class BestHitRates(NamedTuple):
    """The best hit rates at 1 that can be expected.

    Attributes
    ----------
    text_to_image, image_to_text : float
        A share of captions, and of pictures, 0 to 1.
    """

    text_to_image: float
    image_to_text: float

    @property
    def mean(self) -> float:
        """The mean of both directions."""
        return (self.text_to_image + self.image_to_text) / 2


def best_hit_rates(known: Known, rows: Iterable[int] | None = None) -> BestHitRates:
    r"""Return the best hit rates at 1 that can be expected of any method.

    Nothing is fitted. A caption that leaves something out may fit several pictures; the
    probability that it was made for one of them is

    .. math:: P(j \\mid c) = P(c \\mid j) / \\sum_i P(c \\mid i),

    with sums over the pictures of the gallery, as many captions having been made for
    each. A method that is asked for the picture of caption :math:`c` is right with
    probability :math:`\\max_j P(j \\mid c)` at best; one that is asked for a caption of
    picture :math:`j`, with :math:`\\max_c P(j \\mid c)`. The rates are the means of
    these over captions and over pictures.

    Parameters
    ----------
    known : Known
        What all pictures show, and all captions say.
    rows : iterable of int, optional
        The rows of a test set; by default all. Its captions are the queries and, the
        other way round, the gallery; its pictures are the same.

    Returns
    -------
    BestHitRates

    Examples
    --------
    Of two pictures that differ in a colour, a caption without it may be of either.

    >>> from mmbench.datasets.scenes import Caption, Known, Scene, Thing
    >>> scenes = [Scene((Thing(0, colour, 0),)) for colour in (0, 1)]
    >>> said = [Caption(0, (Thing(0, -1, 0),)), Caption(1, (Thing(0, 1, 0),))]
    >>> best_hit_rates(Known(scenes, said, 0.15))
    BestHitRates(text_to_image=0.75, image_to_text=0.75)
    """
    captions = known.captions
    if rows is not None:
        captions = [known.captions[row] for row in rows]
    gallery = sorted({caption.picture for caption in captions})
    shown = _Shown([known.scenes[picture] for picture in gallery], known.omission)
    best_of_picture = np.zeros(len(gallery))
    best_of_captions = []
    for caption in captions:
        likely = shown.likelihoods(caption)
        posterior = likely / likely.sum()
        best_of_captions.append(posterior.max())
        np.maximum(best_of_picture, posterior, out=best_of_picture)
    return BestHitRates(float(np.mean(best_of_captions)), float(best_of_picture.mean()))


class _Shown:
    """What the pictures of a gallery show, by glyph."""

    def __init__(self, scenes: Sequence[Scene], omission: float) -> None:
        n_things = np.array([len(scene.things) for scene in scenes])
        self._colour, self._place = np.full((2, N_GLYPHS, len(scenes)), UNSAID)
        for number, scene in enumerate(scenes):
            for glyph, colour, place in scene.things:
                self._colour[glyph, number] = colour
                self._place[glyph, number] = place
        of_numbers = np.vectorize(likelihood, otypes=[float])
        self._prior = {n: of_numbers(n, n_things, omission) for n in (1, 2, 3)}

    def likelihoods(self, caption: Caption) -> NDArray[np.float64]:
        """Return how probable a caption is for each picture, but for a factor."""
        fits = np.logical_and.reduce(list(self._fits(caption)))
        found: NDArray[np.float64] = fits * self._prior[len(caption.things)]
        return found

    def _fits(self, caption: Caption) -> Iterator[NDArray[np.bool_]]:
        for glyph, colour, place in caption.things:
            yield self._colour[glyph] != UNSAID
            if colour != UNSAID:
                yield self._colour[glyph] == colour
            if place != UNSAID:
                yield self._place[glyph] == place
