"""Fusions that no useless modality can sink."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from mmbench.fusion import (
    BlockScaler,
    append_step,
    branch,
    early_fusion,
    searched_early_fusion,
)
from mmbench.suites.kinds import CLASSES
from mmbench.suites.parts import FUSIONS, NETWORKS

FOLDS = StratifiedKFold(3, shuffle=True, random_state=0)
DEFAULTS = [
    name
    for name in FUSIONS
    if name not in NETWORKS and name.removeprefix("late-") != "median"
]


def made(seed, width=40, scale=1.0, n=600):
    """Return a good modality of 4 columns, one of noise, and three classes."""
    rng = np.random.default_rng(seed)
    y = rng.integers(3, size=n)
    good = rng.normal(size=(3, 4))[y] * 1.5 + rng.normal(size=(n, 4))
    noise = scale * rng.normal(size=(n, width))
    names = [f"g{i}" for i in range(4)] + [f"n{i}" for i in range(width)]
    return pd.DataFrame(np.hstack([good, noise]), columns=names), y


def blocks_of(X):
    columns = {kind: [c for c in X if c[0] == kind] for kind in "gn"}
    return [(kind, branch(names, "passthrough")) for kind, names in columns.items()]


def fused(fusion, X):
    blocks = [(n, append_step(b, BlockScaler())) for n, b in blocks_of(X)]
    voters = [(n, append_step(b, CLASSES.make("linear"))) for n, b in blocks]
    return FUSIONS[fusion](CLASSES, blocks, voters, "linear"), voters[0][1]


def lost(fusion, seed, **options):
    """Return by how much a fusion is behind the good modality alone."""
    X, y = made(seed, **options)
    method, alone = fused(fusion, X)
    train, test = slice(0, 200), slice(200, None)
    scores = [
        accuracy_score(y[test], model.fit(X[train], y[train]).predict(X[test]))
        for model in (alone, method)
    ]
    return scores[0] - scores[1]


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scale"), [(40, 1.0), (4, 1000.0), (300, 0.01)])
@pytest.mark.parametrize("fusion", DEFAULTS)
def test_noise_costs_no_fusion_a_point(fusion, width, scale):
    found = [lost(fusion, seed, width=width, scale=scale) for seed in range(10)]
    assert np.mean(found) <= 0.01


@pytest.mark.parametrize("fusion", ["early", "late-mean"])
def test_noise_costs_a_fusion_little_on_a_single_draw(fusion):
    assert lost(fusion, seed=0) <= 0.02


def test_first_candidates_score_as_in_a_grid_search():
    X, y = made(0, width=10)
    grid = {"C": [1.0, 30.0]}
    search = searched_early_fusion(blocks_of(X), LogisticRegression(), grid, cv=FOLDS)
    search.fit(X, y)
    params = {
        "classifier__C": [1.0, 30.0],
        "features__transformer_weights": [{"g": 1.0, "n": 1.0}, {"g": 1.0, "n": 0.0}],
    }
    plain = GridSearchCV(
        early_fusion(blocks_of(X), LogisticRegression()), params, cv=FOLDS
    ).fit(X, y)
    tried = search.cv_results_
    for each, score in zip(
        plain.cv_results_["params"], plain.cv_results_["mean_test_score"], strict=True
    ):
        found = tried["mean_test_score"][tried["params"].index(each)]
        assert found == pytest.approx(score)
    assert search.best_score_ >= plain.best_score_


def test_one_block_has_no_weight_to_search():
    X, y = made(0)
    search = searched_early_fusion(
        blocks_of(X)[:1], LogisticRegression(), {"C": [1.0]}
    ).fit(X, y)
    assert search.best_params_["features__transformer_weights"] == {"g": 1.0}
