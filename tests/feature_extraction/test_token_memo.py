"""Texts are split once, however many extractors ask for their words."""

import itertools
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

from mmbench.feature_extraction import (
    CountVectorizer,
    FastTextVectorizer,
    GloVeVectorizer,
    HashingVectorizer,
    PretrainedWordVectorizer,
    TfidfVectorizer,
    Word2VecVectorizer,
    token_memo,
    words,
)
from mmbench.feature_extraction.token_memo import analyzed, tokenized

TEXTS = ["Red hat", "the red shoe", None, "", "東京 hat", "Red hat"]


@pytest.fixture(autouse=True)
def forgetful(monkeypatch):
    """Start every test with nothing remembered."""
    monkeypatch.setattr(token_memo, "_memos", {})


@pytest.fixture
def extractors(tmp_path):
    """Return an extractor of each kind that splits texts into words."""
    path = tmp_path / "vectors.txt"
    path.write_text("red 1 0\nhat 0 1\nshoe 1 1\n")
    small = {"vector_size": 4, "epochs": 1, "random_state": 0}
    return [
        CountVectorizer(),
        TfidfVectorizer(),
        HashingVectorizer(n_features=16),
        Word2VecVectorizer(**small),
        FastTextVectorizer(**small),
        GloVeVectorizer(**small),
        PretrainedWordVectorizer(path),
    ]


def counting(split=str.split):
    """Return an analyser that keeps a list of what it was asked."""
    asked = []

    def analyzer(text):
        asked.append(text)
        return split(text)

    return analyzer, asked


def test_all_extractors_of_one_analyzer_split_each_text_once(extractors):
    analyzer, asked = counting(words)
    for extractor in extractors:
        extractor.set_params(analyzer=analyzer).fit(TEXTS).transform(TEXTS)
    assert sorted(asked) == sorted({text or "" for text in TEXTS})


def test_by_default_all_extractors_have_one_analyzer(extractors, monkeypatch):
    rule, asked = counting(words)
    monkeypatch.setattr(token_memo, "words", rule)
    for extractor in extractors:
        extractor.fit(TEXTS).transform(TEXTS)
    assert sorted(asked) == sorted({text or "" for text in TEXTS})


def test_features_are_the_same_whoever_came_first(extractors):
    def features(extractor):
        found = clone(extractor).fit(TEXTS).transform(TEXTS)
        return (found.toarray() if hasattr(found, "toarray") else found).tolist()

    forwards = [features(extractor) for extractor in extractors]
    token_memo.forget()
    backwards = [features(extractor) for extractor in extractors[::-1]][::-1]
    assert forwards == backwards


def test_n_grams_and_stop_words_are_made_of_the_shared_words():
    bag = CountVectorizer(ngram_range=(1, 2), stop_words=["the"]).fit(TEXTS)
    assert {"red hat", "red shoe", "東京 京"} <= set(bag.get_feature_names_out())
    assert "the" not in bag.vocabulary_
    assert "the red" not in bag.vocabulary_


@pytest.mark.parametrize(
    "own",
    [
        {"preprocessor": str.upper},
        {"tokenizer": str.split, "token_pattern": None},
        {"token_pattern": r"\w"},
        {"lowercase": False},
        {"strip_accents": "unicode"},
        {"analyzer": "char_wb"},
    ],
    ids=lambda own: next(iter(own)),
)
def test_a_vectorizer_that_splits_otherwise_asks_for_nothing_shared(own):
    CountVectorizer(**own).fit(["Red hat"])
    assert not token_memo._memos


@given(st.lists(st.text("aB .東", max_size=8), max_size=6))
def test_words_are_those_that_the_analyzer_gives(texts):
    tokens = tokenized(texts, "word")
    assert tokens.documents() == [words(text) for text in texts]
    assert [analyzed(text) for text in texts] == tokens.documents()
    assert tokens.lengths.tolist() == [len(words(text)) for text in texts]


def test_distinct_words_are_those_of_the_texts_at_hand():
    tokenized(["never asked for again"], str.split)
    ids, distinct = tokenized(["b a b", "", "c"], str.split).distinct()
    assert distinct == ["b", "a", "c"]
    assert ids.tolist() == [0, 1, 0, 2]


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(token_memo, "_MAX_BYTES", 20_000)
    sizes = []
    for number in range(100):
        texts = [f"text {number} {i}" for i in range(10)]
        found = tokenized(texts, str.split).documents()
        assert found == [text.split() for text in texts]
        sizes.append(sum(memo.n_bytes for memo in token_memo._memos.values()))
    assert 0 in sizes
    assert max(sizes) <= 20_000


def test_an_analyzer_that_cannot_be_a_key_is_asked_every_time():
    class Unhashable(list):
        def __call__(self, text):
            self.append(text)
            return text.split()

    analyzer = Unhashable()
    for _ in range(2):
        assert analyzed("a b", analyzer) == ["a", "b"]
    assert analyzer == ["a b", "a b"]


def test_an_error_of_the_analyzer_leaves_nothing_half_remembered():
    def analyzer(text):
        if text == "bad" and not forgiven:
            raise RuntimeError("no")
        return text.split()

    forgiven = []
    with pytest.raises(RuntimeError, match="no"):
        tokenized(["good one", "bad"], analyzer)
    forgiven.append(True)
    assert tokenized(["bad", "good one"], analyzer).documents() == [
        ["bad"],
        ["good", "one"],
    ]


def test_threads_may_ask_at_once():
    texts = [" ".join(pair) for pair in itertools.product("abcdefgh", repeat=2)]
    found = []
    threads = [
        threading.Thread(
            target=lambda: found.append(tokenized(texts, str.split).documents())
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[text.split() for text in texts]] * 8


def test_an_analyzer_is_the_word_word_or_a_function():
    with pytest.raises(ValueError, match=r"analyzer must be one of \['word'\]"):
        tokenized(["a"], "chars")
