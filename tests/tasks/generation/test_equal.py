"""The engine writes the texts that plain fit and predict of the method write."""

from importlib.util import find_spec

import numpy as np
import pytest

from mmbench.datasets import Samples
from mmbench.feature_extraction import TfidfVectorizer
from mmbench.fusion import SelectColumns, branch
from mmbench.fusion.generation import (
    ConsensusText,
    FusedTranslator,
    JointConsensusText,
    NearestText,
    RandomTrainingText,
    TextDecoder,
    TextEnsemble,
    TextFromWords,
    TextTranslator,
)
from mmbench.fusion.joint_spaces import RidgeSpace
from mmbench.texts import padded
from tests.engine.conftest import make_samples
from tests.engine.oracle import by_engine, first_fold, ready_for
from tests.engine.test_equal import text

pytestmark = pytest.mark.generation

SAMPLES = make_samples()
WORDS = ("red", "green", "small", "ripe", "sweet", "old")


def captioned(samples):
    """Return the samples with two texts to write about each, by their class."""
    rng = np.random.default_rng(0)
    said = [
        [f"a {WORDS[i]} {label} lies here", f"one {label}, {WORDS[j]} and fresh"]
        for label, i, j in zip(
            samples.y,
            rng.integers(len(WORDS), size=len(samples.y)),
            rng.integers(len(WORDS), size=len(samples.y)),
            strict=True,
        )
    ]
    return Samples(samples.X, padded(said))


CAPTIONED = captioned(SAMPLES)
MEMBERS = [
    ("near", text(NearestText(n_candidates=2))),
    ("many", text(ConsensusText(5, n_candidates=2))),
]
METHODS = {
    "random": RandomTrainingText(),
    "nearest": text(NearestText()),
    **{a: text(ConsensusText(5, agreement=a)) for a in ("cider", "bleu", "embedding")},
    "joint": text(JointConsensusText(RidgeSpace("y"), 10)),
    "words": text(TextFromWords(n_words=20, beam=2)),
    "mbr": TextEnsemble(MEMBERS),
    "stacked": TextEnsemble(MEMBERS, rule="stacked", cv=2),
}
if find_spec("torch"):
    WRITER = TextTranslator(width=8, max_epochs=1, n_merges=20, beam=2, random_state=0)
    SEEN = branch("text", TfidfVectorizer())
    METHODS["fused"] = FusedTranslator(SelectColumns("text"), SEEN, WRITER)


@pytest.mark.parametrize("name", METHODS)
def test_the_engine_writes_what_the_method_writes(name, tmp_path):
    fold = first_fold(CAPTIONED, "generation")
    ready = ready_for(METHODS[name], CAPTIONED, fold, "generation")
    model = ready.fit(CAPTIONED.X.iloc[fold.train], CAPTIONED.y[fold.train])
    expected = model.predict(CAPTIONED.X.iloc[fold.test])

    result = by_engine(METHODS[name], tmp_path, CAPTIONED, "generation", fold)
    assert result.status == "ok", result.traceback
    found = result.value

    assert found["text"].tolist() == expected.tolist()
    known = set(CAPTIONED.y[fold.train].ravel().tolist())
    assert found["copied"].tolist() == [each in known for each in expected.tolist()]


@pytest.mark.parametrize("cell", ["lstm", "transformer"])
@pytest.mark.parametrize("inject", ["input", "encoder", "decoder"])
def test_a_decoder_learns_to_say_what_features_tell(cell, inject):
    pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    classes = rng.integers(2, size=60)
    X = np.eye(2)[classes] + rng.normal(0, 0.1, (60, 2))
    y = np.array(["a small cat", "two big dogs"])[classes]
    model = TextDecoder(
        cell=cell, inject=inject, width=16, dropout=0.0, n_merges=40, random_state=0
    ).set_params(max_epochs=8, patience=8, learning_rate=0.02)

    assert (model.fit(X, y).predict(X) == y).mean() > 0.9
    assert (model.predict(X) == model.fit(X, y).predict(X)).all()


def test_a_translator_learns_words_and_writes_capitals_and_commas():
    pytest.importorskip("torch")
    pairs = {"a": "Ein", "cat": "Kater,", "dog": "Hund", "red": "roter", "big": "Tor"}
    rng = np.random.default_rng(0)
    drawn = [rng.choice(list(pairs), 3).tolist() for _ in range(200)]
    X = np.array([" ".join(words) for words in drawn], dtype=object)
    y = np.array([" ".join(pairs[word] for word in words) for words in drawn])
    model = TextTranslator(width=32, dropout=0.0, n_merges=60, random_state=0)
    model.set_params(max_epochs=10, learning_rate=0.02, beam=2)

    assert (model.fit(X, y).predict(X) == y).mean() > 0.9
