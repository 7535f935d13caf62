"""A small dataset of words, pictures and numbers, and methods over it."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, TransformerMixin

from mmbench.datasets import Dataset, Samples
from mmbench.suite import Suite

WORDS = ("red round sweet", "green long fresh", "brown hard bitter")


class Flatten(TransformerMixin, BaseEstimator):
    """Pictures to rows of pixels, each by itself."""

    row_wise = True

    def __init__(self, scale=1.0):
        self.scale = scale

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return np.stack([np.asarray(image, float).ravel() for image in X]) * self.scale

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags


def make_samples(n=90, groups=False):
    rng = np.random.default_rng(0)
    y = np.arange(n) % 3
    text = []
    for label in y:
        own = WORDS[label].split()
        other = WORDS[rng.integers(3)].split()
        text.append(" ".join(rng.choice(own + other, size=4)))
    images = rng.integers(0, 120, size=(n, 4, 4), dtype=np.uint8)
    images[np.arange(n), y] += 60
    X = pd.DataFrame(
        {"text": text, "image": list(images), "size": rng.normal(y, 1.5)},
        index=[f"s{i}" for i in range(n)],
    )
    X.loc[["s3", "s10"], "text"] = None
    labels = np.array(["a", "b", "c"])[y]
    return Samples(X, labels, groups=np.arange(n) // 2 if groups else None)


def make_grouped():
    return make_samples(groups=True)


def make_dataset(name="fruit", load=make_samples, **changes):
    return Dataset(
        name=name,
        version="1",
        source="made up",
        licence="CC0-1.0",
        modalities={"text": "text", "image": "image", "size": "numeric"},
        load=load,
        checksum=name,
        **changes,
    )


@pytest.fixture
def dataset():
    return make_dataset()


@pytest.fixture
def make_suite(dataset):
    def make(methods, **changes):
        parts = {"name": "s", "datasets": [dataset], "methods": methods, "cv": 3}
        return Suite(**(parts | changes))

    return make


@pytest.fixture
def go(tmp_path):
    """Run a suite in this process, and return the records by method and fold."""
    from mmbench.engine import run

    def run_it(suite, out="out", **options):
        options = {
            "cache": tmp_path / "cache",
            "debug": True,
            "throughput": False,
            "probes": False,
        } | options
        records = list(run(suite, tmp_path / out, **options))
        return {(r.method, r.fold, r.seed): r for r in records}

    return run_it
