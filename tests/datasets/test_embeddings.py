"""Columns of lists of numbers become columns of numbers."""

import pytest

from mmbench.datasets.embeddings import unrolled
from mmbench.datasets.tables.table import table_of_rows
from mmbench.errors import DataError, UnknownNameError


def make_table(*cells, **more):
    return table_of_rows([{"id": 1, "clip": cell, **more} for cell in cells])


def test_each_number_has_a_column_and_a_missing_list_misses_them_all():
    table, columns = unrolled(make_table([1.0, 2.0], None, [3.0, 4.0]), "clip")
    assert columns == ("clip_0", "clip_1")
    assert table.names == ("id", *columns)
    assert [table.column(c) for c in columns] == [[1.0, None, 3.0], [2.0, None, 4.0]]
    assert table.column("id") == [1, 1, 1]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            ([1.0], [1.0, 2.0]),
            r"row 2: expected a list of 1 numbers, got \[1\.0, ",
        ),
        (([1.0, 2.0], "word"), r"row 2: expected a list of 2 numbers, got 'word'"),
        (([1.0], [None]), r"row 2: expected a list of 1 numbers, got \[None\]"),
        (([], [1.0]), r"row 1: expected a list of numbers, got \[\]"),
        ((None, None), r"column 'clip': all cells are empty"),
    ],
)
def test_what_is_no_list_as_long_as_the_others_is_told_with_its_row(cells, said):
    with pytest.raises(DataError, match=said):
        unrolled(make_table(*cells), "clip")


def test_a_column_of_the_new_name_is_in_the_way():
    with pytest.raises(DataError, match="there is a column 'clip_0' already"):
        unrolled(make_table([1.0], clip_0=2.0), "clip")
    with pytest.raises(UnknownNameError, match="clap"):
        unrolled(make_table([1.0]), "clap")
