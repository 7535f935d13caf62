"""Text vectors from pretrained word vectors."""

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags

from mmbench.errors import DataWarning, MissingWeightsError
from mmbench.feature_extraction import PretrainedWordVectorizer, check_extractor
from mmbench.feature_extraction.word_vectors.vector_files import open_vectors
from mmbench.spec import digest_of

TEXTS = ["Red hat", "red shoe", "hat hat shoe"]
GLOVE = Path(
    os.environ.get("MMBENCH_SHARED_DATA", "nowhere"), "glove/glove.6B.50d.top.txt"
)


@pytest.fixture
def path(tmp_path):
    """Return the path of vectors for red, hat and shoe."""
    path = tmp_path / "vectors.txt"
    path.write_text("red 1 0 0\nhat 0 1 0\nshoe 0 0 2\n")
    return path


def test_a_text_is_the_mean_of_its_known_words(path):
    features = PretrainedWordVectorizer(path).fit_transform(["red HAT unknown", None])
    assert features.tolist() == [[0.5, 0.5, 0], [0, 0, 0]]


def test_by_mean_nothing_is_learnt_and_fit_is_not_needed(path):
    mean = PretrainedWordVectorizer(path)
    assert not get_tags(mean).requires_fit
    assert mean.transform(["hat"]).tolist() == [[0, 1, 0]]
    assert len(mean.get_feature_names_out()) == 3
    assert mean.coverage(["hat scarf"]) == 0.5


@pytest.mark.parametrize("pooling", ["tfidf", "sif"])
def test_by_weights_it_must_be_fitted(path, pooling):
    weighted = PretrainedWordVectorizer(path, pooling=pooling)
    assert get_tags(weighted).requires_fit
    with pytest.raises(NotFittedError):
        weighted.transform(["hat"])


def test_a_word_that_only_the_test_texts_have_is_known(path):
    fitted = PretrainedWordVectorizer(path, pooling="tfidf").fit(["red red", "hat red"])
    assert fitted.transform(["shoe"]).tolist() == [[0, 0, 2]]


def test_coverage_counts_occurrences_in_the_training_texts(path):
    fitted = PretrainedWordVectorizer(path).fit(["red red hat", "blue", None])
    assert (fitted.coverage_, fitted.n_unknown_words_) == (0.75, 1)


def test_numbers_are_read_once(path):
    first = PretrainedWordVectorizer(path).transform(TEXTS)
    file = open_vectors(path)
    file._line = None  # to read a line again would fail
    np.testing.assert_array_equal(
        PretrainedWordVectorizer(path).transform(TEXTS), first
    )


def test_training_texts_without_one_known_word_are_warned_of(path):
    with pytest.warns(DataWarning, match="none of the 2 words of the training texts"):
        PretrainedWordVectorizer(path).fit(["rote Socken"])


def test_training_texts_with_few_known_words_are_warned_of_with_their_share(path):
    with pytest.warns(DataWarning, match=r"1 of the 3 words .* is 25% of the text"):
        fitted = PretrainedWordVectorizer(path).fit(["Der red Hut", "Der"])
    assert (fitted.coverage_, fitted.n_unknown_words_) == (0.25, 2)


def test_texts_without_any_word_are_no_reason_to_warn(path):
    assert not PretrainedWordVectorizer(path).fit_transform([None, ""]).any()


def test_an_analyzer_that_keeps_case_finds_cased_words(tmp_path):
    path = tmp_path / "cased.txt"
    path.write_text("Paris 1 0\nparis 0 1\n")
    cased = PretrainedWordVectorizer(path, analyzer=str.split)
    assert cased.transform(["Paris"]).tolist() == [[1, 0]]


def test_the_file_is_looked_for_when_it_is_needed(tmp_path):
    absent = PretrainedWordVectorizer(tmp_path / "absent.txt")
    assert clone(absent).get_params() == absent.get_params()
    for use in (absent.fit, absent.transform):
        with pytest.raises(MissingWeightsError, match="--vectors PATH"):
            use(TEXTS)


def test_an_unknown_pooling_is_an_error_in_fit(path):
    with pytest.raises(ValueError, match=r"pooling must be one of .*, got 'max'"):
        PretrainedWordVectorizer(path, pooling="max").fit(TEXTS)


def test_a_pickle_holds_the_path_and_not_the_vectors(path):
    fitted = PretrainedWordVectorizer(path).fit(TEXTS)
    pickled = pickle.dumps(fitted)
    assert len(pickled) < 2000
    copy = pickle.loads(pickled)  # noqa: S301
    np.testing.assert_array_equal(copy.transform(TEXTS), fitted.transform(TEXTS))


def test_its_identity_is_the_content_of_the_file_not_its_name(path, tmp_path):
    copy, other = tmp_path / "copy.txt", tmp_path / "other.txt"
    copy.write_bytes(path.read_bytes())
    other.write_text("red 5 5 5\n")
    digests = [digest_of(PretrainedWordVectorizer(str(p))) for p in (path, copy, other)]
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize("pooling", ["mean", "tfidf", "sif"])
def test_it_keeps_all_rules_for_extractors(path, pooling):
    check_extractor(PretrainedWordVectorizer(path, pooling=pooling), TEXTS)


@pytest.mark.skipif(not GLOVE.exists(), reason="needs glove.6B.50d.top.txt")
@pytest.mark.parametrize(
    ("one", "less", "more", "expected"),
    [("king", "man", "woman", "queen"), ("paris", "france", "italy", "rome")],
)
def test_published_vectors_solve_analogies(one, less, more, expected):
    vocabulary = [
        line.split(" ", 1)[0] for line in GLOVE.read_text("utf-8").splitlines()
    ]
    vectorizer = PretrainedWordVectorizer(GLOVE, analyzer=str.split)
    vectors = vectorizer.transform(vocabulary)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    row = {word: i for i, word in enumerate(vocabulary)}
    wanted = vectors[row[one]] - vectors[row[less]] + vectors[row[more]]
    similarity = vectors @ wanted
    similarity[[row[one], row[less], row[more]]] = -1
    assert vocabulary[similarity.argmax()] == expected
