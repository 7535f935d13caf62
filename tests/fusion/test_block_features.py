"""Features of several branches at once keep scikit-learn's contract."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from mmbench.fusion import (
    BlockFeatures,
    BlockImputer,
    BlockKernels,
    BlockSimilarity,
    branch,
    canonical_fusion,
    check_fusion,
    describe,
    early_fusion,
    kernel_fusion,
)
from mmbench.fusion.joint_spaces import CCASpace, MultiviewCCA

BRANCHES = [("a", StandardScaler()), ("b", MinMaxScaler())]
OUT_OF_FOLD = (
    "training rows are compared out of fold, so fit_transform is not transform"
)
CHECKS = ("check_transformer_general", "check_transformer_data_not_an_array")


def expected_failures(features):
    compares = isinstance(features.combiner, BlockSimilarity)
    return dict.fromkeys(CHECKS, OUT_OF_FOLD) if compares else {}


@parametrize_with_checks(
    [
        BlockFeatures(BRANCHES, combiner)
        for combiner in (
            BlockImputer(),
            BlockSimilarity(),
            BlockKernels(),
            MultiviewCCA(2),
        )
    ],
    expected_failed_checks=expected_failures,
)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def kernel(blocks):
    svm = CalibratedClassifierCV(SVC(kernel="precomputed"), cv=3, ensemble=False)
    return kernel_fusion(blocks, svm)


def canonical(blocks):
    return canonical_fusion(blocks, LogisticRegression())


BUILD = {"kernel": kernel, "canonical": canonical}


@pytest.mark.parametrize("name", BUILD)
def test_it_is_described_by_what_combines_the_blocks(name, branches):
    kinds = {
        "text": "text",
        "width": "numeric",
        "height": "numeric",
        "price": "numeric",
    }
    assert describe(BUILD[name](branches), kinds).fusion == name


def test_the_mean_kernel_is_that_of_support_vector_machines_by_hand():
    X, y = make_classification(80, 6, n_informative=4, random_state=0)
    X = pd.DataFrame(X, columns=list("abcdef"))
    branches = [(c, branch(list(c), "passthrough")) for c in ("abc", "def")]
    svm = SVC(kernel="precomputed")
    found = kernel_fusion(branches, svm).fit(X[:60], y[:60]).decision_function(X[60:])
    kernel = 0
    for _, columns in branches:
        block = columns.fit_transform(X).to_numpy()
        block = (block - block[:60].mean(axis=0)) / block[:60].std(axis=0)
        distances = cdist(block, block[:60], "sqeuclidean") / 3
        kernel = kernel + np.exp(-distances / 2) / 2
    expected = svm.fit(kernel[:60], y[:60]).decision_function(kernel[60:])
    np.testing.assert_allclose(found, expected)


def test_multiview_cca_of_two_views_finds_the_directions_of_cca():
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(80, 2))
    views = [
        shared @ rng.normal(size=(2, n)) + rng.normal(size=(80, n)) for n in (4, 3)
    ]
    both = MultiviewCCA(2, regularization=0.0).fit_transform(views)
    pair = CCASpace(2, regularization=0.0, power=0.0).fit(*views)
    expected = np.hstack([pair.transform(views[0]), pair.transform_y(views[1])])
    ratio = both / expected
    np.testing.assert_allclose(np.abs(ratio), np.sqrt(0.5), rtol=1e-6)


@pytest.mark.parametrize("name", BUILD)
def test_they_conform(name):
    def build(blocks):
        # A single block has nothing to be combined with.
        if len(blocks) < 2:
            return early_fusion(blocks, LogisticRegression())
        return BUILD[name](blocks)

    check_fusion(build, atol=0.05)
