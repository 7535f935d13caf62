"""English sentences whose ambiguous words only a picture tells apart."""

import numpy as np
import pytest

from mmbench.datasets import get_dataset

pytestmark = pytest.mark.generation


def test_half_of_the_rows_have_a_word_with_two_equally_probable_senses():
    samples = get_dataset("ambiguous_words").load()
    is_ambiguous = np.array(samples.slices["word"]) == "ambiguous"
    rows = zip(samples.X["english"], samples.y[:, 0], is_ambiguous, strict=True)
    letters = [(german, odd) for english, german, odd in rows if "letter" in english]
    posted = [" Brief" in german for german, _ in letters]

    assert is_ambiguous.mean() == 0.5
    assert all(odd for _, odd in letters)
    assert all("Brief" in german or "Buchstabe" in german for german, _ in letters)
    assert 0.4 < np.mean(posted) < 0.6


def test_no_sentence_is_both_learnt_from_and_tested_on():
    samples = get_dataset("ambiguous_words").load()
    sides = [set(samples.X["english"][samples.split == s]) for s in ("train", "test")]

    assert all(sides)
    assert not sides[0] & sides[1]
