"""A run tells how much of its texts the word vectors know."""

import pandas as pd

from mmbench.cli.coverage import with_coverage
from mmbench.cli.request import Request
from mmbench.cli.requested_suite import requested_suite
from mmbench.datasets import Dataset, Samples


def make_dataset(**modalities):
    X = pd.DataFrame({name: ["red hat", "blue hat", None] for name in modalities})
    return Dataset(
        name="hats",
        version="1",
        source="made up",
        licence="CC0-1.0",
        modalities=modalities,
        load=lambda: Samples(X, [0, 1, 0]),
        notices=("first",),
    )


def test_each_column_of_texts_has_a_notice_with_its_share_of_known_words(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("red 1 0\nhat 0 1\n")
    told = with_coverage(make_dataset(body="text", photo="image"), path)
    assert told.notices == (
        "first",
        "column 'body': 75.0% of its words have a vector in vectors.txt.",
    )


def test_a_dataset_without_texts_is_not_loaded(tmp_path):
    dataset = make_dataset(photo="image")
    assert with_coverage(dataset, tmp_path / "absent.txt") is dataset


def test_a_suite_with_vectors_tells_of_every_dataset(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("latin 1 0\nletter 0 1\n")
    suite = requested_suite(Request(suite="text", vectors=path))
    assert all("in vectors.txt" in d.notices[-1] for d in suite.datasets)
