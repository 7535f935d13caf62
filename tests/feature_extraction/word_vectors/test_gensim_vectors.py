"""What is Word2Vec's and FastText's alone."""

import logging
import zlib

import numpy as np
import pytest
from gensim.models import FastText, Word2Vec
from gensim.models.fasttext import ft_ngram_hashes

from mmbench.feature_extraction import FastTextVectorizer, Word2VecVectorizer

TEXTS = ["red apples and pears", "green apples", "red pears", "green apples and pears"]
DOCUMENTS = [text.split() for text in TEXTS]


def crc(text):
    return zlib.crc32(text.encode())


def settings(**options):
    seed = np.random.RandomState(0).randint(2**31 - 1)
    shared = {"vector_size": 8, "window": 2, "min_count": 1, "epochs": 3}
    return shared | {"seed": seed, "workers": 1, "hashfxn": crc, "alpha": 0.1} | options


@pytest.mark.parametrize("sg", [True, False])
def test_word2vec_vectors_are_those_of_gensim(sg):
    ours = Word2VecVectorizer(
        vector_size=8, window=2, epochs=3, sg=sg, random_state=0
    ).fit(TEXTS)
    theirs = Word2Vec(DOCUMENTS, **settings(sg=int(sg))).wv
    for word, row in ours.vocabulary_.items():
        np.testing.assert_array_equal(ours.vectors_[row], theirs[word])


def test_fasttext_vectors_are_those_of_gensim():
    ours = FastTextVectorizer(
        vector_size=8, window=2, epochs=3, bucket=500, random_state=0
    ).fit(TEXTS)
    options = settings(sg=1, bucket=500, min_n=2, max_n=5)
    theirs = FastText(DOCUMENTS, **options).wv
    for word, row in ours.vocabulary_.items():
        np.testing.assert_array_equal(ours.vectors_[row], theirs[word])


def test_fasttext_builds_an_unseen_word_from_the_subwords_it_knows():
    fitted = FastTextVectorizer(vector_size=8, min_n=3, max_n=3, random_state=0)
    fitted.fit(TEXTS)
    # <pe, pea and ear were seen in "pears"; arl and rl> nowhere.
    seen = ft_ngram_hashes("pears", 3, 3, fitted.bucket)[:3]
    rows = np.searchsorted(fitted.subword_buckets_, seen)
    np.testing.assert_allclose(
        fitted.transform(["pearl"])[0],
        fitted.subword_vectors_[rows].sum(axis=0) / 5,
        rtol=1e-5,
    )


def test_fasttext_knows_no_word_whose_subwords_it_never_saw():
    fitted = FastTextVectorizer(vector_size=8, random_state=0).fit(TEXTS)
    assert not fitted.transform(["zzzyx"]).any()
    assert fitted.coverage(["apple zzzyx"]) == 0.5


def test_fasttext_without_any_subword_knows_its_vocabulary_only():
    fitted = FastTextVectorizer(vector_size=8, min_n=20, max_n=20, random_state=0)
    fitted.fit(TEXTS)
    assert fitted.coverage(["apples apple"]) == 0.5


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"min_n": 0}, "min_n must be an integer of at least 1, got 0"),
        ({"min_n": 4, "max_n": 3}, "max_n must be an integer of at least 4, got 3"),
        ({"bucket": 0}, "bucket must be an integer of at least 1, got 0"),
        ({"negative": 0}, "negative must be an integer of at least 1, got 0"),
    ],
)
def test_a_parameter_of_fasttext_out_of_range_is_an_error(params, message):
    with pytest.raises(ValueError, match=message):
        FastTextVectorizer(**params).fit(TEXTS)


def test_a_long_text_is_trained_on_to_its_end():
    words = [f"word{i}" for i in range(10_040)]
    options = settings(vector_size=4, epochs=1, sg=1)
    untrained = Word2Vec(**options)
    untrained.build_vocab([words])
    # gensim by itself stops at 10,000 words.
    by_gensim = Word2Vec([words], **options).wv
    np.testing.assert_array_equal(by_gensim[words[-1]], untrained.wv[words[-1]])
    ours = Word2VecVectorizer(vector_size=4, epochs=1, random_state=0)
    ours.fit([" ".join(words)])
    last = ours.vectors_[ours.vocabulary_[words[-1]]]
    assert not np.array_equal(last, untrained.wv[words[-1]])


def test_the_level_of_gensims_logger_is_left_as_it_was():
    logger = logging.getLogger("gensim")
    before = logger.level
    logger.setLevel(logging.INFO)
    try:
        Word2VecVectorizer(vector_size=4, epochs=1).fit(TEXTS)
        assert logger.level == logging.INFO
    finally:
        logger.setLevel(before)
