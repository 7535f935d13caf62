"""The ``ambiguous_words`` dataset: English sentences that a picture helps translate.

Half of the sentences name something by a word that German has two words for: a letter
is *ein Brief* or *ein Buchstabe*. Which one is meant, the picture shows.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.datasets.card import load_card
from mmbench.datasets.glyphs import find_font, read_font
from mmbench.datasets.samples import Samples

if TYPE_CHECKING:
    from numpy.random import RandomState
    from numpy.typing import NDArray

__all__ = ["load_ambiguous_words"]

_N_TRAIN, _N_TEST = 600, 300


class _Sense(NamedTuple):
    """What a word means.

    Attributes
    ----------
    english, german : str
        The word, and its translation.
    gender : {"m", "f", "n"}
        That of the German word.
    glyph : str
        The character that shows it.
    """

    english: str
    german: str
    gender: str
    glyph: str


_AMBIGUOUS = (
    _Sense("letter", "Brief", "m", "✉"),
    _Sense("letter", "Buchstabe", "m", "Ω"),
    _Sense("note", "Note", "f", "♫"),
    _Sense("note", "Notiz", "f", "✎"),
    _Sense("key", "Schlüssel", "m", "⚷"),
    _Sense("key", "Taste", "f", "⌘"),
    _Sense("sign", "Schild", "n", "⚠"),
    _Sense("sign", "Sternzeichen", "n", "♌"),
    _Sense("figure", "Spielfigur", "f", "♟"),
    _Sense("figure", "Ziffer", "f", "④"),
    _Sense("flower", "Blume", "f", "⚘"),
    _Sense("flower", "Blüte", "f", "✿"),
)
_CLEAR = (
    _Sense("star", "Stern", "m", "★"),
    _Sense("sun", "Sonne", "f", "☀"),
    _Sense("heart", "Herz", "n", "♥"),
    _Sense("umbrella", "Regenschirm", "m", "☂"),
    _Sense("anchor", "Anker", "m", "⚓"),
    _Sense("telephone", "Telefon", "n", "☎"),
    _Sense("cloud", "Wolke", "f", "☁"),
    _Sense("house", "Haus", "n", "⌂"),
)
# English, German without its ending, and ink.
_COLOURS = (
    ("red", "rot", (220, 20, 40)),
    ("green", "grün", (20, 150, 60)),
    ("blue", "blau", (30, 80, 220)),
    ("black", "schwarz", (20, 20, 20)),
)
# English, German, and where the centre lies: right, down.
_PLACES = (
    ("on the left", "links", (14, 24)),
    ("on the right", "rechts", (34, 24)),
    ("at the top", "oben", (24, 14)),
    ("at the bottom", "unten", (24, 34)),
)
_A = {"m": ("ein", "er"), "f": ("eine", "e"), "n": ("ein", "es")}
_SEEN = {"m": ("einen", "en"), "f": ("eine", "e"), "n": ("ein", "es")}
_THE = {"m": "der", "f": "die", "n": "das"}
_THIS = {"m": "dieser", "f": "diese", "n": "dieses"}
_N_TEMPLATES = 5
# That of them which says nothing of places.
_WITHOUT_PLACE = 3
_SIZE, _FONT_SIZES, _SHIFT = 48, (20, 26), 2


class _Shown(NamedTuple):
    """What a row is about: numbers of a colour, a place and a template.

    Beside it, how it is drawn; no two rows are drawn alike.
    """

    sense: _Sense
    colour: int
    place: int
    template: int
    right: int
    down: int
    size: int


def load_ambiguous_words() -> Samples:
    """Return English sentences, pictures of what they name, and German translations.

    Returns
    -------
    Samples
        900 rows, 300 of them to test on, whose sentences training never saw: column
        ``english`` of strings, column ``image`` of 48x48x3 uint8 arrays; `y` holds the
        German sentence. The slice ``word`` says whether the word is ambiguous, which
        it is in every second row.

    Raises
    ------
    DataError
        When matplotlib's DejaVu Sans is missing, or its version differs from the
        one whose checksum the card pins.

    Examples
    --------
    >>> samples = load_ambiguous_words()
    >>> samples.X["english"].iloc[4], str(samples.y[4, 0])
    ('the note on the left is red', 'die Note links ist rot')
    """
    import pandas as pd

    from mmbench.texts import padded

    font = read_font(find_font(), load_card("ambiguous_words").checksum)
    rng = np.random.RandomState(0)
    rows = _drawn_rows(rng)
    pairs = [_sentences(row) for row in rows]
    X = pd.DataFrame(
        {
            "english": pd.Series([english for english, _ in pairs], dtype=object),
            "image": pd.Series(_pictures(rows, font), dtype=object),
        }
    )
    X.index = pd.Index([f"row-{i:03d}" for i in range(len(rows))], name="row")
    return Samples(
        X,
        padded([[german] for _, german in pairs]),
        split=np.repeat(["train", "test"], [_N_TRAIN, _N_TEST]),
        slices={
            "word": [
                "ambiguous" if row.sense in _AMBIGUOUS else "clear" for row in rows
            ]
        },
    )


def _drawn_rows(rng: RandomState) -> list[_Shown]:
    """Draw what rows are about; every second one has an ambiguous word."""
    found: dict[_Shown, None] = {}
    sides = [_said(rng, _AMBIGUOUS), _said(rng, _CLEAR)]
    while len(found) < _N_TRAIN + _N_TEST:
        is_clear, is_test = len(found) % 2, len(found) >= _N_TRAIN
        said = sides[is_clear][is_test]
        word, *numbers = said[rng.randint(len(said))]
        meant = [each for each in _AMBIGUOUS + _CLEAR if each.english == word]
        sense = meant[rng.randint(len(meant))]
        right, down = rng.randint(-_SHIFT, _SHIFT + 1, size=2).tolist()
        colour, place, template = numbers
        place = int(rng.randint(len(_PLACES))) if place < 0 else place
        size = int(rng.randint(*_FONT_SIZES))
        found[_Shown(sense, colour, place, template, right, down, size)] = None
    return list(found)


def _said(
    rng: RandomState, senses: Sequence[_Sense]
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Return what sentences say, those to train on and those to test on.

    Each is a word, and the numbers of a colour, a place (-1 for none) and a template.
    """
    every = [
        (word, colour, -1 if template == _WITHOUT_PLACE else place, template)
        for word in dict.fromkeys(each.english for each in senses)
        for colour, place, template in itertools.product(
            range(len(_COLOURS)), range(len(_PLACES)), range(_N_TEMPLATES)
        )
    ]
    every = list(dict.fromkeys(every))
    order = [every[i] for i in rng.permutation(len(every))]
    n_test = len(order) * _N_TEST // (_N_TRAIN + _N_TEST)
    return order[n_test:], order[:n_test]


def _sentences(row: _Shown) -> tuple[str, str]:
    """Return what is said in English and in German."""
    word, german, gender, _ = row.sense
    colour, farbe, _ = _COLOURS[row.colour]
    where, wo, _ = _PLACES[row.place]
    a, ending = _A[gender]
    seen_a, seen_ending = _SEEN[gender]
    the, this = _THE[gender], _THIS[gender]
    said = (
        (f"a {colour} {word} is {where}", f"{a} {farbe}{ending} {german} ist {wo}"),
        (f"the {word} {where} is {colour}", f"{the} {german} {wo} ist {farbe}"),
        (
            f"{where} there is a {colour} {word}",
            f"{wo} ist {a} {farbe}{ending} {german}",
        ),
        (f"this {word} is {colour}", f"{this} {german} ist {farbe}"),
        (
            f"we see a {colour} {word} {where}",
            f"wir sehen {wo} {seen_a} {farbe}{seen_ending} {german}",
        ),
    )
    return said[row.template]


def _pictures(rows: Sequence[_Shown], font: bytes) -> list[NDArray[np.uint8]]:
    """Draw each row's glyph on white paper."""
    from PIL import Image, ImageDraw, ImageFont

    layout = ImageFont.Layout.BASIC
    faces = {
        size: ImageFont.truetype(io.BytesIO(font), size, layout_engine=layout)
        for size in range(*_FONT_SIZES)
    }
    pictures: list[Any] = []
    for row in rows:
        picture = Image.new("RGB", (_SIZE, _SIZE), "white")
        right, down = _PLACES[row.place][2]
        ImageDraw.Draw(picture).text(
            (right + row.right, down + row.down),
            row.sense.glyph,
            fill=_COLOURS[row.colour][2],
            font=faces[row.size],
            anchor="mm",
        )
        pictures.append(np.array(picture))
    return pictures
