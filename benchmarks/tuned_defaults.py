"""Whether defaults learnt on other datasets are better than the presets' own.

Every preset tries the same candidates of its own space on every dataset, inside half of
the rows. For each dataset, the candidate that gains most on all *other* datasets is its
tuned default there; both are then fitted to that half and scored on the other one. So
what is printed is what a table of tuned defaults would have gained on data that took no
part in it. Intervals are over datasets.

    python benchmarks/tuned_defaults.py mr r8 newsgroups20 --data DIR --rows 600
    python benchmarks/tuned_defaults.py shop.csv:category:name mr r8 --data DIR

A table is given as FILE:TARGET:TEXT.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import t as student
from sklearn.base import clone
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold, train_test_split

from mmbench.datasets import load_card, read_dataset, read_table
from mmbench.feature_extraction import TfidfVectorizer
from mmbench.fusion import branch
from mmbench.predictors import make_classifier
from mmbench.suites.tuning import tuned

PRESETS = ("logistic", "linear_svm", "ridge", "naive_bayes", "complement_nb", "knn")
FEWEST_PER_CLASS = 12


def main() -> None:
    """Print a line for each preset and dataset, and the mean gain of each preset."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--data", type=Path, default=Path())
    parser.add_argument("--rows", type=int, default=600)
    parser.add_argument("--candidates", type=int, default=16)
    parser.add_argument("--presets", nargs="+", default=PRESETS)
    options = parser.parse_args()
    halves = {name: split(*texts(name, options)) for name in options.sets}
    for preset in options.presets:
        searches = {
            name: searched(preset, half, options.candidates)
            for name, half in halves.items()
        }
        gains = []
        for name, half in halves.items():
            others = [s for other, s in searches.items() if other != name]
            params = chosen(others)
            default, tried = scored(searches[name].estimator, half, [{}, params])
            gains.append(tried - default)
            print(
                f"{preset:14} {name.split(':')[0]:24} default {default:.4f}, "
                f"tuned elsewhere {tried:.4f} ({tried - default:+.4f}) {params}",
                flush=True,
            )
        mean, low, high = interval(gains)
        final = chosen(list(searches.values()))
        print(f"{preset:14} mean gain {mean:+.4f} [{low:+.4f}, {high:+.4f}]; {final}")


def texts(name: str, options: argparse.Namespace) -> tuple[Any, Any]:
    """Return texts and labels of some rows; small classes are left out."""
    if ":" in name:
        path, target, text = name.split(":")
        dataset = read_table(Path(path), target=target, text=[text])
    else:
        dataset = read_dataset(options.data, card=load_card(name))
    samples = dataset.load()
    text = dataset.columns("text")[0]
    rows = np.random.RandomState(0).permutation(len(samples.y))[: options.rows]
    X, y = samples.X.iloc[rows][[text]].rename(columns={text: "text"}), samples.y[rows]
    known, counts = np.unique(y, return_counts=True)
    kept = np.isin(y, known[counts >= FEWEST_PER_CLASS])
    return X[kept], y[kept]


def split(X: Any, y: Any) -> list[Any]:
    """Return two halves of the rows: X and y of the first, and of the second."""
    first, second, y_first, y_second = train_test_split(
        X, y, test_size=0.5, stratify=y, random_state=0
    )
    return [first, y_first, second, y_second]


def searched(preset: str, half: list[Any], n_candidates: int) -> Any:
    """Return a search over the first half; its first candidate is the preset."""
    predictor = make_classifier(preset)
    if "random_state" in predictor.get_params():
        predictor.set_params(random_state=0)
    method = branch("text", TfidfVectorizer(), predictor)
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    search = tuned(method, n_candidates, cv=folds, scoring="f1_macro")
    return search.set_params(refit=False).fit(half[0], half[1])


def chosen(searches: list[Any]) -> dict[str, Any]:
    """Return the candidate that gains most over the default, on the mean."""
    scores = np.array([each.cv_results_["mean_test_score"] for each in searches])
    best = int((scores - scores[:, :1]).mean(axis=0).argmax())
    params: dict[str, Any] = searches[0].cv_results_["params"][best]
    return params


def scored(method: Any, half: list[Any], tried: list[dict[str, Any]]) -> list[float]:
    """Return macro-F1 on the second half, for each set of parameters."""
    X, y, X_test, y_test = half
    models = [clone(method).set_params(**params).fit(X, y) for params in tried]
    return [f1_score(y_test, m.predict(X_test), average="macro") for m in models]


def interval(gains: list[float]) -> tuple[float, float, float]:
    """Return the mean over datasets, and Student's 95 % interval."""
    n, mean = len(gains), float(np.mean(gains))
    reach = student.ppf(0.975, n - 1) * np.std(gains, ddof=1) / np.sqrt(n)
    return mean, mean - reach, mean + reach


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
