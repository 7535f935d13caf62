"""How often words stand near each other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mmbench.feature_extraction.word_vectors.cooccurrence import count_cooccurrences


def counted_one_by_one(documents, n_words, window):
    counts = np.zeros((n_words, n_words))
    for document in documents:
        for i, word in enumerate(document):
            for j, other in enumerate(document):
                if i != j and abs(i - j) <= window:
                    counts[word, other] += 1 / abs(i - j)
    return counts


@given(
    st.lists(st.lists(st.integers(0, 4), max_size=8), max_size=5), st.integers(1, 10)
)
def test_it_counts_what_two_loops_over_each_text_count(documents, window):
    arrays = [np.array(document, dtype=int) for document in documents]
    np.testing.assert_allclose(
        count_cooccurrences(arrays, n_words=5, window=window).toarray(),
        counted_one_by_one(documents, 5, window),
    )


def test_words_of_different_texts_never_stand_together():
    counts = count_cooccurrences([np.array([0]), np.array([1])], n_words=2, window=5)
    assert counts.nnz == 0
