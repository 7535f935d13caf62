"""It is known which columns a method looks at, and where they are missing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from mmbench.fusion import (
    HybridFusionClassifier,
    LateFusionClassifier,
    branch,
    column_sets,
    columns_of,
    early_fusion,
    missing_rows,
    stacked_fusion,
)

SIZE = branch(["width", "height"], StandardScaler())
PRICE = branch(["price", "width"], StandardScaler())
BRANCHES = [("size", SIZE), ("price", PRICE)]
VOTERS = [(n, make_pipeline(b, GaussianNB())) for n, b in BRANCHES]
TABLE = make_pipeline(
    ColumnTransformer(
        [
            ("number", StandardScaler(), ["width", "height"]),
            ("word", OneHotEncoder(), "colour"),
            ("by position", StandardScaler(), [0]),
        ]
    ),
    GaussianNB(),
)


@pytest.mark.parametrize(
    "method",
    [
        early_fusion(BRANCHES, GaussianNB()),
        LateFusionClassifier(VOTERS),
        HybridFusionClassifier(BRANCHES, GaussianNB()),
        stacked_fusion(VOTERS, LogisticRegression()),
        CalibratedClassifierCV(early_fusion(BRANCHES, GaussianNB())),
        GridSearchCV(LateFusionClassifier(VOTERS), {"rule": ["mean", "max"]}),
    ],
    ids=lambda method: type(method).__name__,
)
def test_columns_are_found_at_any_depth_in_order_without_repeats(method):
    assert columns_of(method) == ("width", "height", "price")
    assert column_sets(method) == (("width", "height"), ("price", "width"))


def test_a_column_transformer_tells_its_columns_by_name():
    assert columns_of(TABLE) == ("width", "height", "colour")
    assert column_sets(TABLE) == (("width", "height"), ("colour",))


def test_a_method_that_looks_at_nothing_picks_no_columns():
    assert columns_of(DummyClassifier()) == ()


def test_columns_of_a_fitted_method_are_the_same():
    X = pd.DataFrame({"width": [1.0, 2, 3, 4], "height": 1.0, "price": 2.0})
    method = LateFusionClassifier(VOTERS).fit(X, [0, 1, 0, 1])
    assert columns_of(method) == ("width", "height", "price")


@pytest.mark.parametrize("cell", [None, float("nan"), "", " \t\n", pd.NA])
def test_a_text_without_a_visible_character_is_missing(cell):
    X = pd.DataFrame({"text": pd.Series(["red", cell], dtype=object)})
    assert missing_rows(X, ["text"]).tolist() == [False, True]


@pytest.mark.parametrize("dtype", ["str", "string", "category"])
def test_missing_texts_are_found_in_every_kind_of_text_column(dtype):
    X = pd.DataFrame({"text": pd.Series(["red", None, " "], dtype=dtype)})
    assert missing_rows(X, ["text"]).tolist() == [False, True, True]


def test_pictures_in_any_form_are_there_and_none_is_missing():
    cells = [np.zeros((2, 2), np.uint8), b"\x89PNG", "a.png", None]
    X = pd.DataFrame({"image": pd.Series(cells, dtype=object)})
    assert missing_rows(X, ["image"]).tolist() == [False, False, False, True]


def test_only_a_row_in_which_every_column_is_missing_is_missing():
    X = pd.DataFrame({"a": [np.nan, np.nan, 1.0], "b": [None, "x", None]})
    assert missing_rows(X, ["a", "b"]).tolist() == [True, False, False]


def test_nothing_is_missing_where_no_column_is_picked_or_there_are_no_cells():
    assert missing_rows(pd.DataFrame({"a": [None]}), []).tolist() == [False]
    assert missing_rows(np.array([[np.nan]]), ["a"]).tolist() == [False]
    assert missing_rows([[np.nan]], ["a"]).tolist() == [False]


def test_the_cells_are_left_as_they_were():
    X = pd.DataFrame({"a": pd.Series([None, " ", "x"], dtype=object)})
    before = X.copy()
    missing_rows(X, ["a"])
    pd.testing.assert_frame_equal(X, before)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1))
def test_more_columns_never_make_more_rows_missing(rows):
    X = pd.DataFrame(
        [[None if a else "x", None if b else 1.0] for a, b in rows], columns=["a", "b"]
    )
    both = missing_rows(X, ["a", "b"])
    assert both.tolist() == [a and b for a, b in rows]
    assert not np.any(both & ~missing_rows(X, ["a"]))
