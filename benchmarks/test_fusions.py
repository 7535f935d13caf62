"""How fast fusing is, apart from what is fused: ``pytest benchmarks --benchmark-only``.

As many rows and classes as glyphs has, and three voters or blocks.
"""

# ruff: noqa: D103 - a benchmark's name says what is timed

from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.naive_bayes import GaussianNB

from mmbench.fusion import Rule, branch, combine, early_fusion, learn_weights

N_VOTERS, N_ROWS, N_CLASSES = 3, 2670, 12
WEIGHTS = np.array([0.5, 0.3, 0.2])
PRIOR = np.full(N_CLASSES, 1 / N_CLASSES)


@pytest.fixture(scope="module")
def y() -> NDArray[np.intp]:
    return np.random.default_rng(0).integers(N_CLASSES, size=N_ROWS)


@pytest.fixture(scope="module")
def probas(y: NDArray[np.intp]) -> Any:
    """Votes that are right about two times out of three."""
    rng = np.random.default_rng(1)
    probas = rng.dirichlet(np.ones(N_CLASSES), size=(N_VOTERS, N_ROWS))
    probas[:, np.arange(N_ROWS), y] += 0.2
    return probas / probas.sum(axis=2, keepdims=True)


@pytest.fixture(scope="module")
def present() -> NDArray[np.bool_]:
    return np.random.default_rng(2).random((N_VOTERS, N_ROWS)) < 0.95


@pytest.mark.parametrize("rule", get_args(Rule))
def test_combining_votes(benchmark: Any, probas: Any, present: Any, rule: Rule) -> None:
    weights = WEIGHTS if rule == "weighted" else None
    fused = benchmark(combine, probas, present, rule, weights, PRIOR)
    assert np.allclose(fused.sum(axis=1), 1)


def test_learning_weights(benchmark: Any, probas: Any, present: Any, y: Any) -> None:
    weights = benchmark(learn_weights, probas, y, present)
    assert weights.sum() == pytest.approx(1)


def test_early_fusion(benchmark: Any, y: Any) -> None:
    rng = np.random.default_rng(3)
    blocks = {
        name: pd.DataFrame(rng.normal(size=(N_ROWS, width))).add_prefix(name)
        for name, width in {"a": 400, "b": 200, "c": 20}.items()
    }
    X = pd.concat(blocks.values(), axis=1)
    branches = [
        (name, branch(block.columns.tolist())) for name, block in blocks.items()
    ]
    model = early_fusion(branches, GaussianNB())
    fused = benchmark.pedantic(lambda: model.fit(X, y).predict_proba(X), rounds=5)
    assert fused.shape == (N_ROWS, N_CLASSES)
