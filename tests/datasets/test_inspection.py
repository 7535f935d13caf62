"""What columns look like, and what is proposed for them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mmbench.datasets import inspect_table
from mmbench.datasets.profiles import profile_of
from mmbench.errors import UnknownNameError

TEXTS = [f"a text of {word} and no other words" for word in "abcdefghij"]


@pytest.mark.parametrize(
    ("name", "cells", "role", "why"),
    [
        ("name", TEXTS, "text", "text"),
        ("price", [1.5, 2, None, 1e-3], "numeric", "numbers"),
        ("price", ["1.5", "NA", "", "2"], "numeric", "numbers"),
        ("code", ["007", "008", "007", "008"], "categorical", "categories"),
        ("size", ["S", "M", "S", "M", "L", "L"], "categorical", "categories"),
        ("n", [3, 4, 5, 6], "unused", "an id: another number in each row"),
        ("product_id", [9, 3, 7], "unused", "an id: another number in each row"),
        ("sku", ["a1", "b2", "c3"], "unused", "an id"),
        ("user_id", ["x", "y", "x"], "unused", "an id, repeated"),
        ("photo", ["a/1.JPG", "b/2.png", None], "image", "paths of pictures"),
        ("photo", [b"\x89PNG", b"GIF"], "image", "pictures"),
        ("photo", [{"bytes": b"1"}, {"bytes": b"2"}], "image", "pictures"),
        (
            "photo",
            [Image.new("L", (2, 2)), Image.new("L", (2, 3))],
            "image",
            "pictures",
        ),
        ("link", ["https://a.org/1.png", "s3://b/2.png"], "unused", "addresses, which"),
        ("sound", ["a.wav", "b.WAV"], "audio", "paths of recordings"),
        ("day", ["2024-02-29", "2024-03-01T09:30:00"], "date", "dates"),
        ("day", ["3/4/2024", "29/2/2024"], "unused", "dates not all like"),
        ("tags", [["a"], ["b", "c"]], "unused", "lists"),
        ("part", ["train", "Test", "val"], "split", "an official split"),
        ("nothing", ["", None, " "], "unused", "empty"),
        ("country", ["DE"] * 9, "unused", "the same in every row"),
        ("span", [dt.timedelta(1), dt.timedelta(2)], "unused", "objects (timedelta)"),
    ],
)
def test_a_column_is_what_it_looks_like(
    name: str, cells: list[Any], role: str, why: str
) -> None:
    found = profile_of(name, cells)
    assert found.role == role
    assert found.why.startswith(why)


def test_a_profile_counts_missing_and_distinct_cells_and_shows_some() -> None:
    found = profile_of("name", ["b", None, "a", "b", " ", "c", "d" * 99])
    assert (found.n_rows, found.n_missing, found.n_distinct) == (7, 2, 4)
    assert found.examples == ("'b'", "'a'", "'c'")


ROWS: dict[str, list[Any]] = {
    "id": [f"x{i}" for i in range(20)],
    "name": [f"{word} {i}" for i, word in enumerate(["a cat", "a dog"] * 10)],
    "price": [i * 7 % 13 for i in range(20)],
    "kind": ["a", "b", "b", "a"] * 5,
    "weight": [i * 11 % 17 for i in range(20)],
}


def test_a_target_is_found_by_its_name_and_the_rest_proposed() -> None:
    roles = {"target": ("kind",), "text": ("name",), "numeric": ("price", "weight")}
    assert inspect_table(ROWS).roles == roles


def test_without_a_name_the_last_column_of_few_values_is_the_target() -> None:
    rows = ROWS | {"tint": ["r", "g"] * 10, "last": ["u", "v"] * 10}
    rows["first"] = rows.pop("kind")
    assert inspect_table(rows).names("target") == ("first",)


def test_the_target_may_be_named() -> None:
    assert inspect_table(ROWS, target="price").names("target") == ("price",)
    with pytest.raises(UnknownNameError, match="did you mean 'price'"):
        inspect_table(ROWS, target="prize")


def test_a_column_that_gives_the_target_away_is_not_proposed() -> None:
    rows = ROWS | {"copy": [{"a": "A", "b": "B"}[kind] for kind in ROWS["kind"]]}
    found = inspect_table(rows)
    assert "copy" in found.names("unused")
    assert [f.check.code for f in found.findings if "'copy'" in f] == ["MM102"]


def test_a_finer_category_that_determines_the_target_is_not_proposed() -> None:
    rng = np.random.default_rng(0)
    kinds = rng.choice(["a", "b", "c"], 300)
    finer = np.char.add(kinds, rng.integers(45, size=300).astype(str))
    rows = {"n": rng.normal(size=300), "finer": finer, "kind": kinds}
    found = inspect_table(rows)
    assert [f.check.code for f in found.findings if "'finer'" in f] == ["MM106"]
    assert found.names("unused") == ("finer",)


def test_classes_too_rare_for_the_folds_are_to_be_left_out() -> None:
    rows = ROWS | {"kind": ["a"] * 8 + ["b"] * 8 + list("cdef")}
    found = inspect_table(rows)
    assert found.min_class_size == 5
    assert "4) than there are folds" not in str(found.findings)
    assert any("class 'c' has fewer samples (1)" in each for each in found.findings)


def test_what_stands_in_the_way_of_reading_is_a_finding() -> None:
    rows = ROWS | {"photo": [f"{i}.png" for i in range(20)]}
    (finding,) = inspect_table(rows).findings
    assert "column 'photo' has no image that can be used" in finding


def test_a_table_without_a_target_is_described_all_the_same() -> None:
    found = inspect_table({"name": TEXTS, "other": TEXTS[::-1]})
    assert found.roles == {"text": ("name", "other")}
