import csv
import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmbench.presentation.csv_files import csv_text

# These two are written as what a reader can take: see the tests above.
cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\n"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    text = f"{start}HYPERLINK(1)"

    (row,) = csv.reader(io.StringIO(csv_text([text], []), newline=""))

    assert row == [f"'{text}"]


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_every_line_of_a_message_ends_alike(end: str) -> None:
    text = csv_text([f"one{end}two"], [])

    assert text == '"one\ntwo"\n'


def test_a_negative_number_stays_a_number() -> None:
    assert csv_text(["gain"], [[-0.25]]) == "gain\n-0.25\n"


@pytest.mark.parametrize("nothing", [None, math.nan, math.inf])
def test_what_is_not_known_is_an_empty_cell(nothing: object) -> None:
    assert csv_text(["a", "b"], [[nothing, 1]]) == "a,b\n,1\n"


@given(st.lists(st.tuples(cells, st.floats(allow_nan=False, allow_infinity=False))))
def test_what_is_read_back_is_what_was_written(rows: list[tuple[str, float]]) -> None:
    text = csv_text(["name", "number"], rows)

    _, *found = csv.reader(io.StringIO(text, newline=""))

    for (name, number), (read_name, read_number) in zip(rows, found, strict=True):
        assert read_name.removeprefix("'") == name.removeprefix("'")
        assert float(read_number) == number
