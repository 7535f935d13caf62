"""The ``scene_questions`` dataset: questions about scenes, each answered by ten."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from mmbench.datasets.card import load_card
from mmbench.datasets.glyphs import find_font, read_font
from mmbench.datasets.samples import Samples
from mmbench.datasets.scenes.descriptions import (
    N_COLOURS,
    N_GLYPHS,
    N_PLACES,
    Scene,
    draw_scenes,
)
from mmbench.datasets.scenes.pictures import draw_pictures
from mmbench.datasets.scenes.wording import COLOURS, GLYPHS, PLACES, with_article
from mmbench.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import RandomState

__all__ = ["load_scene_questions", "make_scene_questions"]

_N_PEOPLE = 10
# How probable it is that one of them says another word for it, and that they are wrong.
_SYNONYM, _WRONG = 0.15, 0.05
_COUNTS = (("1", "one"), ("2", "two"), ("3", "three"))
_YES, _NO, _NOTHING = ("yes",), ("no",), ("nothing", "empty")


class _Asked(NamedTuple):
    """A question and its answer.

    Attributes
    ----------
    kind, text : str
        What sort of question it is, and its words.
    answer : tuple of str
        The words for the answer, the commonest first.
    others : sequence of tuple of str
        What else might be answered.
    """

    kind: str
    text: str
    answer: tuple[str, ...]
    others: Sequence[tuple[str, ...]]


def load_scene_questions() -> Samples:
    """Return the questions of one fixed setting of :func:`make_scene_questions`.

    Returns
    -------
    Samples
        600 questions about 120 pictures.

    Raises
    ------
    DataError
        When matplotlib's DejaVu Sans is missing, or its version differs from the
        one whose checksum the card pins.

    Examples
    --------
    >>> samples = load_scene_questions()
    >>> samples.X["question"].iloc[1], str(samples.y[1])
    ('where is the flag?', 'bottom left')
    """
    return make_scene_questions(120, random_state=0)


def make_scene_questions(
    n_pictures: int = 120, *, random_state: int | RandomState | None = None
) -> Samples:
    """Make pictures of one to three glyphs, with five questions each.

    Asked is what colour a glyph has, where it is, what is in a corner, how many symbols
    there are, and whether something is there or has a colour. Ten people answer each,
    of whom some say a synonym and few are wrong.

    Parameters
    ----------
    n_pictures : int, default=120
        How many pictures, 2 to 10,000.
    random_state : int, RandomState or None, default=None
        Seeds the draws. An int gives the same samples on every machine.

    Returns
    -------
    Samples
        One row per question: column ``question`` of strings, column ``image`` of
        48x48x3 uint8 arrays; `y` is the commonest answer and ``truth`` holds all ten.

    Raises
    ------
    UsageError
        When `n_pictures` is out of its range.
    DataError
        When matplotlib's DejaVu Sans is missing, or is another version.
    """
    import pandas as pd
    from sklearn.utils import check_random_state

    from mmbench.tasks.answering.references import answer_target

    if not 2 <= n_pictures <= 10_000:
        raise UsageError(f"n_pictures must be 2 to 10,000, got {n_pictures!r}.")
    rng = check_random_state(random_state)
    scenes = draw_scenes(rng, n_pictures)
    font = read_font(find_font(), load_card("scene_questions").checksum)
    pictures = draw_pictures(rng, scenes, font)
    asked = [(i, ask(rng, scene)) for i, scene in enumerate(scenes) for ask in _KINDS]
    target = answer_target([_people(rng, each) for _, each in asked])
    X = pd.DataFrame(
        {
            "question": pd.Series([each.text for _, each in asked], dtype=object),
            "image": pd.Series([pictures[i] for i, _ in asked], dtype=object),
        }
    )
    names = [f"scene-{i:04d}/{each.kind}" for i, each in asked]
    X.index = pd.Index(names, name="question_id")
    slices = {"question_type": [each.kind for _, each in asked]}
    return Samples(X, target.y, truth=target.truth, slices=slices)


def _people(rng: RandomState, asked: _Asked) -> list[str]:
    """Return what ten people answer."""
    found = []
    for _ in range(_N_PEOPLE):
        words: Sequence[str] = asked.answer
        if asked.others and rng.random_sample() < _WRONG:
            words = asked.others[rng.randint(len(asked.others))]
        says_another = len(words) > 1 and rng.random_sample() < _SYNONYM
        found.append(words[1] if says_another else words[0])
    return found


def _colour(rng: RandomState, scene: Scene) -> _Asked:
    thing = scene.things[rng.randint(len(scene.things))]
    text = f"what colour is the {_glyph(rng, thing.glyph)}?"
    return _Asked("colour", text, *_among(COLOURS, thing.colour))


def _where(rng: RandomState, scene: Scene) -> _Asked:
    thing = scene.things[rng.randint(len(scene.things))]
    text = f"where is the {_glyph(rng, thing.glyph)}?"
    return _Asked("where", text, *_among(PLACES, thing.place))


def _what(rng: RandomState, scene: Scene) -> _Asked:
    place = rng.randint(N_PLACES)
    text = f"what is in the {PLACES[place][0]} corner?"
    there = [thing.glyph for thing in scene.things if thing.place == place]
    names = (*GLYPHS, _NOTHING)
    return _Asked("what", text, *_among(names, there[0] if there else len(GLYPHS)))


def _how_many(_rng: RandomState, scene: Scene) -> _Asked:
    answer = _among(_COUNTS, len(scene.things) - 1)
    return _Asked("how many", "how many symbols are there?", *answer)


def _whether(rng: RandomState, scene: Scene) -> _Asked:
    shown = {thing.glyph: thing.colour for thing in scene.things}
    glyphs = list(shown)
    if rng.random_sample() < 0.5:
        holds = rng.random_sample() < 0.5
        others = [glyph for glyph in range(N_GLYPHS) if glyph not in shown]
        glyph = rng.choice(glyphs if holds else others)
        text = f"is there {with_article(_glyph(rng, glyph))}?"
    else:
        glyph = rng.choice(glyphs)
        holds = rng.random_sample() < 0.5
        others = [colour for colour in range(N_COLOURS) if colour != shown[glyph]]
        colour = shown[glyph] if holds else rng.choice(others)
        text = f"is the {_glyph(rng, glyph)} {COLOURS[colour][0]}?"
    return _Asked("whether", text, *((_YES, [_NO]) if holds else (_NO, [_YES])))


_KINDS: tuple[Callable[[RandomState, Scene], _Asked], ...] = (
    _colour,
    _where,
    _what,
    _how_many,
    _whether,
)


def _glyph(rng: RandomState, glyph: int) -> str:
    """Return a word for a glyph."""
    words = GLYPHS[glyph]
    return words[rng.randint(len(words))]


def _among(names: Sequence[tuple[str, ...]], right: int) -> Any:
    """Return the words for the right one, and those for all others."""
    return names[right], [each for i, each in enumerate(names) if i != right]
