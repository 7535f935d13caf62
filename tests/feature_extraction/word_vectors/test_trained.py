"""What Word2Vec, FastText and GloVe share: trained on the training texts, seeded."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags

from mmbench.feature_extraction import (
    FastTextVectorizer,
    GloVeVectorizer,
    Word2VecVectorizer,
    check_extractor,
)
from mmbench.feature_extraction.token_memo import forget, tokenized

TRAINED = [Word2VecVectorizer, FastTextVectorizer, GloVeVectorizer]
TEXTS = ["red hat", "blue hat", "red shoe and blue shoe", "a red and blue hat"]

pytestmark = pytest.mark.parametrize("vectorizer", TRAINED)


def test_words_of_one_topic_come_closer_than_words_of_two(vectorizer, topics, cosine):
    fitted = vectorizer(vector_size=16, epochs=30, random_state=0).fit(topics)
    for one, related, stranger in [("cat", "dog", "truck"), ("road", "fuel", "meow")]:
        assert cosine(fitted, one, related) > cosine(fitted, one, stranger) + 0.3


def test_a_linear_model_tells_the_topics_of_held_out_texts(vectorizer, topics):
    labels = np.arange(len(topics)) % 2
    model = make_pipeline(
        vectorizer(vector_size=16, random_state=0),
        StandardScaler(),
        LogisticRegression(),
    )
    assert model.fit(topics[:200], labels[:200]).score(topics[200:], labels[200:]) == 1


def test_the_row_of_a_text_is_the_mean_of_its_words_vectors(vectorizer):
    fitted = vectorizer(vector_size=8, random_state=0).fit(TEXTS)
    red, hat = (fitted.vectors_[fitted.vocabulary_[word]] for word in ("red", "hat"))
    np.testing.assert_allclose(
        fitted.transform(["Red hat, red."])[0], (2 * red + hat) / 3, rtol=1e-5
    )


@pytest.mark.parametrize("pooling", ["mean", "tfidf", "sif"])
def test_a_missing_or_empty_text_is_a_row_of_zeros(vectorizer, pooling):
    texts = pd.Series([*TEXTS, None, float("nan"), "", "?!"])
    fitted = vectorizer(vector_size=8, pooling=pooling, random_state=0)
    for features in (fitted.fit_transform(texts), fitted.transform(texts)):
        assert features.shape == (8, 8)
        assert features.dtype == np.float32
        assert features[:4].any(axis=1).all()
        assert not features[4:].any()


def test_coverage_is_the_share_of_occurrences_with_a_vector(vectorizer):
    fitted = vectorizer(vector_size=4, min_count=2, random_state=0)
    if vectorizer is FastTextVectorizer:
        fitted.set_params(min_n=9, max_n=9)  # no subwords, so that words can be unknown
    fitted.fit(["red hat", "red hat", "blue hat"])
    assert fitted.coverage_ == pytest.approx(5 / 6)
    assert fitted.coverage(["red green yellow hat", None]) == pytest.approx(2 / 4)
    assert fitted.coverage([None, ""]) == 1


def test_the_same_seed_gives_the_same_vectors_and_another_seed_others(vectorizer):
    def features(seed):
        return vectorizer(vector_size=8, random_state=seed).fit_transform(TEXTS)

    np.testing.assert_array_equal(features(3), features(3))
    assert not np.array_equal(features(3), features(4))


def test_without_a_seed_each_fit_is_its_own(vectorizer):
    unseeded = vectorizer(vector_size=8)
    assert not np.array_equal(
        unseeded.fit_transform(TEXTS), unseeded.fit_transform(TEXTS)
    )


def test_a_random_state_instance_moves_on(vectorizer):
    rng = np.random.RandomState(0)
    first = vectorizer(vector_size=8, random_state=rng).fit_transform(TEXTS)
    second = vectorizer(vector_size=8, random_state=rng).fit_transform(TEXTS)
    assert not np.array_equal(first, second)


def test_nothing_of_the_training_reaches_the_user(vectorizer, capfd, caplog):
    vectorizer(vector_size=8, random_state=0).fit(TEXTS)
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_texts_that_are_all_empty_are_an_error(vectorizer):
    with pytest.raises(ValueError, match=r"no text has a word in it \(0 of 3"):
        vectorizer().fit([None, "", "?"])


def test_texts_of_one_word_each_are_an_error(vectorizer):
    with pytest.raises(ValueError, match="no text has two words in it"):
        vectorizer().fit(["red", "blue"])


def test_a_min_count_that_no_word_reaches_is_an_error(vectorizer):
    with pytest.raises(ValueError, match=r"min_count=9 times .* does 3 times"):
        vectorizer(min_count=9).fit(TEXTS)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"pooling": "avg"}, "pooling must be one of .*'sif'.*, got 'avg'"),
        ({"analyzer": "words"}, r"analyzer must be one of \['word'\], got 'words'"),
        ({"vector_size": 0}, "vector_size must be an integer of at least 1, got 0"),
        ({"window": 0}, "window must be an integer of at least 1"),
        ({"min_count": 0}, "min_count must be an integer of at least 1"),
        ({"epochs": 0}, "epochs must be an integer of at least 1"),
        ({"learning_rate": 0}, "learning_rate must be a finite number above 0"),
    ],
)
def test_a_parameter_out_of_range_is_an_error_in_fit(vectorizer, params, message):
    with pytest.raises(ValueError, match=message):
        vectorizer(**params).fit(TEXTS)


def test_epochs_that_are_no_number_are_an_error_in_fit(vectorizer):
    with pytest.raises(TypeError, match="epochs must be an integer, got 'many'"):
        vectorizer(epochs="many").fit(TEXTS)


def test_an_analyzer_of_the_user_splits_the_texts(vectorizer):
    fitted = vectorizer(vector_size=4, analyzer=str.split, random_state=0)
    assert set(fitted.fit(["Red-hot PIE", "Red-hot tea"]).vocabulary_) == {
        "Red-hot",
        "PIE",
        "tea",
    }


def test_chinese_texts_get_vectors_of_characters_and_pairs(vectorizer):
    fitted = vectorizer(vector_size=4, random_state=0).fit(["我去北京", "北京很大"])
    assert {"北", "京", "北京"} <= set(fitted.vocabulary_)


def test_a_pickle_gives_the_same_features(vectorizer):
    fitted = vectorizer(vector_size=8, pooling="sif", random_state=0).fit(TEXTS)
    copy = pickle.loads(pickle.dumps(fitted))  # noqa: S301
    np.testing.assert_array_equal(copy.transform(TEXTS), fitted.transform(TEXTS))


def test_features_are_named_after_the_class(vectorizer):
    fitted = vectorizer(vector_size=2, random_state=0).fit(TEXTS)
    name = vectorizer.__name__.lower()
    assert list(fitted.get_feature_names_out()) == [f"{name}0", f"{name}1"]
    framed = clone(fitted).set_output(transform="pandas").fit_transform(TEXTS)
    assert list(framed.columns) == [f"{name}0", f"{name}1"]


def test_it_must_be_fitted(vectorizer):
    assert get_tags(vectorizer()).requires_fit


@pytest.mark.parametrize("pooling", ["mean", "tfidf", "sif"])
def test_it_keeps_all_rules_for_extractors(vectorizer, pooling):
    check_extractor(vectorizer(vector_size=4, pooling=pooling), TEXTS)


@pytest.mark.parametrize("pooling", ["mean", "tfidf", "sif"])
def test_what_the_process_has_read_before_changes_no_bit(vectorizer, pooling, topics):
    made = vectorizer(vector_size=16, pooling=pooling, random_state=0)
    found = []
    for seen in ([], topics[::-1], ["zebra wheel fur car " + " ".join(topics[:9])]):
        forget()
        tokenized(seen)
        found.append(clone(made).fit_transform(topics).tobytes())
        # To fit and then to transform is the same.
        found.append(clone(made).fit(topics).transform(topics).tobytes())
    assert len(set(found)) == 1
