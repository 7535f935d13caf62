from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from mmbench.cli.table import broken, print_table


@pytest.fixture
def printed():
    def run(width: int, rows: list[tuple[str, ...]]) -> list[str]:
        console = Console(file=io.StringIO(), width=width)
        print_table(
            console,
            ("name", "about", "n"),
            rows,
            right=frozenset({"n"}),
            flexible="about",
        )
        return console.file.getvalue().splitlines()

    return run


def test_columns_are_aligned_and_numbers_stand_right(printed):
    assert printed(80, [("a", "one", "5"), ("long", "three", "1,000")]) == [
        "name  about      n",
        "a     one        5",
        "long  three  1,000",
    ]


def test_the_flexible_column_is_broken_to_fit(printed):
    assert printed(20, [("a", "two words and more", "5")]) == [
        "name  about      n",
        "a     two words  5",
        "      and more",
    ]


def test_no_line_ends_in_blanks(printed):
    assert not any(line.endswith(" ") for line in printed(80, [("a", "b", "")]))


def test_markup_in_a_cell_is_shown_as_it_is(printed):
    assert printed(80, [("[red]x[/red]", "b", "1")])[1].startswith("[red]x[/red]")


def test_a_path_is_broken_behind_its_slashes():
    assert broken("text/tfidf/logistic", 12) == ["text/tfidf/", "logistic"]


@given(st.text("ab /", min_size=0, max_size=60), st.integers(1, 20))
def test_breaking_keeps_every_letter_and_the_width(text, width):
    lines = broken(text, width)
    assert max(map(len, lines)) <= width
    assert "".join("".join(lines).split()) == "".join(text.split())
