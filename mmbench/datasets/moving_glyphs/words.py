"""Captions of clips, and questions about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mmbench.datasets.moving_glyphs.scripts import COLOURS, GLYPHS, Script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import RandomState

__all__ = ["Question", "captions_of", "questions_of"]

_WAYS = {
    "left": ("moves left", "goes to the left", "drifts leftwards"),
    "right": ("moves right", "goes to the right", "drifts rightwards"),
    "up": ("moves up", "rises", "climbs upwards"),
    "down": ("moves down", "sinks", "falls downwards"),
    "grow": ("grows", "gets larger", "comes closer"),
    "shrink": ("shrinks", "gets smaller", "moves away"),
}
_COLOURS = {
    "red": ("red", "crimson"),
    "orange": ("orange", "amber"),
    "green": ("green", "emerald"),
    "blue": ("blue", "azure"),
    "purple": ("purple", "violet"),
}
_FLASHES = ("flashes", "lights up", "is ringed for a moment")


class Question(NamedTuple):
    """A question about a clip.

    Attributes
    ----------
    kind, text, answer : str
        What is asked, in a word and in words, and the right answer.
    """

    kind: str
    text: str
    answer: str


def captions_of(rng: RandomState, script: Script) -> list[str]:
    """Return three captions of a clip, in other words each.

    Parameters
    ----------
    rng : RandomState
        Source of random numbers.
    script : Script
        What happens.

    Returns
    -------
    list of str
        Lower-case English without a full stop.
    """

    def one_of(words: Sequence[str]) -> str:
        return words[rng.randint(len(words))]

    made = []
    for template in range(3):
        what = f"{one_of(_COLOURS[script.colour])} {script.glyph}"
        does = one_of(_WAYS[script.motion])
        thing = f"{'an' if what[0] in 'aeiou' else 'a'} {what}"
        flash = f" and {one_of(_FLASHES)}" if script.flash >= 0 else ""
        if template == 1:
            made.append(f"we see {thing} that {does}{flash}")
        elif template == 2:
            made.append(f"{what}: it {does}{flash}")
        else:
            made.append(f"{thing} {does}{flash}")
    return made


def questions_of(rng: RandomState, script: Script) -> list[Question]:
    """Return four questions about a clip.

    Parameters
    ----------
    rng : RandomState
        Draws what is asked about, and in which words.
    script : Script
        What happens.

    Returns
    -------
    list of Question
        About motion, colour, glyph, and whether something is so.
    """
    asked = rng.randint(2, size=4)
    if rng.randint(2):
        colour = list(COLOURS)[rng.randint(len(COLOURS))]
        if rng.randint(2):
            colour = script.colour
        glyph = list(GLYPHS)[rng.randint(len(GLYPHS))]
        if rng.randint(2):
            glyph = script.glyph
        yes = (colour, glyph) == (script.colour, script.glyph)
        check = Question("check", f"is there a {colour} {glyph}?", _yes(yes))
    else:
        check = Question("check", "does it flash?", _yes(script.flash >= 0))
    return [
        Question(
            "motion",
            ("which way does it move?", "how does it move?")[asked[0]],
            script.motion,
        ),
        Question(
            "colour", ("what colour is it?", "which colour?")[asked[1]], script.colour
        ),
        Question("glyph", ("what is it?", "what moves?")[asked[2]], script.glyph),
        check,
    ]


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"
