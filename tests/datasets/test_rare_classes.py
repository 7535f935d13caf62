"""Rare classes are left out or merged, and counted."""

from __future__ import annotations

from typing import Any

import pytest

from mmbench.datasets import read_table
from mmbench.errors import DataError, UsageError

KINDS = ["a"] * 4 + ["b"] * 3 + ["c"] * 2 + ["d"]
ROWS: dict[str, Any] = {"name": list("qrstuvwxyz"), "kind": KINDS}
ROLES: dict[str, Any] = {"target": "kind", "text": "name"}


def test_rows_of_rare_classes_are_left_out_and_counted() -> None:
    data = read_table(ROWS, **ROLES, min_class_size=3)
    samples = data.load()
    assert samples.y.tolist() == KINDS[:7]
    assert samples.X.index.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert data.notices == (
        (
            "column 'kind': 2 of 4 classes have fewer than 3 samples (the largest: "
            "'c', 2); their 3 of 10 rows are left out."
        ),
    )


def test_rare_classes_may_count_as_one() -> None:
    data = read_table(ROWS, **ROLES, min_class_size=3, merge_rare="rest")
    assert data.load().y.tolist() == [*KINDS[:7], "rest", "rest", "rest"]
    assert data.notices[0].endswith("their 3 of 10 rows count as 'rest'.")
    whole = [{"name": "x", "kind": n} for n in [1, 1, 2, 2, 3, 4.0]]
    numbers = read_table(whole, **ROLES, min_class_size=2, merge_rare="rest")
    assert numbers.load().y.tolist() == ["1", "1", "2", "2", "rest", "rest"]


def test_with_an_official_split_training_rows_count() -> None:
    rows = ROWS | {"part": ["train", "test"] * 5}
    data = read_table(rows, **ROLES, split="part", min_class_size=2)
    samples = data.load()
    assert samples.y.tolist() == KINDS[:4] + KINDS[4:7]
    assert samples.split is not None
    assert samples.split.tolist() == ["train", "test"] * 3 + ["train"]


def test_with_groups_groups_count() -> None:
    rows = ROWS | {"owner": ["x", "x", "y", "y", "x", "x", "x", "x", "y", "z"]}
    samples = read_table(rows, **ROLES, group="owner", min_class_size=2).load()
    assert samples.y.tolist() == ["a", "a", "a", "a", "c", "c"]
    assert samples.groups is not None
    assert samples.groups.tolist() == ["x", "x", "y", "y", "x", "y"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_class_size": 4}, "1 of 4 classes would be left with 4 samples; choose"),
        (
            {"min_class_size": 2, "merge_rare": "rest"},
            "are on 1 together, too few for a class 'rest'; leave them out",
        ),
    ],
)
def test_too_few_samples_for_what_is_left_are_refused(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        read_table(ROWS, **ROLES, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_class_size": 0}, "min_class_size must be at least 1, got 0"),
        ({"merge_rare": "rest"}, "merge_rare needs min_class_size"),
        ({"min_class_size": 2, "merge_rare": ""}, "merge_rare must not be empty"),
    ],
)
def test_options_that_say_nothing_are_refused(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        read_table(ROWS, **ROLES, **options)


@pytest.mark.regression
def test_numbers_have_no_rare_classes() -> None:
    rows = {"name": list("abc"), "kind": [1.5, 2.5, 3.5]}
    with pytest.raises(UsageError, match="min_class_size is for classes"):
        read_table(rows, **ROLES, min_class_size=2)


@pytest.mark.regression
def test_many_numbers_of_which_some_are_rare_are_amounts() -> None:
    ages = [20 + i % 21 for i in range(210)] + [90]
    data = read_table({"name": ages, "kind": ages}, **ROLES)
    assert data.task.name == "regression"
    assert "(--task classification)" in data.notices[0]


@pytest.mark.multilabel
@pytest.mark.parametrize("joined", [False, True])
@pytest.mark.parametrize("other", [None, "z"])
def test_rare_labels_are_left_out_of_their_rows(
    joined: bool, other: str | None
) -> None:
    sets = [["x", "y"], ["x"], ["y", "p"], ["q"]]
    cells = ["|".join(labels) for labels in sets] if joined else sets
    rows = {"name": list("abcd"), "kind": cells}
    data = read_table(
        rows,
        **ROLES,
        label_separator="|" if joined else None,
        min_class_size=2,
        merge_rare=other,
    )
    samples = data.load()
    expected = [[1, 1, 0], [1, 0, 0], [0, 1, 1], [0, 0, 1]]
    width = 2 if other is None else 3
    assert samples.y.tolist() == [row[:width] for row in expected]
    assert "2 of 4 classes have fewer than 2 samples" in data.notices[0]
