"""The scenes: what is drawn, what is said of it, and how much of that can be found."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import numpy as np
import pytest

from mmbench.datasets import checksum_of, load_card
from mmbench.datasets.scenes import SETTING, best_hit_rates, load_scenes, make_scenes
from mmbench.datasets.scenes.descriptions import (
    Caption,
    Known,
    Scene,
    Thing,
    describe,
)
from mmbench.datasets.scenes.wording import write
from mmbench.errors import UsageError

pytestmark = pytest.mark.retrieval
COLOURS = "red crimson orange amber green emerald blue azure purple violet black dark"
INKS = ["red", "orange", "green", "blue", "purple", "black"]


@pytest.fixture(scope="module")
def made() -> Any:
    return make_scenes(60, random_state=0)


def test_every_picture_has_five_captions_of_its_own(made: Any) -> None:
    samples, (scenes, captions, _) = made
    assert len(samples.X) == 5 * len(scenes) == len(captions) == 300
    assert set(Counter(samples.y.tolist()).values()) == {5}
    assert samples.X.index[6] == "scene-0001/1"
    assert [c.picture for c in captions] == np.repeat(np.arange(60), 5).tolist()
    assert len({frozenset(scene.things) for scene in scenes}) == 60


def test_a_picture_has_its_glyphs_in_their_corners_and_nothing_else(made: Any) -> None:
    samples, (scenes, *_) = made
    for scene, picture in zip(scenes, samples.X["image"].iloc[::5], strict=True):
        assert picture.shape == (48, 48, 3)
        corners = {thing.place: thing for thing in scene.things}
        for place in range(4):
            row, column = divmod(place, 2)
            part = picture[24 * row : 24 * row + 24, 24 * column : 24 * column + 24]
            assert (part < 255).any() == (place in corners)
            if place in corners:
                red, green, blue = part.reshape(-1, 3)[
                    part.sum(axis=2).argmin()
                ].tolist()
                name = INKS[corners[place].colour]
                brightest = {"red": red, "orange": red, "green": green, "blue": blue}
                assert max(red, green, blue) == brightest.get(name, max(red, blue))
                assert (max(red, green, blue) < 80) == (name == "black")


def test_glyphs_keep_clear_of_each_other_and_of_all_corners_alike(made: Any) -> None:
    samples, _ = made
    pictures = np.stack(samples.X["image"].iloc[::5].tolist())
    assert (pictures[:, [0, 23, 24, 47]] > 200).mean() > 0.99
    assert (pictures[:, :, [0, 23, 24, 47]] > 200).mean() > 0.98


def test_a_caption_says_what_it_is_meant_to_say(made: Any) -> None:
    samples, (_, captions, _) = made
    for text, caption in zip(samples.X["text"], captions, strict=True):
        words = text.replace(",", "").replace(";", "").split()
        said = [t.colour for t in caption.things if t.colour >= 0]
        named = [COLOURS.split().index(w) // 2 for w in words if w in COLOURS.split()]
        assert named == said
        corners = [
            2 * (first in ("bottom", "lower")) + (second == "right")
            for first, second in itertools.pairwise(words)
            if second in ("left", "right")
        ]
        assert corners == [t.place for t in caption.things if t.place >= 0]


def test_five_templates_word_the_same_in_five_ways() -> None:
    caption = Caption(0, (Thing(5, 1, 0), Thing(0, -1, 3)))
    texts = [write(np.random.RandomState(1), caption, each) for each in range(5)]
    assert texts == [
        "an amber parasol at the top left and a star at the bottom right",
        "we see an amber parasol at the top left and a star at the bottom right",
        "amber parasol top left; star bottom right",
        "at the top left an amber parasol and at the bottom right a star",
        (
            "an amber parasol in the top left corner and a star in the bottom right "
            "corner on white"
        ),
    ]


def test_nothing_left_out_leaves_nothing_to_guess() -> None:
    _, known = make_scenes(200, omission=0, random_state=1)
    assert best_hit_rates(known) == (1, 1)


def test_a_caption_that_fits_two_pictures_is_right_half_the_time() -> None:
    scenes = [Scene((Thing(0, 0, 0),)), Scene((Thing(0, 0, 1),))]
    vague = [Caption(0, (Thing(0, 0, -1),)), Caption(1, (Thing(0, 0, -1),))]
    assert best_hit_rates(Known(scenes, vague, 0.1)) == (0.5, 0.5)
    clear = [*vague, Caption(0, (Thing(0, -1, 0),))]
    assert best_hit_rates(Known(scenes, clear, 0.1)) == (pytest.approx(2 / 3), 0.75)


def test_the_rows_of_a_fold_are_its_queries_and_its_gallery() -> None:
    _, known = make_scenes(40, random_state=0)
    rows = np.flatnonzero(np.repeat(np.arange(40), 5) % 4 == 0)
    pictures = sorted({known.captions[row].picture for row in rows})
    alone = Known(
        [known.scenes[picture] for picture in pictures],
        [
            c._replace(picture=pictures.index(c.picture))
            for c in map(known.captions.__getitem__, rows)
        ],
        known.omission,
    )
    assert best_hit_rates(known, rows) == best_hit_rates(alone)
    assert best_hit_rates(known, rows).mean > best_hit_rates(known).mean


def test_the_best_rate_is_that_of_guessing_by_how_often_captions_are_made() -> None:
    star, sun, moon = Thing(0, 1, 0), Thing(1, 2, 1), Thing(2, 3, 2)
    scenes = [
        Scene(things)
        for things in [(star,), (star, sun), (star._replace(place=3), sun, moon)]
    ]
    rng, omission = np.random.RandomState(0), 0.4
    captions = [
        caption
        for picture, scene in enumerate(scenes)
        for _ in range(300)
        for caption in describe(rng, scene, picture, omission)
    ]
    made_for = Counter((frozenset(c.things), c.picture) for c in captions)
    meanings = {things for things, _ in made_for}
    right = sum(max(made_for[m, p] for p in range(3)) for m in meanings)
    best = best_hit_rates(Known(scenes, captions, omission)).text_to_image
    assert best == pytest.approx(right / len(captions), abs=0.02)
    assert 0.7 < best < 0.95


def test_a_seed_fixes_pictures_and_captions() -> None:
    first, second, other = (make_scenes(10, random_state=i)[0] for i in (3, 3, 4))
    assert checksum_of(first) == checksum_of(second) != checksum_of(other)


def test_the_embedded_set_is_one_of_several_thousand_pairs() -> None:
    samples = load_scenes()
    assert len(samples.X) == 4000
    assert len({image.tobytes() for image in samples.X["image"]}) == 800
    assert set(samples.y[samples.split == "test"]).isdisjoint(
        samples.y[samples.split == "train"]
    )


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"n_pictures": 1}, "n_pictures must be 2 to 10,000, got 1"),
        ({"omission": 1.0}, r"omission must be at least 0 and less than 1, got 1\.0"),
    ],
)
def test_what_cannot_be_made_is_refused(how: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make_scenes(**how)


def test_the_card_tells_the_best_hit_rates_of_the_test_rows() -> None:
    _, known = make_scenes(**SETTING)
    told = [each.value for each in load_card("scenes").published]
    rows = np.flatnonzero(load_scenes().split == "test")
    assert best_hit_rates(known, rows) == pytest.approx(told, abs=0.0005)
