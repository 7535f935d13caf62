"""What ``mmbench run best`` picks by itself, beside plain scikit-learn scripts.

The greedy ensemble of the suite ``best`` is learnt from training rows alone, so its
score is that of a method chosen before any test row was seen. Plain scripts are what an
expert writes in ten lines. Intervals are Wilson's for accuracy, and the spread over
seeds for macro-F1.

    python benchmarks/contenders.py mr r8 newsgroups20 --data DIR
    python benchmarks/contenders.py cr --data DIR
    python benchmarks/contenders.py mr --data DIR --words-only
    python benchmarks/contenders.py rare --seeds 5

``DIR`` holds the files that the cards of the datasets name, and ``custrev.all`` of the
customer reviews (a label and a text a line).
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import TunedThresholdClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OrdinalEncoder
from sklearn.svm import LinearSVC
from statsmodels.stats.proportion import proportion_confint

from mmbench import ResultStore, run
from mmbench.datasets import Dataset, load_card, read_dataset, read_table
from mmbench.engine import folds_of
from mmbench.suites import build_suite
from mmbench.suites.ensembling import with_metrics

PICK = "*/portfolio/greedy"


def main() -> None:
    """Print one line a dataset and way."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--data", type=Path, default=Path())
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--words-only", action="store_true", help="no language model")
    parser.add_argument("--jobs", type=int, help="[default: the cores]")
    options = parser.parse_args()
    # None stands for what is installed.
    models: dict[str, str] | None = {} if options.words_only else None
    for name in options.sets:
        dataset, folds = loaded(name, options)
        for seed in range(options.seeds):
            picked = dict(of_suite(dataset, folds, seed, models, options.jobs))
            for way, (truth, said) in {**picked, **plain(dataset, folds, seed)}.items():
                print(line(f"{name} seed {seed}", way, truth, said), flush=True)


def loaded(name: str, options: argparse.Namespace) -> tuple[Dataset, int]:
    """Return a dataset, and its number of folds."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / f"{name}.jsonl"
        if name == "rare":
            rare(2000).to_json(table, orient="records", lines=True)
            roles = {"text": ["text"], "categorical": ["shop", "size"]}
            numbers = [f"n{i}" for i in range(4)]
            return read_table(table, target="label", numeric=numbers, **roles), 5
        if name == "cr":
            lines = (options.data / "custrev.all").read_text(errors="replace")
            rows = [line.split(" ", 1) for line in lines.splitlines() if line.strip()]
            with table.open("w") as file:
                for label, text in rows:
                    print(json.dumps({"label": f"c{label}", "text": text}), file=file)
            return read_table(table, target="label", text=["text"]), 10
    return read_dataset(options.data, card=load_card(name)), options.folds


def rare(n: int) -> pd.DataFrame:
    """Return made-up rows, one in twenty of a class that every column hints at."""
    rng = np.random.default_rng(0)
    y = (rng.random(n) < 0.05).astype(int)
    shift = (0.9, 0.6, 0.0, 0.0)
    X = pd.DataFrame({f"n{i}": rng.normal(size=n) + y * shift[i] for i in range(4)})
    X["n1"] = np.exp(X["n1"])
    X.loc[rng.random(n) < 0.2, "n0"] = np.nan
    few, all_ = rng.integers(3, size=n), rng.integers(30, size=n)
    X["shop"] = [f"s{i}" for i in np.where(rng.random(n) < 0.35 * y, few, all_)]
    X["size"] = rng.choice(["S", "M", "L"], n)
    says = rng.random(n) < np.where(y, 0.45, 0.04)
    hints = np.where(says, rng.choice(["broken", "late", "refund"], n), "")
    words = [f"w{i}" for i in range(200)]
    X["text"] = [" ".join([*rng.choice(words, 12), hint]) for hint in hints]
    X["label"] = np.where(y, "bad", "good")
    return X


def of_suite(
    dataset: Dataset,
    folds: int,
    seed: int,
    models: dict[str, str] | None,
    jobs: int | None,
) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Yield what the suite picks, as true and predicted labels of all test rows."""
    suite = build_suite(
        "best", [dataset], cv=folds, seeds=(seed,), text_models=models
    ).with_methods([PICK])
    if not dataset.columns("numeric"):  # what is published of texts
        suite = with_metrics(suite, ["accuracy", "f1_macro"])
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        store = ResultStore(folder)
        how = {"throughput": False, "probes": False, "retrain": "none"}
        records = list(run(suite, store, jobs=jobs, **how))
        arrays = [store.predictions(record.key).arrays for record in records]
    truth = np.concatenate([each["y_true"] for each in arrays])
    said = np.concatenate([each["classes"][each["label"]] for each in arrays])
    yield f"best ({time.perf_counter() - start:.0f} s)", (truth, said)


def plain(dataset: Dataset, folds: int, seed: int) -> dict[str, tuple[Any, Any]]:
    """Return what a plain script answers on the same folds."""
    samples = dataset.load()
    texts = dataset.columns("text")
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    if dataset.columns("numeric"):
        name, method = "tuned boosting", tuned_boosting(dataset)
    else:
        pick = FunctionTransformer(first_column)
        name, method = "words, SVM", make_pipeline(pick, words, LinearSVC())
    X = samples.X if dataset.columns("numeric") else samples.X[list(texts)]
    truth, said = [], []
    for train, test in folds_of(dataset, samples, folds, seed):
        model = clone(method).fit(X.iloc[train], samples.y[train])
        truth.append(samples.y[test])
        said.append(model.predict(X.iloc[test]))
    return {f"plain: {name}": (np.concatenate(truth), np.concatenate(said))}


def first_column(X: pd.DataFrame) -> list[str]:
    """Return the texts of the first column."""
    return X.iloc[:, 0].fillna("").tolist()


def tuned_boosting(dataset: Dataset) -> TunedThresholdClassifierCV:
    """Return boosted trees over columns as they are, their threshold tuned."""
    categories = list(dataset.columns("categorical"))
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = ColumnTransformer(
        [
            ("categories", encoder, categories),
            ("numbers", "passthrough", list(dataset.columns("numeric"))),
            ("text", TfidfVectorizer(min_df=5), dataset.columns("text")[0]),
        ],
        sparse_threshold=0.0,
    )
    trees = HistGradientBoostingClassifier(
        categorical_features=range(len(categories)), random_state=0
    )
    return TunedThresholdClassifierCV(make_pipeline(columns, trees), scoring="f1_macro")


def line(where: str, way: str, truth: Any, said: Any) -> str:
    """Return scores in one line."""
    right = int(np.sum(truth == said))
    low, high = proportion_confint(right, len(truth), method="wilson")
    f1 = f1_score(truth, said, average="macro")
    accuracy = accuracy_score(truth, said)
    return (
        f"{where:20} {way:24} accuracy {accuracy:.4f} [{low:.4f}, {high:.4f}], "
        f"macro-F1 {f1:.4f}"
    )


if __name__ == "__main__":
    main()
