"""The words of captions: synonyms, and five templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mmbench.datasets.scenes.descriptions import UNSAID, Caption, Thing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import RandomState

__all__ = ["COLOURS", "GLYPHS", "PLACES", "with_article", "write"]

COLOURS = (
    ("red", "crimson"),
    ("orange", "amber"),
    ("green", "emerald"),
    ("blue", "azure"),
    ("purple", "violet"),
    ("black", "dark"),
)
# In the order of the characters in `pictures`.
GLYPHS = (
    *(("star",), ("sun",), ("heart",), ("airplane", "aircraft")),
    *(("telephone", "phone"), ("umbrella", "parasol"), ("cloud",), ("anchor",)),
    *(("crown", "diadem"), ("pencil", "pen"), ("envelope", "letter")),
    *(("moon", "crescent"), ("flag", "banner"), ("skull",), ("horse", "knight")),
    *(("flower", "blossom"), ("snowflake",), ("gear", "cogwheel"), ("cup", "mug")),
    ("house", "hut"),
)
PLACES = (
    ("top left", "upper left"),
    ("top right", "upper right"),
    ("bottom left", "lower left"),
    ("bottom right", "lower right"),
)
_OPENINGS = ("there is", "we see", "a picture of")


def write(rng: RandomState, caption: Caption, template: int) -> str:
    """Word a caption.

    Parameters
    ----------
    rng : RandomState
        Source of random numbers.
    caption : Caption
        What it says.
    template : int
        Which of five templates.

    Returns
    -------
    str
        Lower-case English without a full stop.
    """
    named = [_words(rng, thing) for thing in caption.things]
    if template == 0:
        return _listed([f"{with_article(what)}{_at(where)}" for what, where in named])
    if template == 1:
        opening = _OPENINGS[rng.randint(len(_OPENINGS))]
        things = [f"{with_article(what)}{_at(where)}" for what, where in named]
        return f"{opening} {_listed(things)}"
    if template == 2:
        return "; ".join(f"{what} {where}".strip() for what, where in named)
    if template == 3:
        return _listed([f"{_at(where)} {with_article(what)}" for what, where in named])
    things = [f"{with_article(what)}{_in_corner(where)}" for what, where in named]
    return f"{_listed(things)} on white"


def _words(rng: RandomState, thing: Thing) -> tuple[str, str]:
    """Return what is named, with its colour if that is said, and where it is."""

    def one_of(words: Sequence[str]) -> str:
        return words[rng.randint(len(words))]

    what = one_of(GLYPHS[thing.glyph])
    if thing.colour != UNSAID:
        what = f"{one_of(COLOURS[thing.colour])} {what}"
    return what, "" if thing.place == UNSAID else one_of(PLACES[thing.place])


def with_article(what: str) -> str:
    """Return a thing with its indefinite article.

    Parameters
    ----------
    what : str
        Such as ``"orange sun"``.

    Returns
    -------
    str
        Such as ``"an orange sun"``.
    """
    return f"{'an' if what[0] in 'aeou' else 'a'} {what}"


def _at(where: str) -> str:
    return f" at the {where}" if where else ""


def _in_corner(where: str) -> str:
    return f" in the {where} corner" if where else ""


def _listed(things: Sequence[str]) -> str:
    things = [thing.strip() for thing in things]
    if len(things) == 1:
        return things[0]
    return f"{', '.join(things[:-1])} and {things[-1]}"
