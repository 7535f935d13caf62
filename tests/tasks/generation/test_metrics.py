"""Metrics of texts equal what other programs and hands compute."""

import math

import numpy as np
import pytest
import sacrebleu

from mmbench.tasks import Prediction, Target
from mmbench.tasks.generation.metrics import METRICS
from mmbench.texts import padded, ptb_words

pytestmark = pytest.mark.generation

BY_NAME = {metric.name: metric for metric in METRICS}
REFERENCES = [
    ["Ein Mann steht vor einem Haus.", "Ein Herr wartet am Haus.", "Da ist er."],
    ["Zwei Hunde spielen im Gras.", "Hunde tollen über die Wiese!"],
    ["Eine Frau liest ein Buch, während sie wartet."],
    ["Kinder"],
]
TEXTS = [
    "Ein Mann wartet vor dem Haus.",
    "Zwei Hunde und zwei Hunde spielen.",
    "Eine Frau, die ein Buch liest",
    "Das Kind",
]


def score(name, texts=TEXTS, references=REFERENCES, *, tokenise="ptb"):
    rows = padded(references)
    target = Target(rows, {"tokenise": tokenise})
    return BY_NAME[name].score(target, Prediction({"text": np.array(texts)}))


def test_bleu_of_translations_is_sacrebleus():
    streams = [list(each) for each in zip(*padded(REFERENCES).tolist(), strict=True)]
    streams = [[text or None for text in each] for each in streams]
    expected = sacrebleu.corpus_bleu(TEXTS, streams).score

    assert score("sacrebleu") == pytest.approx(expected, abs=1e-9)
    assert expected > 1


def test_chrf_is_sacrebleus():
    streams = [list(each) for each in zip(*padded(REFERENCES).tolist(), strict=True)]
    streams = [[text or None for text in each] for each in streams]
    expected = sacrebleu.corpus_chrf(TEXTS, streams).score

    assert score("chrf") == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("text", ["", "Haus", "ein Mann", "Mann vor", "ganz anders"])
def test_bleu_of_a_single_short_text_is_sacrebleus(text):
    expected = sacrebleu.corpus_bleu([text], [[REFERENCES[0][0]]]).score

    found = score("sacrebleu", [text], [REFERENCES[0][:1]])

    assert found == pytest.approx(expected, abs=1e-9)


def test_bleu_takes_the_closest_length_and_of_two_the_shorter():
    # Four words, references of three and five: the shorter is taken, so no penalty.
    texts, references = ["a b c d"], [["a b c", "a b c d e"]]

    assert score("bleu_1", texts, references) == pytest.approx(1.0)
    # Against five words alone, the penalty is exp(1 - 5/4).
    expected = math.exp(1 - 5 / 4)
    assert score("bleu_1", texts, [["a b c d e"]]) == pytest.approx(expected)


def test_bleu_clips_words_by_the_reference_that_has_most():
    # "the" stands twice in one reference, so two of seven count.
    texts = ["the the the the the the the"]
    references = [["the cat is on the mat", "there is a cat on the mat"]]

    assert score("precision_1", texts, references) == pytest.approx(2 / 7)
    assert score("bleu_2", texts, references) == 0


def test_rouge_l_takes_best_precision_and_best_recall():
    # Of "a b c d": three of "a b x c y z" in order, and one of "d".
    precision, recall = 3 / 4, 1 / 1
    expected = (1 + 1.44) * precision * recall / (recall + 1.44 * precision)

    found = score("rouge_l", ["a b c d"], [["a b x c y z", "d"]])

    assert found == pytest.approx(expected)


def test_rouge_1_and_2_are_f1_with_the_best_reference():
    # Three words of four and of six are shared, one pair of three and of five.
    assert score("rouge_1", ["a b c d"], [["a b x c y z", "q"]]) == pytest.approx(
        6 / 10
    )
    assert score("rouge_2", ["a b c d"], [["a b x c y z", "q"]]) == pytest.approx(2 / 8)


def test_cider_of_one_document_is_nothing():
    # Every n-gram is in the only document, so none is rare.
    assert score("cider_d", ["a cat"], [["a cat"]]) == 0


def test_cider_of_equal_texts_is_as_long_as_they_are():
    # Ten times the share of the four lengths that two words have n-grams of.
    texts = ["red cat", "blue dog"]

    assert score("cider_d", texts, [[text] for text in texts]) == pytest.approx(5)


def test_distinct_n_counts_over_all_texts():
    assert score("distinct_1", ["a b a", "b a c"], [["x"], ["x"]]) == 3 / 6
    assert score("distinct_2", ["a b a", "b a c"], [["x"], ["x"]]) == 3 / 4


def test_the_length_is_in_words_and_the_share_copied_of_rows():
    assert score("length", ["a b a.", "b"], [["x"], ["x"]]) == 2
    target = Target(np.array(["x", "x", "x"]))
    copied = Prediction(
        {"text": np.array(["a", "b", "c"]), "copied": np.array([True, False, True])}
    )
    assert BY_NAME["copied"].score(target, copied) == pytest.approx(2 / 3)
    assert score("copied") is None


def test_texts_already_tokenised_are_left_as_they_are():
    assert score("bleu_1", ["A cat ."], [["a cat"]]) == pytest.approx(1.0)
    assert score("bleu_1", ["A cat ."], [["a cat"]], tokenise="none") == 1 / 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Two dogs, one ball.", "two dogs one ball"),
        (
            "It isn't the man's hat; they've left!",
            "it is n't the man 's hat they 've left",
        ),
        ("a 1,000-year-old tree at 10:30", "a 1,000-year-old tree at 10:30"),
        ('He says "stop" (twice)...', "he says stop twice"),
        ("black -- and white", "black and white"),
        ("the dogs' toys", "the dogs toys"),
        ("I cannot, he\u2019ll try", "i can not he 'll try"),
        ("the no. 5 bus & a $3.50 fare", "the no 5 bus & a $ 3.50 fare"),
        ("", ""),
        (". . .", ""),
    ],
)
def test_the_tokeniser_parts_words_as_the_treebank_does(text, words):
    assert " ".join(ptb_words(text)) == words
