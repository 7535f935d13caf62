"""A small table that every fusion can work on: two groups of numbers and a text."""

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB, MultinomialNB

from mmbench.fusion import BlockScaler, branch


def make_table(n_classes, n_samples=48):
    """Return samples whose columns each tell some classes apart, and the classes."""
    rng = np.random.default_rng(n_classes)
    y = np.arange(n_samples) % n_classes
    words = np.array(["red cup", "blue cup", "sky"])
    said = np.where(rng.random(n_samples) < 0.7, y, rng.integers(3, size=n_samples))
    numbers = rng.normal(size=(n_samples, 3))
    numbers[:, 0] += 2 * y
    numbers[:, 2] += 2 * (y == 1)
    X = pd.DataFrame(numbers, columns=["width", "height", "price"])
    X["text"] = words[said % 3].astype(object)
    return X, y


@pytest.fixture(params=[2, 3], ids=["two classes", "three classes"])
def table(request):
    """Return samples and classes, for two classes and for three."""
    return make_table(request.param)


@pytest.fixture
def branches():
    """Return three branches; the numbers are imputed, so cells may be missing."""
    return [
        ("text", branch("text", CountVectorizer())),
        ("size", branch(["width", "height"], SimpleImputer(), BlockScaler())),
        ("price", branch(["price"], SimpleImputer(), BlockScaler())),
    ]


@pytest.fixture
def voters():
    """Return three methods, one over each part of the table."""
    return [
        ("text", branch("text", CountVectorizer(), MultinomialNB())),
        ("size", branch(["width", "height"], SimpleImputer(), LogisticRegression())),
        ("price", branch(["price"], SimpleImputer(), GaussianNB())),
    ]
