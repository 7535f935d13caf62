"""On 1,000 COCO pictures, scores equal those of the field's reference program."""

import gzip
import json
import os
from pathlib import Path

import numpy as np
import pytest

from mmbench.fusion.generation import minimum_bayes_risk
from mmbench.tasks.generation.metrics import word_value
from mmbench.tasks.generation.texts import Scored
from mmbench.tasks.generation.word_scores import COLUMNS, word_counts
from mmbench.texts import split_words

pytestmark = pytest.mark.generation

FILE = Path(
    os.environ.get("MMBENCH_SHARED_DATA", "nowhere"),
    "captions_oracle/caption_metrics.json.gz",
)


@pytest.fixture(scope="module")
def oracle():
    if not FILE.is_file():
        pytest.skip("MMBENCH_SHARED_DATA is not where the captions are")
    return json.loads(gzip.decompress(FILE.read_bytes()))


def systems(items):
    """Return texts and references of the systems whose values are stored."""
    references = [item["references"] for item in items]
    first = [item["beams"][0] for item in items]
    return {
        "first_beam": (first, references),
        "other_image": ([r[0] for r in (*references[1:], references[0])], references),
        "human": ([r[0] for r in references], [r[1:] for r in references]),
    }


@pytest.mark.parametrize("system", ["first_beam", "other_image", "human"])
def test_corpus_scores_are_those_stored(oracle, system):
    texts, references = systems(oracle["items"])[system]
    stored = oracle["corpus"][system]

    sums = word_counts(Scored.of(texts, references, split_words)).sum(axis=0)

    found = [float(word_value(f"bleu_{n}", sums)) for n in (1, 2, 3, 4)]
    assert found == pytest.approx(stored["bleu"], abs=1e-6)
    assert word_value("rouge_l", sums) == pytest.approx(stored["rouge_l"], abs=1e-6)
    assert word_value("cider_d", sums) == pytest.approx(stored["cider_d"], abs=1e-6)


@pytest.mark.parametrize("metric", ["rouge_l", "cider_d"])
def test_scores_of_each_caption_are_those_stored(oracle, metric):
    texts, references = systems(oracle["items"])["first_beam"]

    counted = word_counts(Scored.of(texts, references, split_words))

    stored = oracle["first_beam_per_sample"][metric]
    assert np.allclose(counted[:, COLUMNS[metric]], stored, rtol=0, atol=1e-6)


def test_the_beam_that_others_agree_with_is_better_than_the_first(oracle):
    items = oracle["items"]

    chosen = minimum_bayes_risk([item["beams"] for item in items])

    references = [item["references"] for item in items]
    sums = word_counts(Scored.of(chosen, references, split_words)).sum(axis=0)
    assert word_value("cider_d", sums) >= 0.87  # the first beam has .827
