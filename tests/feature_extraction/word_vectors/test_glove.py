"""What is GloVe's alone."""

import numpy as np
import pytest

from mmbench.feature_extraction import GloVeVectorizer

TEXTS = ["red hat and blue shoe", "red shoe", "blue hat"] * 3


def test_the_loss_falls_and_is_kept_per_pass():
    fitted = GloVeVectorizer(vector_size=8, epochs=40, random_state=0).fit(TEXTS)
    assert len(fitted.loss_history_) == 40
    assert fitted.loss_history_[-1] < 0.05 * fitted.loss_history_[0]


def test_words_below_min_count_are_not_there_and_do_not_widen_the_gap():
    # Without the rare word, red and hat are neighbours in both.
    rare = GloVeVectorizer(vector_size=4, window=1, min_count=2, random_state=0)
    rare.fit(["red rare hat", "red hat"])
    plain = GloVeVectorizer(vector_size=4, window=1, random_state=0)
    plain.fit(["red hat", "red hat"])
    assert set(rare.vocabulary_) == {"red", "hat"}
    np.testing.assert_array_equal(
        rare.transform(["red", "hat"]), plain.transform(["red", "hat"])
    )


def test_auto_makes_the_most_passes_on_small_data():
    fitted = GloVeVectorizer(vector_size=4, random_state=0).fit(TEXTS)
    assert len(fitted.loss_history_) == 100


@pytest.mark.parametrize("name", ["x_max", "alpha"])
def test_a_parameter_of_the_loss_out_of_range_is_an_error(name):
    with pytest.raises(ValueError, match=f"{name} must be a finite number above 0"):
        GloVeVectorizer(**{name: 0}).fit(TEXTS)


def test_a_block_of_no_cell_is_an_error():
    with pytest.raises(ValueError, match="block_size must be an integer of at least 1"):
        GloVeVectorizer(block_size=0).fit(TEXTS)
