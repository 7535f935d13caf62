"""What the suites of texts compare, and what they say where they can't."""

import numpy as np
import pandas as pd
import pytest

from mmbench.datasets import Dataset, Samples
from mmbench.errors import UsageError
from mmbench.suites import build_suite
from mmbench.texts import padded

pytestmark = pytest.mark.generation


def pairs():
    """Return twenty sentences, each with a translation."""
    texts = [f"a {c} thing{n}" for c in ("red", "blue") for n in range(10)]
    said = [[text.replace("red", "rot").replace("blue", "blau")] for text in texts]
    X = pd.DataFrame({"en": pd.Series(texts, dtype=object)})
    return Dataset(
        name="pairs",
        version="1",
        source="made here",
        licence="none",
        modalities={"en": "text"},
        load=lambda: Samples(X, padded(said)),
        task="generation",
    )


def test_captions_are_of_neighbours_consensus_joint_spaces_and_ensembles():
    names = set(build_suite("captioning").methods)

    assert {"random", "image/early/nearest", "image/early/joint-cca"} <= names
    assert {f"image/early/consensus-{a}" for a in ("cider", "bleu")} <= names
    assert {"image/early/late-mbr", "image/early/stacked"} <= names


def test_a_memory_translates_what_it_has_seen():
    suite = build_suite("translation", [pairs()])
    X, y, *_ = pairs().load()

    memory = suite.methods["en/tfidf/nearest"].fit(X, y)

    assert suite.scoring[0] == "sacrebleu"
    assert np.array_equal(memory.predict(X), y[:, 0])


def test_translation_without_data_looks_at_pictures_that_say_what_words_mean():
    pytest.importorskip("torch")
    suite = build_suite("translation")

    assert [each.name for each in suite.datasets] == ["ambiguous_words"]
    assert "english+image/units+glyph_cnn/decoder-lstm" in suite.methods


def test_suites_that_take_long_have_three_folds_unless_asked_for_others():
    assert build_suite("captioning").cv == 3
    assert build_suite("captioning", cv=4).cv == 4
    assert build_suite("translation", [pairs()]).cv == 5


def test_other_suites_name_those_that_write_texts():
    with pytest.raises(UsageError, match="'captioning' or 'translation'"):
        build_suite("quick", [pairs()])
