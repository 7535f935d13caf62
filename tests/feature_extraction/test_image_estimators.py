"""scikit-learn's own checks of the image extractors.

An extractor takes a column of images, so ``parametrize_with_checks`` runs one check of
it and warns that it leaves out those that need numbers. Here every extractor also runs
over a table of numbers, each row of it drawn as an image, and must pass them all.
"""

import warnings
from importlib.util import find_spec

import numpy as np
import pytest
from PIL import Image
from sklearn.base import BaseEstimator
from sklearn.exceptions import SkipTestWarning
from sklearn.utils import estimator_checks, get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import validate_data

from mmbench.feature_extraction import (
    CNNExtractor,
    ColorHistogramExtractor,
    HOGExtractor,
    LBPExtractor,
    PixelsExtractor,
    check_extractor,
)

HAS_TORCH = find_spec("torch") is not None
ESTIMATORS = [
    PixelsExtractor(),
    ColorHistogramExtractor(),
    HOGExtractor(),
    LBPExtractor(),
    *([CNNExtractor(weights="glyphs")] if HAS_TORCH else []),
]
CHECKS_WITHOUT_DATA = [
    estimator_checks.check_estimator_repr,
    estimator_checks.check_estimator_tags_renamed,
    estimator_checks.check_valid_tag_types,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
    estimator_checks.check_mixin_order,
    estimator_checks.check_parameters_default_constructible,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_set_params,
]


class RowsAsImages(BaseEstimator):
    """Draws each row of a table as an image of one line for an extractor."""

    def fit(self, X, y=None):
        return super().fit(self.drawn(X, reset=True), y)

    def transform(self, X):
        return super().transform(self.drawn(X, reset=False))

    def drawn(self, X, *, reset):
        X = validate_data(self, X, reset=reset, dtype=np.float64)
        return list(np.uint8(255 / (1 + np.exp(-X)))[:, None, :])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.one_d_array = False
        tags.input_tags.string = False
        tags.input_tags.allow_nan = False
        return tags


class PixelsOfRows(RowsAsImages, PixelsExtractor):
    """Rows as images, and their pixels."""


class ColorsOfRows(RowsAsImages, ColorHistogramExtractor):
    """Rows as images, and their colours."""


class HOGOfRows(RowsAsImages, HOGExtractor):
    """Rows as images, and their gradients."""


class LBPOfRows(RowsAsImages, LBPExtractor):
    """Rows as images, and their binary patterns."""


class CNNOfRows(RowsAsImages, CNNExtractor):
    """Rows as images, and what a network makes of them."""


OVER_ROWS = [
    PixelsOfRows(size=(1, 4)),
    ColorsOfRows(),
    HOGOfRows(size=16),
    LBPOfRows(size=8, grid=2),
    *([CNNOfRows(weights="glyphs")] if HAS_TORCH else []),
]

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SkipTestWarning)
    with_checks = parametrize_with_checks(ESTIMATORS)


@with_checks
def test_it_passes_what_scikit_learn_runs(estimator, check):
    check(estimator)


@parametrize_with_checks(OVER_ROWS)
def test_over_rows_as_images_it_passes_every_check(estimator, check):
    check(estimator)


@pytest.mark.parametrize("check", CHECKS_WITHOUT_DATA, ids=lambda c: c.__name__)
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_it_passes_scikit_learns_checks_that_need_no_data(estimator, check):
    check(type(estimator).__name__, estimator)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_it_keeps_every_rule_for_extractors(estimator):
    rng = np.random.default_rng(0)
    check_extractor(
        estimator,
        [
            rng.integers(0, 256, (32, 32), dtype=np.uint8),
            rng.integers(0, 256, (8, 20, 3), dtype=np.uint8),
            Image.radial_gradient("L"),
            np.eye(40, dtype=bool),
        ],
    )


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_it_says_that_it_learns_nothing_and_takes_one_column(estimator):
    tags = get_tags(estimator)
    assert not tags.requires_fit
    assert tags.input_tags.one_d_array
    assert not tags.input_tags.two_d_array


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_several_columns_are_refused(estimator):
    with pytest.raises(ValueError, match="one column"):
        estimator.transform(np.array([["a.png", "b.png"]], dtype=object))


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_no_image_at_all_gives_no_row(estimator):
    n_features = len(estimator.get_feature_names_out())
    assert estimator.transform([]).shape == (0, n_features)
