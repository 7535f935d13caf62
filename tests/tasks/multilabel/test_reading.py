"""Samples with several labels each, from tables of every format to an indicator."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import MultiLabelBinarizer

from mmbench.columns import Column
from mmbench.datasets import Samples, check_folds, read_table
from mmbench.datasets.leakage import find_leaks
from mmbench.datasets.splits import check_split
from mmbench.errors import DataError, MmbenchError
from mmbench.tasks.multilabel import MULTILABEL
from mmbench.tasks.multilabel.label_sets import label_sets
from mmbench.testing import check_dataset

Write = Callable[..., Path]

FILMS = (
    "title,genres\nheat,crime | drama\nup,comedy|drama\nalien,horror\nkoyaanisqatsi,|\n"
)
ROLES: dict[str, Any] = {"target": "genres", "text": ["title"]}


def in_lists(*cells: Any) -> str:
    rows = ({"title": f"t{i}", "genres": cell} for i, cell in enumerate(cells))
    return "\n".join(map(json.dumps, rows))


def error_of(path: Path, **roles: Any) -> str:
    with pytest.raises(MmbenchError) as raised:
        read_table(path, **ROLES | roles)
    message = str(raised.value)
    assert "\n" not in message
    return message


# -- reading -------------------------------------------------------------------------


def test_cells_that_join_labels_become_an_indicator(write_table: Write) -> None:
    data = read_table(write_table(FILMS), **ROLES, label_separator="|")
    samples = data.load()
    assert data.task is MULTILABEL
    assert samples.schema["classes"] == ["comedy", "crime", "drama", "horror"]
    assert samples.y.dtype == np.int64
    assert samples.y.tolist() == [[0, 1, 1, 0], [1, 0, 1, 0], [0, 0, 0, 1], [0] * 4]
    (notice,) = data.notices
    assert notice == (
        "column 'genres': 1 of 4 cells hold no label; their samples have none of them "
        "(the first in row 4)."
    )
    check_dataset(data)


def test_lists_of_json_need_no_separator(write_table: Write) -> None:
    path = write_table(in_lists(["b", "a"], [], None, ["a", "a"]), name="t.jsonl")
    data = read_table(path, **ROLES)
    samples = data.load()
    assert samples.schema["classes"] == ["a", "b"]
    assert samples.y.tolist() == [[1, 1], [0, 0], [1, 0]]
    assert samples.X.index.tolist() == [1, 2, 4]
    assert "1 of 4 cells have no label; their rows are left out" in data.notices[0]
    check_dataset(data)


MARKS = "title,rude,loud\na,1,0\nb,yes,True\nc,0.0,no\nd,,1\ne,0,1\n"


def test_a_column_of_marks_for_each_label_is_read_as_well(write_table: Write) -> None:
    asked: dict[str, Any] = {"target": ["rude", "loud"], "text": ["title"]}
    data = read_table(write_table(MARKS), **asked)
    samples = data.load()
    assert samples.schema["classes"] == ["loud", "rude"]
    assert samples.y.tolist() == [[0, 1], [1, 1], [0, 0], [1, 0]]
    assert samples.X["title"].tolist() == ["a", "b", "c", "e"]
    left_out, without = data.notices
    assert "'rude, loud': 1 of 5 cells have no label" in left_out
    assert "(the first in row 4)" in left_out
    assert "'rude, loud': 1 of 4 cells hold no label" in without
    check_dataset(data)


def test_the_order_of_columns_of_marks_makes_no_difference(write_table: Write) -> None:
    path = write_table(MARKS)
    one, other = (
        read_table(path, target=names, text=["title"]).load()
        for names in (["rude", "loud"], ["loud", "rude"])
    )
    assert one.y.tolist() == other.y.tolist()
    assert one.schema == other.schema


@pytest.mark.parametrize(
    ("table", "roles", "message"),
    [
        (MARKS.replace("yes", "2"), {}, "each must say 1 or 0, got '2'"),
        (
            "title,rude,loud\na,1,0\nb,0,0\n",
            {},
            "column 'loud': no row has this label; leave the column out",
        ),
        (
            MARKS,
            {"label_separator": "|"},
            "in the cells of a single target column, got 2",
        ),
        (MARKS, {"target": []}, "target must name at least one column"),
        (MARKS, {"target": ["rude", "rude"]}, "is given as target and as target"),
        (MARKS, {"target": ["rude", "lewd"]}, "no column is named 'lewd'"),
    ],
)
def test_columns_that_mark_no_labels_are_refused(
    table: str, roles: dict[str, Any], message: str, write_table: Write
) -> None:
    asked = {"target": ["rude", "loud"], **roles}
    assert message in error_of(write_table(table), **asked)


def test_lists_of_parquet_are_read_alike(tmp_path: Path) -> None:
    cells = [[10, 9], [], None, [9]]
    table = pa.table({"title": list("wxyz"), "genres": cells})
    pq.write_table(table, tmp_path / "t.parquet")
    samples = read_table(tmp_path / "t.parquet", **ROLES).load()
    assert samples.schema["classes"] == ["10", "9"]  # they are names, so text
    assert samples.y.tolist() == [[1, 1], [0, 0], [0, 1]]


def test_labels_are_plain_without_a_separator(write_table: Write) -> None:
    data = read_table(write_table(FILMS), **ROLES)
    assert data.task.name == "classification"
    assert data.load().y.tolist() == ["crime | drama", "comedy|drama", "horror", "|"]


@pytest.mark.parametrize(
    ("cell", "held"),
    [
        ("a|b", ["a", "b"]),
        (" a | b ", ["a", "b"]),
        ("a|a|b", ["a", "b"]),
        ("a||b|", ["a", "b"]),
        ("a", ["a"]),
        ("|", []),
    ],
)
def test_spaces_and_repeats_inside_a_cell_do_not_count(
    write_table: Write, cell: str, held: list[str]
) -> None:
    path = write_table(f"title,genres\nx,{cell}\ny,a|c\nz,b\n")
    samples = read_table(path, **ROLES, label_separator="|").load()
    has = samples.y[0].astype(bool)
    assert np.array(samples.schema["classes"])[has].tolist() == held


def test_an_empty_cell_is_left_out_for_its_labels_are_not_known(
    write_table: Write,
) -> None:
    path = write_table("title,genres\nx,a;b\ny,\nz,a\n")
    data = read_table(path, **ROLES, label_separator=";")
    assert data.load().X.index.tolist() == [1, 3]
    assert "1 of 3 cells have no label; their rows are left out" in data.notices[0]


def test_numbers_written_in_two_ways_are_one_label(write_table: Write) -> None:
    path = write_table(in_lists([1, 2], [1.0], [3]), name="t.jsonl")
    samples = read_table(path, **ROLES).load()
    assert samples.schema["classes"] == ["1", "2", "3"]
    assert samples.y[:2].tolist() == [[1, 1, 0], [1, 0, 0]]


@given(st.lists(st.lists(st.sampled_from("abcde")), min_size=2))
def test_an_indicator_equals_that_of_scikit_learn(cells: list[list[str]]) -> None:
    held = sorted(set().union(*cells))
    expected = MultiLabelBinarizer().fit_transform(cells)
    if len(held) < 2 or expected.all():
        with pytest.raises(DataError):
            label_sets(Column("t", cells, range(len(cells))))
        return
    y, classes, _ = label_sets(Column("t", cells, range(len(cells))))
    assert classes.tolist() == held
    np.testing.assert_array_equal(y, expected)


def test_the_checksum_changes_with_the_separator(write_table: Write) -> None:
    path = write_table("title,genres\nx,a;b|c\ny,a|b;c\n")
    separators = (None, "|", ";")
    checksums = {
        read_table(path, **ROLES, label_separator=each).checksum for each in separators
    }
    assert len(checksums) == 3


# -- what can't be used --------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ((["a"], "b"), "row 2, column 'genres': holds a str, but other cells hold"),
        ((["a", "b"], [None]), "row 2, column 'genres': a label in the list is empty"),
        ((["a", "b"], [" "]), "row 2, column 'genres': a label in the list is empty"),
        ((["a"], [["b"]]), "row 2, column 'genres': holds a list; labels must be"),
        (([1], [2, 0.5]), "row 2, column 'genres': 0.5 is not a class"),
        ((["a"], ["a"], []), "holds one label in all, 'a'"),
        (([], []), "holds no label"),
        ((["a", "b"], ["b", "a"]), "all rows have the same labels, ['a', 'b']"),
    ],
)
def test_lists_that_are_no_labels_are_refused(
    write_table: Write, cells: tuple[Any, ...], reason: str
) -> None:
    assert reason in error_of(write_table(in_lists(*cells), name="t.jsonl"))


def test_a_separator_for_lists_is_refused(write_table: Write) -> None:
    path = write_table(in_lists(["a"], ["b"]), name="t.jsonl")
    message = error_of(path, label_separator="|")
    assert "holds a list of labels, which leaves nothing to separate by '|'" in message


def test_a_separator_that_no_cell_holds_is_refused(write_table: Write) -> None:
    message = error_of(write_table(FILMS), label_separator=";")
    assert "column 'genres': no cell holds the label separator ';'" in message


def test_an_empty_separator_is_refused(write_table: Write) -> None:
    message = error_of(write_table(FILMS), label_separator="")
    assert "label_separator must not be empty" in message


def test_labels_that_are_alike_and_labels_of_all_rows_are_pointed_out(
    write_table: Write,
) -> None:
    path = write_table(in_lists(["A", "x"], ["a", "x"]), name="t.jsonl")
    assert read_table(path, **ROLES).notices == (
        "column 'genres': 'A', 'a' count as different classes.",
        "column 'genres': every row has the label 'x'; nothing can be learnt of it.",
    )


# -- folds and official splits -------------------------------------------------------


def samples_of(y: list[list[int]], **fields: Any) -> Samples:
    X = pd.DataFrame({"text": [f"t{i}" for i in range(len(y))]})
    names = ["a", "b", "c"][: len(y[0])]
    arrays = {name: np.array(values) for name, values in fields.items()}
    return Samples(X, np.array(y), schema={"classes": names}, **arrays)


def test_every_label_needs_a_sample_for_each_fold() -> None:
    samples = samples_of([[1, 1, 0], [1, 1, 1], [1, 0, 0], [0, 0, 0]])
    with pytest.raises(
        DataError,
        match=r"label 'b' has fewer samples \(2\) than there are folds \(3\), and so "
        r"for 1 other label; choose fewer folds \(--folds\), leave out such labels",
    ):
        check_folds(MULTILABEL, samples, 3)
    check_folds(MULTILABEL, samples_of([[1, 1], [1, 1], [1, 0]]), 2)


def test_of_grouped_samples_every_label_needs_a_group_for_each_fold() -> None:
    y = [[1, 1], [1, 1], [0, 1], [1, 0]]
    check_folds(MULTILABEL, samples_of(y, groups=["g", "g", "h", "h"]), 2)
    with pytest.raises(DataError, match=r"label 'b' has fewer groups \(1\)"):
        check_folds(MULTILABEL, samples_of(y, groups=["g", "g", "g", "h"]), 2)


@pytest.mark.parametrize(
    ("y", "reason"),
    [
        ([[1, 0], [1, 0], [0, 1]], "trains on have the labels ['a']"),
        ([[0, 0], [0, 0], [1, 1]], "trains on have the labels []"),
        ([[1, 0], [0, 0], [0, 1]], "tests the label 'b', which it never trains"),
    ],
)
def test_an_official_split_must_train_what_it_tests(
    y: list[list[int]], reason: str
) -> None:
    samples = samples_of(y, split=["train", "train", "test"])
    with pytest.raises(DataError) as raised:
        check_split(MULTILABEL, samples)
    assert reason in str(raised.value)


def test_an_official_split_may_train_labels_that_it_does_not_test() -> None:
    check_split(
        MULTILABEL,
        samples_of([[1, 0], [0, 1], [1, 0]], split=["train", "train", "test"]),
    )


# -- leaks ---------------------------------------------------------------------------


def test_duplicates_have_the_same_labels_when_they_have_all_of_them() -> None:
    X = pd.DataFrame({"text": ["red", "blue", "red", "green", "blue"]})
    y = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1], [0, 0, 1], [1, 1, 0]])
    samples = Samples(X, y, schema={"classes": ["a", "b", "c"]})
    (found,) = find_leaks(MULTILABEL, samples, {"text": "text"})
    assert "4 of 5 rows have the same text as another row, 2 of them with" in found
    assert "with the same target" in found


def leaking(**columns: Any) -> tuple[list[str], Samples]:
    rng = np.random.default_rng(0)
    y = (rng.random((600, 3)) < [0.5, 0.2, 0.1]).astype(np.int64)
    X = pd.DataFrame({name: make(y, rng) for name, make in columns.items()})
    samples = Samples(X, y, schema={"classes": ["a", "b", "c"]})
    kinds: dict[str, Any] = {
        name: "numeric" if X[name].dtype == float else "text" for name in X
    }
    return find_leaks(MULTILABEL, samples, kinds), samples


def test_a_number_that_follows_one_label_is_found() -> None:
    (found,), samples = leaking(
        noise=lambda y, rng: rng.normal(size=len(y)),
        tell=lambda y, rng: y[:, 1] + rng.normal(0, 0.01, len(y)),
    )
    assert found.startswith(
        "column 'tell' gives the label 'b' away: by itself it is right about 100\xa0%"
    )
    share = int(1000 * (1 - samples.y[:, 1].mean())) / 10
    assert f"(always giving the more frequent answer: {share:g}\xa0%)" in found


def test_words_that_tell_every_label_are_told_in_one_sentence() -> None:
    def tagged(y: Any, rng: Any) -> list[str]:
        words = rng.integers(0, 300, (len(y), 3))
        return [
            " ".join(
                [*(f"w{i}" for i in said), *(f"tag{j}" for j in np.flatnonzero(row))]
            )
            for said, row in zip(words, y, strict=True)
        ]

    (found,), _ = leaking(tell=tagged)
    assert found.startswith("column 'tell' gives the label 'a' away (and 2 more):")


@pytest.mark.parametrize("constant", [0, 1])
def test_a_label_of_all_rows_or_none_is_not_given_away(constant: int) -> None:
    sizes = np.random.default_rng(0).choice(["s", "m", "l"], 200)
    y = np.column_stack([np.full(200, constant), np.arange(200) % 2])
    samples = Samples(pd.DataFrame({"size": sizes}), y, schema={"classes": ["a", "b"]})
    assert find_leaks(MULTILABEL, samples, {"size": "categorical"}) == []
