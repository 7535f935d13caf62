"""The one rule by which texts become words."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmbench.feature_extraction import split_tokens, words
from mmbench.feature_extraction.tokenize import normalize


@given(st.text(st.characters(max_codepoint=127), max_size=60))
def test_ascii_text_is_split_as_scikit_learn_splits_it(text):
    assert words(text) == re.findall(r"(?u)\b\w\w+\b", text.lower())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("东京", ["东", "东京", "京"], id="Han"),
        pytest.param("さくら", ["さ", "さく", "く", "くら", "ら"], id="Hiragana"),
        pytest.param(
            "ラーメン", ["ラ", "ラー", "ー", "ーメ", "メ", "メン", "ン"], id="Katakana"
        ),
        pytest.param("ກາ", ["ກ", "ກາ", "າ"], id="Lao"),
        pytest.param("ភាសា", ["ភា", "ភាសា", "សា"], id="Khmer"),
        pytest.param("မြန်", ["မြ", "မြန်", "န်"], id="Myanmar"),
        pytest.param("ที่นี่", ["ที่", "ที่นี่", "นี่"], id="Thai keeps marks on letters"),
    ],
)
def test_scripts_without_spaces_give_characters_and_pairs(text, expected):
    assert words(text) == expected


def test_a_long_unspaced_sentence_does_not_collapse_into_one_word():
    sentence = "我们今天下午要去北京大学图书馆看书"
    found = words(sentence)
    assert len(found) == 2 * len(sentence) - 1
    assert max(map(len, found)) == 2


def test_a_pair_never_reaches_over_what_is_no_letter():
    assert words("东。京") == ["东", "京"]


def test_mixed_scripts_are_cut_where_they_meet():
    assert words("the東京tower\uff12\uff10年") == [
        "the",
        "東",
        "東京",
        "京",
        "tower20",
        "年",
    ]


@pytest.mark.parametrize(
    "text",
    ["हिन्दी", "বাংলা", "தமிழ்", "العَرَبِيَّة", "ελληνικά", "한국어", "straße", "i̇stanbul"],
)
def test_a_word_of_a_spaced_script_stays_whole_with_its_marks(text):
    assert words(f"{text} {text}") == [unicodedata.normalize("NFKC", text)] * 2


def test_joiners_do_not_cut_a_persian_word():
    text = "می\u200cخواهم"  # noqa: RUF001
    assert words(text) == [text]


def test_letters_that_look_alike_in_other_forms_become_one():
    assert words("\uff23\uff21\uff34 cafe\u0301 ﬁne ﾗｰ") == [
        "cat",
        "caf\u00e9",
        "fine",
        "ラ",
        "ラー",
        "ー",
    ]


@pytest.mark.parametrize("text", ["", "   ", "!?…", "😀 👍", "a", "é"])
def test_a_text_without_a_word_gives_none(text):
    assert words(text) == []


@given(st.text(max_size=40))
def test_any_text_gives_words_that_the_text_holds(text):
    normalized = unicodedata.normalize("NFKC", text).lower()
    assert all(word and word in normalized for word in words(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what's a cup?", ["what", "'", "s", "a", "cup", "?"]),
        ("à 日本!", ["à", "日", "日本", "本", "!"]),
        ("हिन्दी।", ["हिन्दी", "।"]),
    ],
)
def test_tokens_keep_single_characters_and_punctuation(text, expected):
    assert split_tokens(text) == expected


@given(st.text(st.characters(max_codepoint=0x3100), max_size=40))
def test_every_word_is_a_token(text):
    assert set(words(text)) <= set(split_tokens(normalize(text)))
