"""The rules for extractors, each broken once."""

import itertools

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction import text as sklearn_text
from sklearn.utils.validation import check_is_fitted

from mmbench.feature_extraction import check_extractor
from mmbench.feature_extraction.cells import is_missing

CELLS = ["red", "hat", "blue shoe", "a"]


class Lengths(TransformerMixin, BaseEstimator):
    """The length of a text, and its length less the training texts' mean."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y=None):
        self.mean_ = np.mean([len(x) for x in X])
        return self

    def transform(self, X):
        check_is_fitted(self)
        rows = [
            [0, 0] if is_missing(x) else [len(x), len(x) - self.mean_] for x in list(X)
        ]
        return np.array(rows, dtype=float)

    def get_feature_names_out(self, input_features=None):
        return np.array(["length", "difference"], dtype=object)


class ChangesParameters(Lengths):
    def fit(self, X, y=None):
        self.random_state = 5
        return super().fit(X, y)


class ChangesCells(Lengths):
    def transform(self, X):
        for x in X:
            x.fill(5)
        return super().transform(X)


class AnswersUnfitted(Lengths):
    def transform(self, X):
        self.mean_ = getattr(self, "mean_", 0)
        return super().transform(X)


class ClaimsToLearnNothing(Lengths):
    def transform(self, X):
        self.mean_ = getattr(self, "mean_", 0)
        return super().transform(X)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags


class OneDimension(Lengths):
    def transform(self, X):
        return super().transform(X)[:, 0]


class DropsRows(Lengths):
    def transform(self, X):
        return super().transform(X)[1:]


class Infinite(Lengths):
    def transform(self, X):
        return super().transform(X) / 0.0 if len(X) else super().transform(X)


class ListsOnly(Lengths):
    def transform(self, X):
        factor = 1 if isinstance(X, list) else 2
        return super().transform(X) * factor


class MissingIsMinusOne(Lengths):
    def transform(self, X):
        features = super().transform(X)
        features[[is_missing(x) for x in X]] = -1
        return features


class RanksInTheBatch(Lengths):
    def transform(self, X):
        features = super().transform(X)
        return features / max(features.max(), 1)


class Unseeded(Lengths):
    draws = itertools.count(1)  # as chance would, but never twice alike

    def fit(self, X, y=None):
        super().fit(X, y)
        self.mean_ += next(self.draws)
        return self


class FitsAndTransformsApart(Lengths):
    def fit_transform(self, X, y=None):
        return super().fit_transform(X) + 1


class Unpicklable(Lengths):
    def __getstate__(self):
        return {**super().__getstate__(), "mean_": 0.0}


class MisnamesFeatures(Lengths):
    def get_feature_names_out(self, input_features=None):
        return np.array(["length"], dtype=object)


class Sparse(Lengths):
    def transform(self, X):
        return sparse.csr_array(super().transform(X))


@pytest.mark.parametrize("extractor", [Lengths(), Sparse()])
def test_a_good_extractor_passes(extractor):
    check_extractor(extractor, CELLS)


def test_the_extractor_itself_is_never_fitted():
    extractor = Lengths()
    check_extractor(extractor, CELLS)
    assert vars(extractor) == {"random_state": None}


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize(
    ("extractor", "rule"),
    [
        (ChangesParameters, "fit must leave the parameters as they are"),
        (AnswersUnfitted, "transform before fit must raise NotFittedError"),
        (ClaimsToLearnNothing, "requires_fit=False, fit must change nothing"),
        (OneDimension, "two-dimensional matrix of numbers, got 1 dimensions"),
        (DropsRows, "4 cells must give as many rows, got 3"),
        (Infinite, "must be finite"),
        (ListsOnly, "a ndarray must give what a list of the same cells gives"),
        (MissingIsMinusOne, "a missing cell .None. must give a row of zeros or of NaN"),
        (RanksInTheBatch, "a row must depend on its own cell only"),
        (Unseeded, "fitted again with the same random_state"),
        (FitsAndTransformsApart, "fit_transform must give what fit and transform"),
        (Unpicklable, "pickled, it must give the same"),
        (MisnamesFeatures, "get_feature_names_out must give 2 different names, got 1"),
    ],
)
def test_a_broken_rule_is_named(extractor, rule):
    with pytest.raises(
        AssertionError, match=f"{extractor.__name__} is not a valid extractor: .*{rule}"
    ):
        check_extractor(extractor(), CELLS)


def test_cells_that_are_changed_in_place_are_noticed():
    with pytest.raises(AssertionError, match="must leave the cells as they are"):
        check_extractor(ChangesCells(), [np.zeros(n) for n in (1, 2, 3)])


def test_scikit_learns_own_vectorizer_does_not_take_missing_cells():
    with pytest.raises((AttributeError, ValueError)):
        check_extractor(sklearn_text.CountVectorizer(), ["red hat", "red", "hat"])


@pytest.mark.parametrize("cells", [["a", "b"], ["a", "b", None]])
def test_too_few_or_missing_cells_prove_nothing(cells):
    with pytest.raises(ValueError, match="cells must be 3 or more, none missing"):
        check_extractor(Lengths(), cells)
