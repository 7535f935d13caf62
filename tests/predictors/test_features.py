"""Features are made fit for classifiers that can't take all of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.utils.estimator_checks import parametrize_with_checks

from mmbench.predictors import DenseReducer, SignSplitter

MATRICES = arrays(
    float,
    st.tuples(st.integers(1, 5), st.integers(1, 4)),
    elements=st.floats(-5, 5).map(lambda x: round(x, 2)),
)


@parametrize_with_checks([SignSplitter(), DenseReducer(n_components=1)])
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@given(MATRICES, st.booleans())
def test_the_parts_are_not_negative_and_their_difference_is_the_whole(X, is_sparse):
    parts = SignSplitter().fit_transform(sparse.csr_matrix(X) if is_sparse else X)
    assert sparse.issparse(parts) == is_sparse
    parts = parts.toarray() if is_sparse else parts
    assert np.all(parts >= 0)
    if np.any(X < 0):
        X = X[:, : parts.shape[1] // 2]
        np.testing.assert_array_equal(np.subtract(*np.split(parts, 2, axis=1)), X)
    else:
        np.testing.assert_array_equal(parts, X)


def test_what_was_never_negative_is_cut_at_zero_later():
    splitter = SignSplitter().fit([[0.0], [2.0]])
    assert splitter.transform([[-3.0], [1.0]]).tolist() == [[0.0], [1.0]]
    assert splitter.get_feature_names_out().tolist() == ["signsplitter0"]


def test_names_of_both_parts_are_given():
    splitter = SignSplitter().fit([[-1.0], [2.0]])
    assert splitter.get_feature_names_out().tolist() == [
        "signsplitter0",
        "signsplitter1",
    ]


def test_wide_sparse_features_are_reduced_by_scikit_learns_svd():
    X = sparse.random(30, 20, density=0.3, random_state=0, format="csr")
    reduced = DenseReducer(n_components=4, random_state=0).fit_transform(X)
    expected = TruncatedSVD(4, random_state=0).fit(X).transform(X)
    np.testing.assert_allclose(reduced, expected)


def test_narrow_sparse_features_are_written_out_and_dense_ones_left_alone():
    X = np.array([[0.0, 1.0], [2.0, 0.0]])
    reducer = DenseReducer(n_components=2)
    assert reducer.fit_transform(sparse.csr_matrix(X)).tolist() == X.tolist()
    wide = np.ones((2, 3))
    assert reducer.fit_transform(wide).tolist() == wide.tolist()


def test_there_are_never_more_components_than_rows():
    X = sparse.random(3, 20, density=0.5, random_state=0, format="csr")
    reducer = DenseReducer(n_components=10, random_state=0)
    assert reducer.fit_transform(X).shape == (3, 3)
    assert len(reducer.get_feature_names_out()) == 3


@pytest.mark.parametrize("n_components", [0, 1.5, "all"])
def test_a_wrong_number_of_components_is_refused(n_components):
    with pytest.raises(ValueError, match="n_components must be a positive integer"):
        DenseReducer(n_components=n_components).fit([[1.0]])
