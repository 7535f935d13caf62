"""Fusion that expects missing modalities: conversion, and modality dropout."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.linear_model import Ridge
from sklearn.tree import DecisionTreeClassifier

from mmbench.feature_extraction import TfidfVectorizer
from mmbench.fusion import BlockImputer, branch, robust_fusion
from mmbench.fusion.joint_spaces import RidgeSpace

SPACE = RidgeSpace(alphas=(1.0,))


def blocks(n_samples=60, n_columns=4, seed=0):
    """Return two blocks, the second of which follows from the first, but for noise."""
    random = np.random.default_rng(seed)
    a = random.normal(size=(n_samples, 3))
    b = a @ random.normal(size=(3, n_columns))
    return a, b + 0.1 * random.normal(size=b.shape)


def test_a_missing_block_is_what_ridge_regression_predicts_from_the_other():
    a, b = blocks()
    b[:5] = 0
    new = [a[:2] + 1, np.zeros((2, 4))]
    found = BlockImputer(space=SPACE).fit([a, b]).transform(new)
    expected = Ridge(1.0).fit(a[5:], b[5:]).predict(new[0])
    np.testing.assert_allclose(found, np.hstack([new[0], expected]))


def test_a_training_row_that_lacks_a_block_is_filled_in_too():
    a, b = blocks()
    b[:5] = 0
    found = BlockImputer(space=SPACE).fit_transform([a, b])
    expected = Ridge(1.0).fit(a[5:], b[5:]).predict(a[:5])
    np.testing.assert_allclose(found[:5, 3:], expected)
    np.testing.assert_array_equal(found[5:], np.hstack([a, b])[5:])


def test_of_three_blocks_the_mean_of_those_that_are_present_is_taken():
    a, b = blocks()
    c = a + b[:, :3]
    imputer = BlockImputer(space=SPACE).fit([a, b, c])
    both = imputer.transform([a[:1], b[:1], 0 * c[:1]])[:, 7:]
    alone = [Ridge(1.0).fit(x, c).predict(x[:1]) for x in (a, b)]
    np.testing.assert_allclose(both, np.mean(alone, axis=0))
    one = imputer.transform([a[:1], 0 * b[:1], 0 * c[:1]])[:, 7:]
    np.testing.assert_allclose(one, alone[0])


def test_a_row_without_any_block_stays_zero():
    a, b = blocks()
    found = BlockImputer().fit([a, b]).transform([0 * a[:1], 0 * b[:1]])
    np.testing.assert_array_equal(found, np.zeros((1, 7)))


def test_dropout_drops_blocks_of_training_rows_but_never_all_of_a_row():
    a, b = blocks(2000)
    found = BlockImputer(convert=False, dropout=0.25, random_state=0)
    rows = found.fit_transform([a, b])
    lost = np.array([(rows[:, :3] == 0).all(axis=1), (rows[:, 3:] == 0).all(axis=1)])
    # A quarter each, but for the sixteenth of rows that would have lost both.
    np.testing.assert_allclose(lost.mean(axis=1), 0.25 - 0.0625, atol=0.02)
    assert not lost.all(axis=0).any()


def test_dropout_leaves_new_rows_alone():
    a, b = blocks()
    imputer = BlockImputer(dropout=0.5, random_state=0).fit([a, b])
    np.testing.assert_array_equal(imputer.transform([a, b]), np.hstack([a, b]))


def test_dropped_training_rows_are_predicted_by_models_that_did_not_see_them():
    a, b = blocks()
    dropped = BlockImputer(convert=False, dropout=0.3, random_state=3)
    rows = dropped.fit_transform([a, b])
    lost_a, lost_b = (rows[:, :3] == 0).all(axis=1), (rows[:, 3:] == 0).all(axis=1)
    kept = ~lost_a & ~lost_b
    found = BlockImputer(dropout=0.3, space=SPACE, random_state=3)
    filled = found.fit_transform([a, b])
    expected = Ridge(1.0).fit(a[kept], b[kept]).predict(a[lost_b])
    np.testing.assert_allclose(filled[lost_b, 3:], expected)


def test_a_sparse_block_stays_sparse_and_keeps_the_largest_predictions():
    a, b = blocks(n_columns=150)
    imputer = BlockImputer(space=SPACE).fit([a, sparse.csr_array(b)])
    new = [a[:1], sparse.csr_array((1, 150))]
    found = imputer.transform(new)
    assert sparse.issparse(found)
    expected = Ridge(1.0).fit(a, b).predict(a[:1])[0]
    largest = np.sort(np.argsort(-abs(expected))[:100])
    row = found.toarray()[0, 3:]
    np.testing.assert_array_equal(np.flatnonzero(row), largest)
    np.testing.assert_allclose(row[largest], expected[largest])


def test_a_dropout_of_one_is_refused():
    with pytest.raises(ValueError, match=r"dropout must be in \[0, 1\), got 1"):
        BlockImputer(dropout=1).fit(list(blocks()))


def test_conversion_helps_where_a_tree_relies_on_what_is_missing():
    random = np.random.default_rng(0)
    what = random.integers(6, size=600)
    seen = np.where(random.random(600) < 0.1, random.integers(6, size=600), what)
    X = pd.DataFrame({"name": [f"n{i}" for i in what], "seen": [f"d{i}" for i in seen]})
    y = what % 2
    branches = [(each, branch(each, TfidfVectorizer())) for each in X]
    train, lacking = X[:400], X[400:].assign(name=None)
    scores = [
        robust_fusion(branches, DecisionTreeClassifier(random_state=0), convert=convert)
        .fit(train, y[:400])
        .score(lacking, y[400:])
        for convert in (False, True)
    ]
    assert scores[0] < 0.6
    assert scores[1] > 0.9
