"""From the vectors of words to one vector per text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from mmbench.feature_extraction.token_memo import tokenized
from mmbench.feature_extraction.word_vectors.pooling import (
    Pooling,
    WordCounts,
    count_words,
    fit_pooling,
)


def counted(documents):
    """Count words, and put them into alphabetical order."""
    tokens = tokenized([" ".join(words) for words in documents], str.split)
    counts, words = count_words(tokens)
    order = np.argsort(words)
    return WordCounts(counts[:, order], [words[i] for i in order])


DOCUMENTS = [["a", "b", "a"], ["b", "c"], [], ["zzz"]]
# Rows in alphabetical order: a, b, c and zzz, which has no vector.
VECTORS = np.array([[1, 0], [0, 1], [2, 2], [0, 0]], dtype=np.float32)
KNOWN = np.array([True, True, True, False])


def pooled(kind):
    terms = counted(DOCUMENTS)
    return fit_pooling(kind, terms, KNOWN, VECTORS)(terms, KNOWN, VECTORS)


def test_words_are_counted_per_text():
    counts, words = counted([["b", "a", "b"], [], ["c"]])
    assert words == ["a", "b", "c"]
    assert counts.toarray().tolist() == [[1, 2, 0], [0, 0, 0], [0, 0, 1]]


def test_the_mean_is_over_every_occurrence_of_a_known_word():
    np.testing.assert_allclose(
        pooled("mean"), [[2 / 3, 1 / 3], [1, 1.5], [0, 0], [0, 0]], rtol=1e-6
    )


def test_tfidf_is_the_mean_weighted_as_scikit_learn_weighs():
    tfidf = TfidfVectorizer(analyzer=list, norm="l1").fit(DOCUMENTS)
    # Without zzz, which has no vector, the weights of the other texts stay as they are.
    weights = tfidf.transform(DOCUMENTS).toarray()
    weights[3] = 0
    np.testing.assert_allclose(pooled("tfidf"), weights @ VECTORS, rtol=1e-6)


def test_tfidf_gives_an_unseen_word_the_weight_of_one_in_no_training_text():
    terms = counted(DOCUMENTS)
    pooling = fit_pooling("tfidf", terms, KNOWN, VECTORS)
    new = counted([["a", "new"]])
    vectors = np.array([[1, 0], [0, 1]], dtype=np.float32)
    idf_a, idf_new = np.log(5 / 2) + 1, np.log(5 / 1) + 1
    np.testing.assert_allclose(
        pooling(new, np.array([True, True]), vectors),
        [[idf_a / (idf_a + idf_new), idf_new / (idf_a + idf_new)]],
        rtol=1e-6,
    )


def test_sif_weighs_by_frequency_and_takes_out_the_first_component():
    # By hand, after the paper: six words in all, a twice, b twice, c and zzz once.
    weight = {w: 1e-3 / (1e-3 + n / 6) for w, n in {"a": 2, "b": 2, "c": 1}.items()}
    vector = dict(zip("abc", VECTORS.astype(float), strict=False))
    averages = np.zeros((4, 2))
    averages[0] = (2 * weight["a"] * vector["a"] + weight["b"] * vector["b"]) / 3
    averages[1] = (weight["b"] * vector["b"] + weight["c"] * vector["c"]) / 2
    first = np.linalg.svd(averages)[2][0]
    np.testing.assert_allclose(
        pooled("sif"), averages - np.outer(averages @ first, first), atol=1e-8
    )


def test_sif_keeps_the_component_of_the_training_texts():
    terms = counted(DOCUMENTS)
    pooling = fit_pooling("sif", terms, KNOWN, VECTORS)
    new = counted([["new"]])
    vector = np.array([[3, 4]], dtype=np.float32)
    common = pooling.common.astype(float)
    expected = np.array([3, 4]) - np.array([3, 4]) @ common * common
    np.testing.assert_allclose(
        pooling(new, np.array([True]), vector)[0], expected, rtol=1e-5
    )


def test_sif_of_texts_without_a_known_word_is_zero():
    terms = counted([["a"], []])
    unknown, zeros = np.array([False]), np.zeros((1, 3), np.float32)
    pooling = fit_pooling("sif", terms, unknown, zeros)
    assert not pooling(terms, unknown, zeros).any()


@pytest.mark.parametrize("kind", ["mean", "tfidf", "sif"])
@given(
    st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), min_size=2, max_size=6)
)
def test_a_row_is_the_same_to_the_last_bit_whatever_comes_with_it(kind, documents):
    vector = dict(
        zip("abcdef", np.random.default_rng(0).normal(size=(6, 4)), strict=True)
    )

    def of(words):
        rows = np.array([vector[w] for w in words], dtype=np.float32).reshape(-1, 4)
        return np.ones(len(words), dtype=bool), rows

    terms = counted(documents)
    pooling = fit_pooling(kind, terms, *of(terms.words))
    together = pooling(terms, *of(terms.words))
    for row, document in zip(together, documents, strict=True):
        alone = counted([document])
        np.testing.assert_array_equal(pooling(alone, *of(alone.words))[0], row)


def test_counts_are_left_as_they_are():
    terms = counted(DOCUMENTS)
    before = terms.counts.toarray()
    Pooling(weights={"a": 3.0}, by_weight=True)(terms, KNOWN, VECTORS)
    np.testing.assert_array_equal(terms.counts.toarray(), before)
