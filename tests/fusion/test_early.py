"""Early fusion joins blocks that weigh alike."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import StandardScaler

from mmbench.fusion import BlockScaler, branch, early_fusion

NUMBERS = st.floats(-1e3, 1e3, allow_subnormal=False).map(lambda x: round(x, 3))
BLOCKS = arrays(
    float, st.tuples(st.integers(2, 6), st.integers(1, 4)), elements=NUMBERS
)


def mean_squared_norm(X):
    rows = X.toarray() if sparse.issparse(X) else X
    return np.mean(np.sum(rows**2, axis=1))


@pytest.fixture(name="X")
def blocks():
    rng = np.random.default_rng(0)
    wide = pd.DataFrame(rng.normal(5, 3, (40, 30))).add_prefix("w")
    narrow = pd.DataFrame(rng.normal(-1, 90, (40, 2)), columns=["n0", "n1"])
    text = pd.Series(["red cup", "blue cup", "sky", ""] * 10, name="text")
    return pd.concat([wide, narrow, text], axis=1)


@pytest.fixture
def y():
    return np.arange(40) % 3


WIDE = [f"w{i}" for i in range(30)]
NARROW = ["n0", "n1"]


def test_a_dense_block_is_standardised_then_divided_by_the_root_of_its_width():
    X = np.array([[1.0, 10.0, 7.0], [3.0, 10.0, 8.0], [8.0, 10.0, 0.0]])
    # By hand: the constant column becomes zero and doesn't count.
    means, deviations = [4, 10, 5], [np.sqrt(26 / 3), 1, np.sqrt(38 / 3)]
    expected = (X - means) / deviations / np.sqrt(2)
    np.testing.assert_allclose(BlockScaler().fit_transform(X), expected)


def test_a_sparse_block_is_divided_by_one_number_and_stays_sparse():
    X = sparse.csr_matrix([[3.0, 4.0], [0.0, 1.0]])
    scaled = BlockScaler().fit_transform(X)
    assert sparse.issparse(scaled)
    # The squared norms are 25 and 1, their mean is 13.
    np.testing.assert_allclose(scaled.toarray(), X.toarray() / np.sqrt(13))


@given(BLOCKS, st.booleans())
def test_training_rows_have_unit_mean_squared_norm_or_are_all_zero(X, is_sparse):
    X = sparse.csr_matrix(X) if is_sparse else X
    norm = mean_squared_norm(BlockScaler().fit_transform(X))
    assert norm == pytest.approx(1) or norm == pytest.approx(0, abs=1e-12)


@given(BLOCKS, st.booleans())
def test_scaling_twice_changes_nothing(X, is_sparse):
    once = BlockScaler().fit_transform(sparse.csr_matrix(X) if is_sparse else X)
    twice = BlockScaler().fit_transform(once)
    if is_sparse:
        once, twice = once.toarray(), twice.toarray()
    np.testing.assert_allclose(twice, once, atol=1e-9)


def test_new_rows_are_scaled_by_what_the_training_rows_said():
    scaler = BlockScaler().fit([[0.0], [2.0]])
    np.testing.assert_allclose(scaler.transform([[5.0]]), [[4.0]])


def test_what_was_fitted_decides_how_rows_of_the_other_kind_are_scaled():
    dense = np.array([[1.0, 0.0], [0.0, 3.0]])
    as_sparse = sparse.csr_matrix(dense)
    fitted_dense, fitted_sparse = BlockScaler().fit(dense), BlockScaler().fit(as_sparse)
    np.testing.assert_array_equal(
        fitted_dense.transform(as_sparse), fitted_dense.transform(dense)
    )
    np.testing.assert_array_equal(
        fitted_sparse.transform(dense), fitted_sparse.transform(as_sparse).toarray()
    )


def test_a_dense_block_comes_out_in_double_precision():
    X = np.array([[1.0], [2.0]], dtype=np.float32)
    assert BlockScaler().fit_transform(X).dtype == np.float64


def test_joined_dense_blocks_are_a_plain_numpy_computation(X, y):
    def scaled(block):
        centred = block - block.mean(axis=0)
        return centred / block.std(axis=0) / np.sqrt(block.shape[1])

    method = early_fusion(
        [("wide", branch(WIDE)), ("narrow", branch(NARROW))],
        LogisticRegression(),
    ).fit(X, y)
    joined = np.hstack([scaled(X[WIDE].to_numpy()), scaled(X[NARROW].to_numpy())])
    np.testing.assert_allclose(method["features"].transform(X), joined)
    by_hand = LogisticRegression().fit(joined, y).predict_proba(joined)
    np.testing.assert_allclose(method.predict_proba(X), by_hand, atol=1e-6)


def test_each_block_weighs_the_same_whatever_its_width_and_scale(X, y):
    blocks = [
        ("wide", branch(WIDE)),
        ("narrow", branch(NARROW)),
        ("text", branch("text", CountVectorizer())),
    ]
    joined = early_fusion(blocks, LogisticRegression()).fit(X, y)["features"]
    features = joined.transform(X).toarray()
    norms = [mean_squared_norm(part) for part in np.split(features, [30, 32], axis=1)]
    assert norms == pytest.approx([1, 1, 1])


def test_one_sparse_block_makes_all_of_it_sparse_and_none_leaves_it_dense(X, y):
    text, narrow = (
        ("text", branch("text", CountVectorizer())),
        ("narrow", branch(NARROW)),
    )
    for blocks, is_sparse in (([narrow, text], True), ([narrow], False)):
        method = early_fusion(blocks, LogisticRegression()).fit(X, y)
        assert sparse.issparse(method["features"].transform(X)) == is_sparse


def test_the_result_is_a_pipeline_of_a_union_and_a_classifier():
    method = early_fusion([("narrow", branch(NARROW))], LogisticRegression())
    assert isinstance(method, Pipeline)
    assert isinstance(method["features"], FeatureUnion)
    steps = [name for name, _ in method["features"].transformer_list[0][1].steps]
    assert steps == ["selectcolumns", "blockscaler"]


def test_a_branch_that_ends_in_a_block_scaler_gets_no_second_one():
    method = early_fusion([("n", branch(NARROW, BlockScaler()))], LogisticRegression())
    assert len(method["features"].transformer_list[0][1]) == 2


def test_branches_and_classifier_are_left_unfitted(X, y):
    scaler, classifier = StandardScaler(), LogisticRegression()
    early_fusion([("n", branch(NARROW, scaler))], classifier).fit(X, y)
    assert not hasattr(scaler, "mean_")
    assert not hasattr(classifier, "coef_")


def test_parameters_are_reached_by_the_names_of_the_branches(X, y):
    method = early_fusion(
        [("text", branch("text", CountVectorizer()))], LogisticRegression()
    )
    method.set_params(features__text__countvectorizer__binary=True, classifier__C=9.0)
    fitted = clone(method).fit(X, y)
    assert fitted["features"]["text"]["countvectorizer"].binary
    assert fitted["classifier"].C == 9.0


def test_no_branches_are_an_error():
    with pytest.raises(ValueError, match="branches must hold at least one"):
        early_fusion([], LogisticRegression())
