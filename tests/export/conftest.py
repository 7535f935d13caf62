"""A small run on a table of texts, numbers and categories, and its suite."""

import csv

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import SVC

from mmbench.datasets import read_table
from mmbench.engine import run
from mmbench.feature_extraction import (
    LSTMVectorizer,
    TfidfVectorizer,
    Word2VecVectorizer,
)
from mmbench.fusion import (
    FusionNetClassifier,
    LateFusionClassifier,
    branch,
    early_fusion,
)
from mmbench.predictors import XGBoostClassifier
from mmbench.suite import Suite

WORDS = {
    "fruit": "sweet ripe juicy",
    "tool": "steel sharp heavy",
    "toy": "soft red fun",
}


def write_things(path, n=72):
    rng = np.random.default_rng(0)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "grams", "colour", "kind"])
        for i in range(n):
            kind = list(WORDS)[i % 3]
            other = list(WORDS)[rng.integers(3)]
            words = rng.choice((WORDS[kind] + " " + WORDS[other]).split(), 3)
            grams = f"{100 * (i % 3) + rng.normal(0, 60):.3f}" if i % 11 else ""
            colour = ["green", "grey", "red"][rng.integers(3)] if i % 7 else ""
            writer.writerow([" ".join(words) if i % 13 else "", grams, colour, kind])
    return path


def methods():
    words = branch("name", TfidfVectorizer())
    grams = branch(["grams"], SimpleImputer())
    colour = branch(["colour"], OneHotEncoder(handle_unknown="ignore"))
    branches = [("name", words), ("grams", grams), ("colour", colour)]
    return {
        "dummy": DummyClassifier(strategy="prior"),
        "early": early_fusion(branches, LogisticRegression()),
        "forest": early_fusion(branches, RandomForestClassifier(n_estimators=5)),
        "late": LateFusionClassifier(
            [
                ("name", make_pipeline(words, LogisticRegression())),
                ("grams", make_pipeline(grams, LogisticRegression())),
            ]
        ),
        "grams": make_pipeline(grams, HistGradientBoostingClassifier(max_iter=5)),
        "xgboost": make_pipeline(grams, XGBoostClassifier(n_estimators=5)),
        "vectors": branch("name", Word2VecVectorizer(vector_size=4), SVC()),
    }


def networks():
    """Methods that hold trained networks, which need torch."""
    words, grams = branch("name", TfidfVectorizer()), branch(["grams"], SimpleImputer())
    branches = [("name", words), ("grams", grams)]
    lstm = LSTMVectorizer(vector_size=4, hidden_size=4, max_epochs=2)
    return {
        "network": FusionNetClassifier(branches, hidden_size=8, max_epochs=3),
        "recurrent": branch("name", lstm, LogisticRegression()),
    }


def things(path):
    return read_table(
        path,
        target="kind",
        text=["name"],
        numeric=["grams"],
        categorical=["colour"],
    )


class Done:
    """A run that was done: its folder, its table and its suite."""

    def __init__(self, folder, table, suite):
        self.folder, self.table, self.suite = folder, table, suite


@pytest.fixture(scope="session")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    table = write_things(folder / "things.csv")
    suite = Suite(name="things", datasets=[things(table)], methods=methods(), cv=3)
    how = {"debug": True, "probes": False, "retrain": "none"}
    list(run(suite, folder / "out", cache=folder / "cache", **how))
    return Done(folder / "out", table, suite)
