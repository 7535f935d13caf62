"""The engine runs a task whose answers are embeddings scored against a gallery."""

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import Ridge

from mmbench.datasets import Dataset, Samples
from mmbench.errors import UsageError
from mmbench.results import ResultStore
from mmbench.suite import Suite
from mmbench.tasks import sums_of
from tests.engine.conftest import make_samples
from tests.tasks.toy_retrieval import PAIRS, CountEmbedding, RandomEmbedding, hits

WORDS = ["apple", "bench", "cloud", "drum", "eagle", "flute", "grape", "house"]


def make_pairs() -> Samples:
    keys = np.array(WORDS * 3)
    noise = [word[:i] for i, word in enumerate(WORDS * 3)]
    texts = [f"{key}{end}" for key, end in zip(keys, noise, strict=True)]
    return Samples(pd.DataFrame({"text": texts, "image": keys}), keys)


def make_dataset(**changes: object) -> Dataset:
    parts: dict[str, object] = {
        "name": "pairs",
        "version": "1",
        "source": "made up",
        "licence": "CC0-1.0",
        "modalities": {"text": "text", "image": "categorical"},
        "load": make_pairs,
        "task": PAIRS,
    }
    return Dataset(**(parts | changes))  # type: ignore[arg-type]


METHODS = {"random": RandomEmbedding(), "letters": CountEmbedding()}


def make_suite(**changes: object) -> Suite:
    parts = {"name": "toy", "datasets": [make_dataset()], "methods": METHODS, "cv": 3}
    return Suite(**(parts | changes))  # type: ignore[arg-type]


def test_embeddings_are_scored_against_the_gallery_of_the_test_rows(go, tmp_path):
    records = go(make_suite(), throughput=True, probes=True)
    assert {record.status for record in records.values()} == {"ok"}
    store, samples = ResultStore(tmp_path / "out"), make_pairs()
    for (method, _, _), record in records.items():
        found = store.predictions(record.key)
        target, said = PAIRS.answers.load(found.arrays)
        rows = samples.X.loc[found.sample_ids]
        model = METHODS[method].fit(rows, None)
        assert np.array_equal(said["text"], model.embed(rows, "text"))
        right = hits(target, said)
        assert len(right) == 2 * len(rows)
        assert record.scores == {"hit_at_1": pytest.approx(right[:, 0].mean())}
    best = np.mean(
        [r.scores["hit_at_1"] for (m, *_), r in records.items() if m[0] == "l"]
    )
    assert best > 0.9


def test_a_plan_says_what_the_task_is(go, tmp_path):
    go(make_suite())
    described = ResultStore(tmp_path / "out").plan()["datasets"]["pairs"]
    said = {name: described[name] for name in ("task", "ranked_by", "n_items", "size")}
    assert said == {
        "task": "toy-pairs",
        "ranked_by": "hit_at_1",
        "n_items": 8,
        "size": "8 items",
    }
    assert "n_classes" not in described


def test_queries_are_resampled_with_their_rows():
    samples = make_pairs()
    owners = np.arange(24)
    assert len(PAIRS.data.units(samples.target, owners)) == 48


def test_contributions_add_up_to_the_score():
    samples = make_pairs()
    model = CountEmbedding().fit(samples.X, samples.y)
    said = PAIRS.answers.predict(model, samples.X, samples.target)
    (metric,) = PAIRS.metrics
    sums = sums_of(hits(samples.target, said))
    assert metric.score(samples.target, said) == pytest.approx(sums[0] / 48)


def test_a_method_of_another_task_is_refused_before_data_is_read():
    def never() -> Samples:
        raise AssertionError("loaded")

    unread = make_dataset(load=never)
    with pytest.raises(UsageError, match="DummyClassifier has no method embed"):
        make_suite(datasets=[unread], methods={"dummy": DummyClassifier()})
    one = make_samples()
    fruit = make_dataset(
        name="fruit",
        task="classification",
        load=lambda: one,
        modalities={"text": "text"},
    )
    with pytest.raises(UsageError, match="Ridge is a regressor"):
        make_suite(datasets=[fruit], methods={"ridge": Ridge()})
