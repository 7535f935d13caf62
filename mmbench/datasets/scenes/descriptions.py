"""What pictures show, and what captions say of them, as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import RandomState

__all__ = [
    "N_CAPTIONS",
    "N_COLOURS",
    "N_GLYPHS",
    "N_PLACES",
    "Caption",
    "Known",
    "Scene",
    "Thing",
    "describe",
    "draw_scenes",
]

N_GLYPHS, N_COLOURS, N_PLACES = 20, 6, 4
N_CAPTIONS = 5
UNSAID = -1
"""The colour or place of a glyph whose caption leaves it out."""

_MOST_THINGS = 3


class Thing(NamedTuple):
    """A glyph of a picture, or what a caption says of one.

    Attributes
    ----------
    glyph, colour, place : int
        Which of all; a colour or place that a caption leaves out is -1.
    """

    glyph: int
    colour: int
    place: int


class Scene(NamedTuple):
    """What a picture shows.

    Attributes
    ----------
    things : tuple of Thing
        One to three, of different glyphs, at different places.
    """

    things: tuple[Thing, ...]


class Caption(NamedTuple):
    """What a caption says.

    Attributes
    ----------
    picture : int
        The number of the scene it was made for.
    things : tuple of Thing
        In the order in which they are named.
    """

    picture: int
    things: tuple[Thing, ...]


class Known(NamedTuple):
    """What is known of all samples.

    Attributes
    ----------
    scenes : sequence of Scene
        What each picture shows.
    captions : sequence of Caption
        What the caption of each row says.
    omission : float
        The probability with which captions leave things out.
    """

    scenes: Sequence[Scene]
    captions: Sequence[Caption]
    omission: float


def draw_scenes(rng: RandomState, n_scenes: int) -> list[Scene]:
    """Draw scenes of which no two show the same.

    Parameters
    ----------
    rng : RandomState
        Source of random numbers.
    n_scenes : int
        How many.

    Returns
    -------
    list of Scene
        Three in six have three things, two have two, one has one.
    """
    found: dict[frozenset[Thing], Scene] = {}
    while len(found) < n_scenes:
        n_things = rng.choice([1, 2, 2, 3, 3, 3])
        glyphs = rng.permutation(N_GLYPHS)[:n_things]
        places = rng.permutation(N_PLACES)[:n_things]
        colours = rng.randint(N_COLOURS, size=n_things)
        things = tuple(
            Thing(int(g), int(c), int(p))
            for g, c, p in zip(glyphs, colours, places, strict=True)
        )
        found.setdefault(frozenset(things), Scene(things))
    return list(found.values())


def describe(
    rng: RandomState, scene: Scene, picture: int, omission: float
) -> list[Caption]:
    """Say five times what a picture shows, leaving things out at random.

    Parameters
    ----------
    rng : RandomState
        Source of random numbers.
    scene : Scene
        What it shows.
    picture : int
        Its number.
    omission : float
        How probable it is to leave out a colour, a place, and one of several things.

    Returns
    -------
    list of Caption
        Five.
    """
    captions = []
    for _ in range(N_CAPTIONS):
        order = rng.permutation(len(scene.things))
        if len(order) > 1 and rng.random_sample() < omission:
            order = order[:-1]
        said = []
        for i in order:
            glyph, colour, place = scene.things[i]
            is_left_out = rng.random_sample(2) < omission
            said.append(
                Thing(
                    glyph,
                    UNSAID if is_left_out[0] else colour,
                    UNSAID if is_left_out[1] else place,
                )
            )
        captions.append(Caption(picture, tuple(said)))
    return captions


def likelihood(n_said: int, n_shown: int, omission: float) -> float:
    """Return how probable it is that a caption names some things of a picture.

    Parameters
    ----------
    n_said, n_shown : int
        How many things the caption names, and how many the picture shows.
    omission : float
        As in :func:`describe`.

    Returns
    -------
    float
        The probability of naming these things and no others.
    """
    if n_said == n_shown:
        return 1.0 if n_shown == 1 else 1 - omission
    return omission / n_shown if n_said == n_shown - 1 else 0.0
