"""Words, characters and their counts."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.feature_extraction import text as sklearn_text
from sklearn.utils import get_tags

from mmbench.feature_extraction import (
    CountVectorizer,
    HashingVectorizer,
    TfidfVectorizer,
    check_extractor,
)

ENGLISH = ["The red hat, the red shoe!", "a blue hat", "Shoes & hats: 2 for 1", "x_1 y"]
PAIRS = [
    (CountVectorizer, sklearn_text.CountVectorizer),
    (TfidfVectorizer, sklearn_text.TfidfVectorizer),
    (HashingVectorizer, sklearn_text.HashingVectorizer),
]
OURS = [ours for ours, _ in PAIRS]
PARAMETERS = [
    {},
    {"ngram_range": (1, 2), "stop_words": "english"},
    {"analyzer": "char_wb", "ngram_range": (2, 4)},
    {"analyzer": "char", "lowercase": False},
    {"token_pattern": r"\w+"},
    {"tokenizer": str.split, "token_pattern": None},
    {"strip_accents": "unicode", "binary": True},
]


@pytest.mark.parametrize("params", PARAMETERS, ids=str)
@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_plain_english_gives_what_scikit_learn_gives(ours, theirs, params):
    mine, expected = ours(**params), theirs(**params)
    got = mine.fit_transform(ENGLISH)
    np.testing.assert_array_equal(
        got.toarray(), expected.fit_transform(ENGLISH).toarray()
    )
    np.testing.assert_array_equal(
        mine.transform(ENGLISH[:2]).toarray(), expected.transform(ENGLISH[:2]).toarray()
    )
    if ours is not HashingVectorizer:
        assert list(mine.get_feature_names_out()) == list(
            expected.get_feature_names_out()
        )


@pytest.mark.parametrize("vectorizer", OURS)
def test_a_missing_text_is_an_empty_text(vectorizer):
    texts = pd.Series(["red hat", None, "", float("nan"), "hat"])
    features = vectorizer().fit(texts).transform(texts).toarray()
    assert not features[1:4].any()
    np.testing.assert_array_equal(
        features[[0, 4]],
        vectorizer().fit(texts.fillna("")).transform(["red hat", "hat"]).toarray(),
    )


@pytest.mark.parametrize("vectorizer", [CountVectorizer, TfidfVectorizer])
def test_chinese_text_does_not_become_one_word_per_sentence(vectorizer):
    features = vectorizer().fit_transform(["我要去北京", "北京很大"]).toarray()
    shared = (features > 0).all(axis=0)
    assert shared.sum() == 3  # 北, 京 and 北京


def test_full_width_and_composed_letters_equal_the_plain_ones():
    counts = CountVectorizer().fit(["cat caf\u00e9"])
    assert counts.transform(["\uff23\uff21\uff34 cafe\u0301"]).toarray().tolist() == [
        [1, 1]
    ]


def test_a_tokenizer_or_pattern_of_the_user_is_kept():
    pattern = r"\w+"
    whole = CountVectorizer(token_pattern=pattern).fit(["北京很大"])
    assert list(whole.vocabulary_) == ["北京很大"]


def test_a_preprocessor_of_the_user_replaces_all_normalisation():
    counts = CountVectorizer(preprocessor=str.upper).fit(["\uff41\uff42"])
    assert list(counts.vocabulary_) == ["\uff21\uff22"]


@pytest.mark.parametrize("vectorizer", [CountVectorizer, TfidfVectorizer])
def test_nothing_but_empty_texts_is_an_error(vectorizer):
    with pytest.raises(ValueError, match=r"every text is empty or missing \(3 of 3\)"):
        vectorizer().fit([None, "", "  "])


def test_a_given_vocabulary_needs_no_text_to_learn_from():
    counts = CountVectorizer(vocabulary=["hat"])
    assert counts.fit_transform([None]).toarray().tolist() == [[0]]


@pytest.mark.parametrize("vectorizer", OURS)
def test_a_table_is_refused(vectorizer):
    table = pd.DataFrame({"text": ["red hat"]})
    with pytest.raises(ValueError, match="must be one column of cells"):
        vectorizer().fit(table)
    with pytest.raises(ValueError, match="must be one column of cells"):
        vectorizer().fit_transform(table)
    with pytest.raises(ValueError, match="must be one column of cells"):
        vectorizer().fit(["red hat"]).transform(table)


@pytest.mark.parametrize("vectorizer", OURS)
def test_a_number_among_the_texts_is_refused(vectorizer):
    with pytest.raises(TypeError, match=r"must be a str or missing .* got 3"):
        vectorizer().fit_transform(["red hat", 3])


def test_bytes_are_decoded_as_scikit_learn_decodes_them():
    counts = CountVectorizer(encoding="latin-1").fit(["café".encode("latin-1")])
    assert list(counts.vocabulary_) == ["café"]


def test_only_hashing_learns_nothing():
    assert [get_tags(v()).requires_fit for v in OURS] == [True, True, False]


@pytest.mark.parametrize("vectorizer", OURS)
def test_a_clone_and_a_pickle_keep_the_parameters(vectorizer):
    original = vectorizer(ngram_range=(1, 2), lowercase=False)
    assert clone(original).get_params() == original.get_params()
    copy = pickle.loads(pickle.dumps(original.fit(ENGLISH)))  # noqa: S301
    np.testing.assert_array_equal(
        copy.transform(ENGLISH).toarray(), original.transform(ENGLISH).toarray()
    )


@pytest.mark.parametrize("vectorizer", OURS)
def test_it_keeps_all_rules_for_extractors(vectorizer):
    params = {"n_features": 64} if vectorizer is HashingVectorizer else {}
    check_extractor(vectorizer(**params), ENGLISH)


def test_english_stop_words_agree_with_the_words_rule():
    # scikit-learn would warn, and warnings are errors here.
    CountVectorizer(stop_words="english").fit(ENGLISH)


@pytest.mark.parametrize("vectorizer", [CountVectorizer, TfidfVectorizer])
def test_texts_without_a_word_are_not_blamed_on_stop_words(vectorizer):
    with pytest.raises(ValueError, match="none of the 2 texts has a word") as told:
        vectorizer().fit(["!!!", "?"])
    assert "stop words" not in str(told.value)
    with pytest.raises(ValueError, match="only contain stop words"):
        vectorizer(stop_words=["the"]).fit(["the", "the the"])
