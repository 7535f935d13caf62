"""Answers are worth what the definitions of VQA, SQuAD and WUPS say, by hand."""

from dataclasses import replace
from itertools import combinations

import pytest

from mmbench.errors import RequirementError
from mmbench.suites import build_suite
from mmbench.tasks.answering.answer_scores import (
    clean_vqa_accuracy,
    exact_match,
    leave_one_out,
    token_f1,
    vqa_accuracy,
)
from mmbench.tasks.answering.normalisation import clean_answer, official_answer
from mmbench.tasks.answering.wups import has_wordnet, words_likeness, wups

pytestmark = pytest.mark.answering


@pytest.mark.parametrize(
    ("n_equal", "worth"),
    [(0, 0.0), (1, 0.3), (2, 0.6), (3, 0.9), (4, 1.0), (9, 1.0), (10, 1.0)],
)
def test_of_ten_people_one_two_and_three_give_three_six_and_nine_tenths(n_equal, worth):
    references = ["cat"] * n_equal + ["dog"] * (10 - n_equal)
    assert vqa_accuracy("cat", references) == pytest.approx(worth, abs=1e-12)


@pytest.mark.parametrize("n_references", [4, 7, 10])
def test_split_answers_are_averaged_over_all_sets_that_lack_one_person(n_references):
    for n_equal in range(n_references + 1):
        people = [1] * n_equal + [0] * (n_references - n_equal)
        sets = list(combinations(people, n_references - 1))
        by_hand = sum(min(sum(each) / 3, 1) for each in sets) / len(sets)
        assert leave_one_out(n_equal, n_references) == pytest.approx(by_hand)


def test_few_references_can_all_be_matched():
    assert [leave_one_out(n, n) for n in (1, 2, 3, 4)] == [1, 1, 1, 1]
    # Of three, two are left: both, one, one; of two, one is left: that one, or none.
    assert leave_one_out(2, 3) == pytest.approx((1 + 0.5 + 0.5) / 3)


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Yes", "yes"),
        ("the  cat on a mat", "cat on mat"),
        ("an apple", "apple"),
        ("zero", "0"),
        ("seven dwarfs", "7 dwarfs"),
        ("ten", "10"),
        ("eleven", "eleven"),
        ("none", "0"),
        ("dont", "don't"),
        ("wouldntve", "wouldntve"),
        ("wouldn'tve", "wouldn't've"),
        ("wouldnt've", "wouldn't've"),
        ("ow's'at", "'ow's'at"),
        ("Im", "im"),
        ("somebody'd", "somebodyd"),
        ("well", "well"),
        ("black/white", "black white"),
        ("black / white", "black white"),
        ("t-shirt", "t shirt"),
        ("left - t-shirt", "left tshirt"),
        ("1,000", "1000"),
        ("1,000-2,000", "10002000"),
        ("red,blue", "red blue"),
        ("red, blue", "red blue"),
        ("red,blue, green", "redblue green"),
        ("what?", "what"),
        ("cat's", "cat's"),
        ("10:30", "10:30"),
        ("4.5", "4.5"),
        ("4.", "4"),
        (".5", ".5"),
        ("u.s.a.", "usa"),
        ("a\nb\tc ", "b c"),
        ("." * 40, "." * 8),
    ],
)
def test_official_rules_are_kept_to_the_letter(written, compared):
    assert official_answer(written) == compared


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("none", "none"),
        ("two", "2"),
        ("red,blue, green", "red blue green"),
        ("left - t-shirt", "left t shirt"),
        ("1,000-2,000", "1000 2000"),
        ("." * 40 + "x", "x"),
        ("a", "a"),
        ("dont", "don't"),
        ("don\u2019t", "don't"),
        ("4.5.", "4.5"),
    ],
)
def test_clean_rules_have_no_quirks(written, compared):
    assert clean_answer(written) == compared


def test_unanimous_answers_are_not_normalised_and_split_ones_are():
    assert vqa_accuracy("Black.", ["black"] * 10) == 0
    assert clean_vqa_accuracy("Black.", ["black"] * 10) == 1
    assert vqa_accuracy("Black.", ["black"] * 9 + ["dark"]) == 1
    assert vqa_accuracy("black\n", ["black"] * 10) == 1
    # None and 0 become the same, which only the clean variant avoids.
    assert vqa_accuracy("0", ["none"] * 9 + ["nothing"]) == 1
    assert clean_vqa_accuracy("0", ["none"] * 9 + ["nothing"]) == 0


def test_exact_match_and_token_f1_take_the_nearest_reference():
    assert exact_match("A cat.", ["dog", "cat"])
    assert not exact_match("cats", ["cat"])
    # Two of three words on one side, two of two on the other: 2 * 2 / 5.
    assert token_f1("big red car", ["red car", "bus"]) == pytest.approx(0.8)
    assert token_f1("", ["x"]) == 0


def test_wups_multiplies_over_both_sides_and_takes_the_smaller():
    alike = {frozenset(("cat", "dog")): 0.8, frozenset(("cat", "pen")): 0.3}

    def likeness(one, other):
        return alike.get(frozenset((one, other)), 0.1)

    assert wups("cat", "cat", 0.9, likeness) == 1
    assert wups("cat", "dog", 0.9, likeness) == pytest.approx(0.08)
    assert wups("cat", "dog", 0.0, likeness) == pytest.approx(0.8)
    # Said: cat is dog (.8), pen is nothing but .1; asked: dog is cat (.8).
    assert wups("cat, pen", "dog", 0.0, likeness) == pytest.approx(0.08)
    assert wups("dog", "dog, pen", 0.0, likeness) == pytest.approx(0.1)


def test_wups_says_what_to_install_where_wordnet_is_not():
    if has_wordnet():
        assert words_likeness("cat", "dog") > words_likeness("cat", "pen")
        return
    with pytest.raises(RequirementError, match="pip install nltk"):
        replace(build_suite("answering"), scoring=("wups_09",))
