"""Portfolio methods, by the engine and by plain scikit-learn: the same answer."""

import numpy as np
import pandas as pd
import pytest

from mmbench.datasets import Samples
from mmbench.suites.builtin import SUITES
from mmbench.suites.materials import Materials
from mmbench.suites.parts import alone

from .oracle import assert_equal

COLUMNS = {
    "text": "text",
    "n0": "numeric",
    "n1": "numeric",
    "shop": "categorical",
}
MATERIALS = Materials(modalities=COLUMNS, imbalanced=True)
METHODS = SUITES["best"].methods(MATERIALS)
TABLES = {
    f"{unit}/{extractor}": next(iter(alone(MATERIALS, unit, extractor).values()))
    for unit, extractor in (
        ("numeric", "splines"),
        ("categorical", "target_means+frequencies"),
    )
}


@pytest.fixture(scope="module")
def samples():
    rng = np.random.default_rng(0)
    y = np.where(rng.random(150) < 0.2, "rare", "common")
    is_rare = y == "rare"
    numbers = rng.normal(size=(150, 2)) + is_rare[:, None]
    numbers[rng.random((150, 2)) < 0.1] = np.nan
    X = pd.DataFrame(numbers, columns=["n0", "n1"])
    words = np.array(["red cup", "a blue bus", "big cup!", "red bus?"])
    X["text"] = [
        f"{words[i]} {'late' if rare else 'fine'}"
        for i, rare in zip(rng.integers(4, size=150), is_rare, strict=True)
    ]
    X["shop"] = np.where(rng.random(150) < 0.1, None, rng.choice(list("abc"), 150))
    return Samples(X[list(COLUMNS)], y)


@pytest.mark.parametrize("name", [*METHODS, *TABLES])
def test_a_portfolio_method_is_answered_as_scikit_learn_does(name, samples, tmp_path):
    assert_equal((METHODS | TABLES)[name], tmp_path, samples)
