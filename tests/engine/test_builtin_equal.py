"""Every built-in method, by the engine and by plain scikit-learn: the same answer."""

import numpy as np
import pytest

from mmbench.datasets import EMBEDDED
from mmbench.suites import build_suite

from .oracle import assert_equal

QUICK = build_suite("quick").methods
REST = {n: m for n, m in build_suite("full").methods.items() if n not in QUICK}


def some_rows(name, n, n_classes=None):
    """A stratified choice: every class keeps enough rows for inner folds."""
    samples = EMBEDDED[name].load()
    rng = np.random.default_rng(0)
    labels, counts = np.unique(samples.y, return_counts=True)
    common = np.sort(np.argsort(-counts)[:n_classes])
    labels, counts = labels[common], counts[common]
    share = n / counts.sum()
    rows = [
        rng.choice(
            np.flatnonzero(samples.y == label), max(12, int(share * count)), False
        )
        for label, count in zip(labels, counts, strict=True)
    ]
    chosen = np.sort(np.concatenate(rows))
    return samples._replace(X=samples.X.iloc[chosen], y=samples.y[chosen])


@pytest.fixture(scope="module")
def glyphs():
    return some_rows("glyphs", 300)


@pytest.fixture(scope="module")
def few_glyphs():
    return some_rows("glyphs", 60, n_classes=3)


@pytest.fixture(scope="module")
def synthetic():
    return some_rows("synthetic", 200)


@pytest.mark.parametrize("name", QUICK)
def test_a_quick_method_is_answered_as_scikit_learn_does(name, few_glyphs, tmp_path):
    assert_equal(QUICK[name], tmp_path, few_glyphs)


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK | REST)
def test_any_built_in_method_is_answered_as_scikit_learn_does(name, glyphs, tmp_path):
    assert_equal((QUICK | REST)[name], tmp_path, glyphs)


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK | REST)
def test_on_synthetic_data_too(name, synthetic, tmp_path):
    assert_equal((QUICK | REST)[name], tmp_path, synthetic)
