"""Folds made beforehand, found again by the targets of the rows."""

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.model_selection import GridSearchCV, check_cv

from mmbench.fusion import NestedFolds

Y = np.array(["pear", "apple", "pear", "fig"])
FOLDS = NestedFolds({NestedFolds.name(Y): np.array([1, 0, 0, 1])})


@pytest.mark.parametrize("y", [Y, Y.astype(object), [2, 0, 2, 1], [7.5, -1.0, 7.5, 0]])
def test_labels_their_codes_and_numbers_in_this_order_name_the_same_rows(y):
    found = [(a.tolist(), b.tolist()) for a, b in check_cv(FOLDS).split(None, y)]
    assert found == [([0, 3], [1, 2]), ([1, 2], [0, 3])]
    assert FOLDS.get_n_splits() == 2


@pytest.mark.parametrize("y", [Y[:3], Y[[1, 0, 2, 3]], np.array(["fig"] * 4)])
def test_other_rows_are_refused(y):
    with pytest.raises(ValueError, match=r"was given [34] rows that are none"):
        list(FOLDS.split(None, y))


def test_a_search_finds_as_many_folds_as_there_are_of_its_rows():
    y = np.array([0.0, 1.0, 3.0, 2.0, 4.0, 5.0])
    folds = NestedFolds(
        {
            NestedFolds.name(y): np.array([0, 1, 2, 0, 1, 2]),
            NestedFolds.name(y[:4]): np.array([0, 1, 1, 0]),
        }
    )
    assert folds.get_n_splits() == folds.get_n_splits(None, y) == 3
    search = GridSearchCV(DummyRegressor(), {"strategy": ["mean", "median"]}, cv=folds)
    assert search.fit(np.zeros((4, 1)), y[:4]).n_splits_ == 2


def test_numbers_name_the_same_rows_where_arithmetic_makes_neighbours_equal():
    y = np.array([0.1 + 0.2, 0.3, 16.0, 28.0, 5.0])
    standardised = (y - y.mean()) / y.std()
    assert len(np.unique(standardised)) < len(np.unique(y))
    assert NestedFolds.name(standardised) == NestedFolds.name(y)
