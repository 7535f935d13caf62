"""A results folder as a run leaves it: two datasets, 20 methods, 5 folds."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmbench.report import make_report
from mmbench.results import NodeCost, Record, ResultStore

# method: sees, extractors, fusion, classifier, macro-F1, accuracy, fit s, predict s
METHODS: dict[str, tuple[str, str, str, str, float, float, float, float]] = {
    "dummy": ("", "", "none", "DummyClassifier", 0.041, 0.312, 0.002, 0.0003),
    "text/bow/naive_bayes": (
        *("text", "CountVectorizer", "none", "MultinomialNB"),
        *(0.571, 0.842, 0.031, 0.006),
    ),
    "text/tfidf/logistic": (
        *("text", "TfidfVectorizer", "none", "LogisticRegression"),
        *(0.664, 0.878, 0.42, 0.009),
    ),
    "text/tfidf/bagging": (
        *("text", "TfidfVectorizer", "none", "BaggingClassifier"),
        *(0.655, 0.871, 3.9, 0.21),
    ),
    "text/word2vec/logistic": (
        *("text", "Word2VecVectorizer", "none", "LogisticRegression"),
        *(0.482, 0.793, 1.9, 0.034),
    ),
    "text/glove/logistic": (
        *("text", "GloVeVectorizer", "none", "LogisticRegression"),
        *(0.455, 0.781, 2.4, 0.031),
    ),
    "text/fasttext/logistic": (
        *("text", "FastTextVectorizer", "none", "LogisticRegression"),
        *(0.534, 0.812, 4.2, 0.05),
    ),
    "image/pixels/logistic": (
        *("image", "PixelsExtractor", "none", "LogisticRegression"),
        *(0.391, 0.582, 2.2, 0.12),
    ),
    "image/hog/logistic": (
        *("image", "HOGExtractor", "none", "LogisticRegression"),
        *(0.528, 0.689, 3.1, 0.33),
    ),
    "image/hog/random_forest": (
        *("image", "HOGExtractor", "none", "RandomForestClassifier"),
        *(0.471, 0.671, 5.2, 0.41),
    ),
    "image/hog/xgboost": (
        *("image", "HOGExtractor", "none", "XGBClassifier"),
        *(0.502, 0.684, 14.2, 0.36),
    ),
    "image/cnn/logistic": (
        *("image", "CNNExtractor", "none", "LogisticRegression"),
        *(0.561, 0.725, 6.8, 1.42),
    ),
    "text+image/tfidf+hog/early/logistic": (
        *("text+image", "TfidfVectorizer+HOGExtractor", "early", "LogisticRegression"),
        *(0.789, 0.906, 4.0, 0.36),
    ),
    "text+image/tfidf+hog/early/xgboost": (
        *("text+image", "TfidfVectorizer+HOGExtractor", "early", "XGBClassifier"),
        *(0.748, 0.897, 21.0, 0.41),
    ),
    "text+image/tfidf+cnn/early/logistic": (
        *("text+image", "TfidfVectorizer+CNNExtractor", "early", "LogisticRegression"),
        *(0.793, 0.909, 7.6, 1.47),
    ),
    "text+image/tfidf+hog/late-mean/logistic": (
        *("text+image", "TfidfVectorizer+HOGExtractor", "late", "LogisticRegression"),
        *(0.701, 0.889, 3.6, 0.35),
    ),
    "text+image/tfidf+hog/late-weighted/logistic": (
        *("text+image", "TfidfVectorizer+HOGExtractor", "late", "LogisticRegression"),
        *(0.722, 0.895, 17.4, 0.35),
    ),
    "text+image/tfidf+hog/hybrid/logistic": (
        *("text+image", "TfidfVectorizer+HOGExtractor", "hybrid", "LogisticRegression"),
        *(0.771, 0.903, 7.9, 0.71),
    ),
    "text+image/tfidf+hog/stacked/logistic": (
        *(
            "text+image",
            "TfidfVectorizer+HOGExtractor",
            "stacked",
            "LogisticRegression",
        ),
        *(0.757, 0.899, 20.1, 0.36),
    ),
    "text+image/tfidf+mobilenet_v2/early/logistic": (
        *("text+image", "TfidfVectorizer+CNNExtractor", "early", "LogisticRegression"),
        *(0.8, 0.91, 60.0, 20.0),
    ),
}
FAILED = "text/fasttext/logistic"
SKIPPED = "text+image/tfidf+mobilenet_v2/early/logistic"
SIZES = {"glyphs": (2670, 12), "synthetic": (1200, 4)}
SCORING = [
    *("accuracy", "balanced_accuracy", "precision_macro", "recall_macro"),
    *("f1_macro", "f1_weighted", "log_loss", "roc_auc_ovr"),
]
TRACEBACK = """Traceback (most recent call last):
  File "mmbench/engine/trial.py", line 94, in _fit_and_predict
    model.fit(X_train, y[fold.train])
ValueError: every text of the training rows is empty
"""


def key_of(*parts: object) -> str:
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def make_plan() -> dict[str, Any]:
    return {
        "suite": "quick",
        "scoring": SCORING,
        "cv": "5 stratified folds, shuffled",
        "seeds": [0],
        "datasets": {
            "glyphs": {
                "title": "Characters of DejaVu Sans with their Unicode names",
                "version": "1",
                "source": "https://dejavu-fonts.github.io",
                "licence": "Bitstream Vera Licence",
                "citation": "The DejaVu fonts team (2016). DejaVu fonts 2.37.",
                "checksum": "sha256:3fdf69cabf06049ea70a00b5919340e2ce1e",
                "modalities": {"text": "text", "image": "image"},
                "task": "tell the script of a character",
                "n_samples": 2670,
                "n_classes": 12,
                "notices": [],
            },
            "synthetic": {
                "title": "Texts and images with known information",
                "version": "1",
                "source": "generated",
                "licence": "CC0-1.0",
                "checksum": "sha256:77aa",
                "modalities": {"text": "text", "image": "image"},
                "n_samples": 1200,
                "n_classes": 4,
                "notices": ["12 of 1,200 images can't be read and count as missing."],
            },
        },
        "methods": {
            name: {
                "digest": key_of(name),
                "modalities": dict.fromkeys(SIZES, described[0]),
                "extractors": described[1],
                "fusion": described[2],
                "classifier": described[3],
                "repr": f"{described[3]}()",
            }
            for name, described in METHODS.items()
        },
        "trials": [
            {
                "key": key_of(dataset, method, fold),
                "dataset": dataset,
                "method": method,
                "fold": fold,
                "seed": 0,
            }
            for dataset in SIZES
            for fold in range(5)
            for method in METHODS
        ],
    }


def make_nodes(dataset: str, method: str, fold: int) -> dict[str, NodeCost]:
    """Return a fit of the method's own, and its extractors, which others share."""
    _, extractors, *_, fit_s, _ = METHODS[method]
    costs = {key_of(dataset, method, fold): NodeCost(fit_s, fit_s, 2**29)}
    for name in filter(None, extractors.split("+")):
        costs[key_of(dataset, name)] = NodeCost(30.0, 30.0, 2**28)
    return {key[:12]: cost for key, cost in costs.items()}


def make_records() -> Iterator[Record]:
    rng = np.random.default_rng(0)
    for dataset, (n_samples, _) in SIZES.items():
        lift = 1.0 if dataset == "glyphs" else 0.83
        for fold in range(5):
            for method, (*_, f1_macro, accuracy, fit_s, predict_s) in METHODS.items():
                noise = rng.normal(0, 0.008)
                f1 = float(np.clip(f1_macro * lift + noise, 0, 1))
                right = float(np.clip(accuracy * lift + noise, 0, 1))
                values: dict[str, Any] = {
                    "scores": {
                        "accuracy": right,
                        "balanced_accuracy": f1 * 0.98,
                        "precision_macro": f1 * 1.03,
                        "recall_macro": f1 * 0.98,
                        "f1_macro": f1,
                        "f1_weighted": right * 0.99,
                        "log_loss": -math.log(max(right, 0.05)) * 1.6,
                        "roc_auc_ovr": 0.5 + f1 / 2.1,
                    },
                    "n_train": n_samples * 4 // 5,
                    "n_test": n_samples // 5,
                    "fit_time_s": fit_s * n_samples / 2670 * (1 + abs(noise)),
                    "predict_time_s": predict_s * n_samples / 2670 * (1 + abs(noise)),
                    "nodes": make_nodes(dataset, method, fold),
                    "status": "ok",
                }
                if method == "text+image/tfidf+hog/early/xgboost":
                    values["warnings"] = ["UserWarning: feature names are not checked"]
                if (method, dataset, fold) == (FAILED, "glyphs", 3):
                    reason = "ValueError: every text of the training rows is empty"
                    values = {"status": "failed", "reason": reason}
                    values["traceback"] = TRACEBACK
                elif method == SKIPPED:
                    reason = "torch is not installed; install it with: pip install"
                    values = {"status": "skipped", "reason": reason}
                yield Record(
                    key=key_of(dataset, method, fold),
                    suite="quick",
                    dataset=dataset,
                    method=method,
                    fold=fold,
                    seed=0,
                    versions={"numpy": "2.4.6"},
                    **values,
                )


ENVIRONMENT: dict[str, Any] = {
    "command": "mmbench run quick",
    "started_at": "2026-01-02T03:04:05+00:00",
    "python": "3.11.9",
    "platform": "Linux-6.1-x86_64",
    "cpu": "AMD EPYC 7B13",
    "n_cores": 2,
    "threads_per_job": 1,
    "jobs": 2,
    "seeds": [0],
    "datasets": {"glyphs": "sha256:3fdf", "synthetic": "sha256:77aa"},
    "torch": None,
    "versions": {"mmbench": "0.1.0", "numpy": "2.4.6", "scikit-learn": "1.9.0"},
}

MakeOut = Callable[..., Path]


@pytest.fixture
def plan() -> dict[str, Any]:
    return make_plan()


@pytest.fixture
def records() -> dict[str, Record]:
    return {record.key: record for record in make_records()}


def write_out(
    folder: Path,
    plan: dict[str, Any],
    records: dict[str, Record],
    environment: dict[str, Any] = ENVIRONMENT,
) -> Path:
    """Fill a results folder."""
    with ResultStore(folder).open(plan, environment) as store:
        # One write: a test has no use for a sync a record.
        lines = "".join(f"{record.to_json()}\n" for record in records.values())
        (store.out_dir / "records.jsonl").write_text(lines)
    return store.out_dir


@pytest.fixture
def make_out(tmp_path: Path) -> MakeOut:
    """Return a function that fills a results folder."""
    return partial(write_out, tmp_path / "out")


@pytest.fixture
def out(make_out: MakeOut, plan: dict[str, Any], records: dict[str, Record]) -> Path:
    return make_out(plan, records)


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same folder with its report; a test may read it only."""
    records = {record.key: record for record in make_records()}
    folder = write_out(tmp_path_factory.mktemp("reported"), make_plan(), records)
    make_report(folder)
    return folder
