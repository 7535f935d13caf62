"""What an extractor is given."""

import numpy as np
import pandas as pd
import pytest

from mmbench.feature_extraction.cells import cells_of, is_missing, texts_of


@pytest.mark.parametrize(
    "cell", [None, float("nan"), np.float32("nan"), np.nan, pd.NA, pd.NaT]
)
def test_every_kind_of_nothing_is_missing(cell):
    assert is_missing(cell)


@pytest.mark.parametrize("cell", ["", "nan", 0, 0.0, b"", np.zeros((2, 2))])
def test_a_value_is_not_missing_even_when_empty(cell):
    assert not is_missing(cell)


@pytest.mark.parametrize(
    "column",
    [
        ["a", None],
        ("a", None),
        iter(["a", None]),
        np.array(["a", None], dtype=object),
        pd.Series(["a", None], index=[7, 7]),
        pd.Series(["a", None], dtype="string"),
        pd.Series(["a", None], dtype="category"),
    ],
    ids=lambda column: type(column).__name__,
)
def test_any_sequence_of_texts_is_read(column):
    assert texts_of(column) == ["a", ""]


@pytest.mark.parametrize(
    "table", [pd.DataFrame({"text": ["a"]}), np.array([["a"]], dtype=object)]
)
def test_a_table_is_refused_rather_than_read_by_column_names(table):
    with pytest.raises(ValueError, match=r"one column of cells .* shape \(1, 1\)"):
        cells_of(table)


def test_one_text_is_refused_rather_than_read_by_letters():
    with pytest.raises(ValueError, match="got a single str; put it in a list"):
        cells_of("red hat")


def test_a_cell_of_another_kind_is_refused_with_its_row():
    with pytest.raises(TypeError, match=r"cell 1 must be a str or missing .* got 3 "):
        texts_of(["a", 3])
