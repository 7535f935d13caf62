"""The linter of phrases, `.ci/check_words.py`."""

import runpy
from pathlib import Path

import pytest

CHECK = runpy.run_path(str(Path(__file__).parents[1] / ".ci" / "check_words.py"))


def found(text):
    return [phrase for _, phrase, _ in CHECK["findings"](text)]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Fusion can't be told from text alone.", "can't be told"),
        ("The run goes on where it was.", "goes on where"),
        ("'abc' is no number.", "is no number"),
        ("what is small by luck", "by luck"),
        ("import gensim.downloader", "gensim.downloader"),
    ],
)
def test_a_phrase_to_write_otherwise_is_found(text, phrase):
    assert found(text) == [phrase]


@pytest.mark.parametrize(
    "text",
    [
        "There is no column 'a'.",
        "It is no longer there.",
        "No significant difference.",
        "An interrupted run is resumed.",
    ],
)
def test_plain_english_passes(text):
    assert found(text) == []


def test_a_finding_names_its_line_and_what_to_write():
    assert list(CHECK["findings"]("one\nby luck")) == [(2, "by luck", "chance")]
