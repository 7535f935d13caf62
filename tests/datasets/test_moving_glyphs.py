"""The moving glyphs: what is drawn is what is said of it."""

from collections import Counter

import numpy as np
import pytest
from scipy.stats import kendalltau

from mmbench.datasets import EMBEDDED
from mmbench.datasets.moving_glyphs.scripts import COLOURS, GLYPHS, MOTIONS


@pytest.fixture(scope="module")
def clips():
    return EMBEDDED["moving_glyphs"].load()


def ink(frame: np.ndarray) -> np.ndarray:
    """Where the glyph is: pixels far from paper and, as a ring is not, in colour."""
    pixels = frame.astype(int)
    colour = pixels.max(axis=2) - pixels.min(axis=2)
    return colour > 45


def test_a_glyph_goes_where_its_class_says(clips):
    for clip, motion in zip(clips.X["clip"][:60], clips.y[:60], strict=True):
        first, last = (np.argwhere(ink(clip[i])) for i in (0, -1))
        down, right = last.mean(axis=0) - first.mean(axis=0)
        growth = len(last) / len(first)
        seen = {
            "left": right < -10,
            "right": right > 10,
            "up": down < -10,
            "down": down > 10,
            "grow": growth > 2,
            "shrink": growth < 0.5,
        }
        assert [name for name, is_so in seen.items() if is_so] == [motion]


def test_all_motions_are_equally_frequent_and_half_of_the_clips_flash(clips):
    assert set(Counter(clips.y.tolist()).values()) == {240 // len(MOTIONS)}
    assert 90 < Counter(clips.slices["flashes"])["yes"] < 150
    for clip, flashes in zip(
        clips.X["clip"][:40], clips.slices["flashes"], strict=False
    ):
        dark = (clip.max(axis=3) < 60).sum(axis=(1, 2)) > 40
        assert dark.any() == (flashes == "yes")


@pytest.mark.answering
def test_answers_are_true_of_the_clip_that_is_asked_about(clips):
    asked = EMBEDDED["moving_glyphs_questions"].load()
    kinds = np.array(asked.slices["question_type"])
    motion = asked.y[kinds == "motion"]
    np.testing.assert_array_equal(motion, clips.y)
    np.testing.assert_array_equal(asked.y[kinds == "glyph"], clips.slices["glyph"])
    flashed = asked.X["question"] == "does it flash?"
    of_clip = dict(zip(clips.X.index, clips.slices["flashes"], strict=True))
    expected = [of_clip[name.partition("/")[0]] for name in asked.X.index[flashed]]
    assert asked.y[flashed].tolist() == expected
    words = {*MOTIONS, *COLOURS, *GLYPHS, "yes", "no"}
    assert {*asked.y.tolist()} == words


@pytest.mark.retrieval
def test_a_caption_names_the_glyph_of_its_clip(clips):
    pairs = EMBEDDED["moving_glyphs_retrieval"].load()
    of_clip = dict(zip(clips.X.index, clips.slices["glyph"], strict=True))
    assert all(
        of_clip[name] in text
        for text, name in zip(pairs.X["text"], pairs.y, strict=True)
    )


@pytest.mark.generation
def test_a_clip_is_to_be_captioned_by_the_captions_that_are_of_it(clips):
    made = EMBEDDED["moving_glyphs_captions"].load()
    pairs = zip(made.y, clips.slices["glyph"], strict=True)
    assert all(glyph in text for texts, glyph in pairs for text in texts)


@pytest.mark.summarisation
def test_people_agree_about_frames_as_little_as_people_do():
    made = EMBEDDED["moving_glyphs_summaries"].load()
    people = made.truth[:, 2:]
    assert set(np.unique(people)) <= {1.0, 2.0, 3.0, 4.0, 5.0}
    taus = [
        kendalltau(people[60 * v : 60 * v + 60, 0], people[60 * v : 60 * v + 60, 1])[0]
        for v in range(32)
    ]
    assert 0.2 < np.mean(taus) < 0.5
