"""Similarity fusion tells whether modalities fit; joining them side by side can't."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold, cross_val_predict

from mmbench.fusion import (
    BlockFeatures,
    BlockSimilarity,
    branch,
    check_fusion,
    cosines_and_distances,
    describe,
    early_fusion,
    similarity_fusion,
)
from mmbench.fusion.joint_spaces import RidgeSpace

KINDS = {"name": "text", "seen": "text"}


def make_pairs(n_samples=450):
    """Return names and descriptions in other words, half of them of something else."""
    rng = np.random.default_rng(0)
    what = rng.integers(20, size=n_samples)
    fits = rng.random(n_samples) < 0.5
    other = np.where(fits, what, (what + rng.integers(1, 20, size=n_samples)) % 20)
    X = pd.DataFrame(
        {"name": [f"n{i} the" for i in what], "seen": [f"a d{i}" for i in other]}
    )
    return X, fits


def branches():
    return [(each, branch(each, CountVectorizer())) for each in KINDS]


def test_it_tells_what_fits_where_early_fusion_guesses():
    X, fits = make_pairs()
    train, test = slice(300), slice(300, None)
    scores = [
        make(branches(), LogisticRegression(C=10)).fit(X[train], fits[train])
        .score(X[test], fits[test])
        for make in (similarity_fusion, early_fusion)
    ]  # fmt: skip
    assert scores[0] > 0.95
    assert scores[1] < 0.6


def test_training_rows_are_compared_with_what_was_predicted_out_of_fold():
    X, _ = make_pairs(60)
    folds = KFold(3, shuffle=True, random_state=1)
    space = RidgeSpace(alphas=(1.0,))
    features = BlockFeatures(branches(), BlockSimilarity([space], cv=folds))
    found = features.fit_transform(X)
    name, seen = (block.fit_transform(X).toarray() for _, block in features.blocks())
    predicted = cross_val_predict(Ridge(1.0), name, seen, cv=folds)
    centre = np.empty_like(seen)
    for train, test in folds.split(seen):
        centre[test] = seen[train].mean(axis=0)
    a, b = predicted - centre, seen - centre
    cosines = np.sum(a * b, axis=1) / np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    distances = np.sqrt(((a - b) ** 2).sum(axis=1))
    expected = np.column_stack([cosines, distances])
    expected = (expected - expected.mean(axis=0)) / expected.std(axis=0) / np.sqrt(2)
    np.testing.assert_allclose(found, expected)


def test_the_branches_features_stand_before_their_similarities():
    X, _ = make_pairs(60)
    joined = BlockFeatures(branches(), BlockSimilarity(), joined=True).fit_transform(X)
    alone = BlockFeatures(branches(), BlockSimilarity()).fit_transform(X)
    assert sparse.issparse(joined)
    features = BlockFeatures(branches(), BlockSimilarity())
    blocks = [each.fit_transform(X).toarray() for _, each in features.blocks()]
    expected = np.hstack([*blocks, alone])
    np.testing.assert_allclose(joined.toarray(), expected)


def test_a_row_of_zeros_is_like_nothing():
    rows = np.array([[0.0, 0.0], [1.0, 1.0]])
    found = cosines_and_distances(rows, np.ones((2, 2)))
    np.testing.assert_allclose(found, [[0.0, np.sqrt(2)], [1.0, 0.0]])


def test_a_single_branch_has_nothing_to_be_compared_with():
    X, fits = make_pairs(20)
    method = similarity_fusion(branches()[:1], LogisticRegression())
    with pytest.raises(ValueError, match=r"at least two .* to compare, got 1\."):
        method.fit(X, fits)


def test_it_conforms():
    def build(blocks):
        fuse = similarity_fusion if len(blocks) > 1 else early_fusion
        return fuse(blocks, LogisticRegression())

    check_fusion(build)


def test_it_is_described_as_similarity():
    said = describe(similarity_fusion(branches(), LogisticRegression()), KINDS)
    assert (said.fusion, said.classifier) == ("similarity", "LogisticRegression")
    assert said.extractors == "CountVectorizer"
