"""What a search over early fusion with a network costs beside the least that it could.

``python benchmarks/search_cost.py`` prints processor times of one trial: by
the engine, and by a script that computes features once in each inner fold, fits every
candidate's classifier there, and fits the best one again; and whether both found the
same candidate with the same scores.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace

import numpy as np
from scipy.stats import loguniform
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import (
    ParameterSampler,
    RandomizedSearchCV,
    ShuffleSplit,
    StratifiedKFold,
)

from mmbench import Suite, iter_run
from mmbench.datasets import EMBEDDED, Dataset, Samples
from mmbench.fusion import early_fusion
from mmbench.suites.materials import Materials

N_CANDIDATES = 20
FOLDS = StratifiedKFold(3, shuffle=True, random_state=0)
SPACE = {"classifier__C": loguniform(0.3, 300.0)}


def method() -> RandomizedSearchCV:
    """Return the search: TF-IDF and the network of glyphs, joined early."""
    materials = Materials(
        modalities={"text": "text", "image": "image"}, weights={"glyph_cnn": "glyphs"}
    )
    blocks = [
        ("text", materials.features("text", "tfidf")),
        ("image", materials.features("image", "glyph_cnn")),
    ]
    return RandomizedSearchCV(
        early_fusion(blocks, LogisticRegression(C=30.0, max_iter=1000)),
        SPACE,
        n_iter=N_CANDIDATES,
        cv=FOLDS,
        scoring="f1_macro",
        random_state=0,
    )


def first_rows(n: int) -> Dataset:
    """Return the commonest classes of glyphs, of which enough samples are left."""
    samples = EMBEDDED["glyphs"].load()
    rows = np.random.default_rng(0).permutation(len(samples.y))[:n]
    names, counts = np.unique(samples.y[rows], return_counts=True)
    rows = rows[np.isin(samples.y[rows], names[counts >= 10])]
    kept = Samples(X=samples.X.iloc[rows], y=samples.y[rows])
    return replace(EMBEDDED["glyphs"], checksum=str(n), load=lambda: kept)


def by_engine(suite: Suite) -> tuple[float, dict[str, object]]:
    """Return the processor time of one trial in this process, and what was found."""
    with tempfile.TemporaryDirectory() as folder:
        quiet = {"throughput": False, "probes": False, "retrain": "none"}
        where = {"store": f"{folder}/out", "cache": f"{folder}/cache"}
        start = time.process_time()
        (record,) = iter_run(suite, **where, **quiet, debug=True)
        spent = time.process_time() - start
    assert record.status == "ok", record.reason
    (found,) = record.searches.values()
    return spent, dict(found)


def by_hand(suite: Suite) -> tuple[float, dict[str, object]]:
    """Return the same of a script that does no more than it has to."""
    samples = suite.datasets[0].load()
    rows, others = map(np.sort, next(suite.cv.split(samples.X)))
    X, y = samples.X.iloc[rows], samples.y[rows]
    features, classifier = (step for _, step in method().estimator.steps)
    tried = list(ParameterSampler(SPACE, N_CANDIDATES, random_state=0))
    scores = np.zeros((len(tried), FOLDS.n_splits))
    start = time.process_time()
    for fold, (train, test) in enumerate(FOLDS.split(X, y)):
        made = clone(features)
        inside, outside = made.fit_transform(X.iloc[train], y[train]), X.iloc[test]
        outside = made.transform(outside)
        for number, params in enumerate(tried):
            model = clone(classifier).set_params(C=params["classifier__C"])
            said = model.fit(inside, y[train]).predict(outside)
            scores[number, fold] = f1_score(y[test], said, average="macro")
    best = tried[int(scores.mean(axis=1).argmax())]
    made = clone(features)
    model = clone(classifier).set_params(C=best["classifier__C"], random_state=0)
    model.fit(made.fit_transform(X, y), y)
    model.predict_proba(made.transform(samples.X.iloc[others]))
    spent = time.process_time() - start
    return spent, {"best_params": best, "mean_test_score": scores.mean(axis=1).tolist()}


def main() -> None:
    """Print both times, their ratio, and whether the same was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2673)
    suite = Suite(
        name="search",
        datasets=[first_rows(parser.parse_args().rows)],
        methods={"m": method()},
        cv=ShuffleSplit(1, test_size=0.2, random_state=0),
    )
    # What is imported and loaded once is nobody's cost.
    by_hand(replace(suite, datasets=[first_rows(100)]))
    ours, found = by_engine(suite)
    theirs, expected = by_hand(suite)
    same = np.allclose(found["mean_test_score"], expected["mean_test_score"], atol=1e-9)
    print(f"engine {ours:.1f} s, by hand {theirs:.1f} s: {ours / theirs:.2f}x")
    print(f"same scores: {same}; best: {found['best_params']}")
    print(f"the same best candidate: {found['best_params'] == expected['best_params']}")


if __name__ == "__main__":
    main()
