"""What `read_table` makes of tables that are fine."""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mmbench.datasets import Dataset, read_table
from mmbench.testing import check_dataset

Write = Callable[..., Path]

ROLES: dict[str, Any] = {
    "target": "kind",
    "text": ["name"],
    "image": ["photo"],
    "numeric": ["weight"],
}
ROWS = [
    {"name": "felix", "photo": "a.png", "weight": 4.5, "kind": "cat"},
    {"name": "rex", "photo": "b.png", "weight": 20, "kind": "dog"},
    {"name": None, "photo": None, "weight": None, "kind": "cat"},
]


def in_format(suffix: str) -> bytes:
    frame = pd.DataFrame(ROWS)
    buffer = io.BytesIO()
    match suffix:
        case ".csv":
            frame.to_csv(buffer, index=False)
        case ".tsv":
            frame.to_csv(buffer, index=False, sep="\t")
        case ".parquet":
            frame.to_parquet(buffer, index=False)
        case _:
            lines = [json.dumps({k: v for k, v in row.items() if v}) for row in ROWS]
            return "\n\n".join(lines).encode()
    return buffer.getvalue()


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet", ".jsonl", ".NDJSON"])
def test_every_format_gives_the_same_samples(write_table: Write, suffix: str) -> None:
    path = write_table(in_format(suffix), name=f"pets{suffix}")
    dataset = read_table(path, **ROLES)
    X, y, groups, split, schema, truth, weight, slices = dataset.load()
    assert truth is None
    assert (weight, slices) == (None, {})
    assert X["name"].tolist() == ["felix", "rex", None]
    here = path.parent.resolve()
    assert X["photo"].tolist() == [str(here / "a.png"), str(here / "b.png"), None]
    np.testing.assert_array_equal(X["weight"], [4.5, 20, np.nan])
    assert X["weight"].dtype == np.float64
    assert X.index.tolist() == [1, 2, 3]
    assert y.tolist() == ["cat", "dog", "cat"]
    assert groups is None
    assert split is None
    assert (schema, truth) == ({}, None)
    assert not dataset.has_split
    assert len(dataset.notices) == 3
    check_dataset(dataset)


def test_a_dataset_says_what_it_is(write_table: Write) -> None:
    dataset = read_table(write_table(), **ROLES)
    assert dataset.name == "pets"
    assert dataset.source == "pets.csv"
    assert dataset.licence == "unstated (own data)"
    expected = {"name": "text", "photo": "image", "weight": "numeric"}
    assert dict(dataset.modalities) == expected
    assert dataset.checksum.startswith(f"sha256:{dataset.version}")


def test_a_dataset_can_be_sent_to_another_process(write_table: Write) -> None:
    dumped = pickle.dumps(read_table(write_table(), **ROLES))
    dataset: Dataset = pickle.loads(dumped)  # noqa: S301 - just dumped
    assert dataset.load().y.tolist() == ["cat", "dog", "cat"]


def test_one_column_needs_no_list(write_table: Write) -> None:
    dataset = read_table(write_table(), target="kind", text="name")
    assert list(dataset.load().X) == ["name"]


def test_a_relative_path_gives_absolute_images(
    write_table: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_table()
    monkeypatch.chdir(path.parent)
    photos = read_table("pets.csv", **ROLES).load().X["photo"]
    assert all(Path(photo).is_absolute() for photo in photos)


def test_an_image_root_replaces_the_folder_of_the_table(write_table: Write) -> None:
    path = write_table()
    elsewhere = path.parent / "elsewhere"
    elsewhere.mkdir()
    moved = path.rename(elsewhere / "pets.csv")
    photos = read_table(moved, **ROLES, image_root=path.parent).load().X["photo"]
    assert photos.iloc[0] == str(path.parent.resolve() / "a.png")


def test_an_absolute_path_inside_of_the_root_is_fine(write_table: Write) -> None:
    path = write_table()
    inside = path.parent.resolve() / "a.png"
    path.write_text(f"photo,kind\n{inside},cat\nsub/../b.png,dog\n")
    photos = read_table(path, target="kind", image=["photo"]).load().X["photo"]
    assert photos.tolist() == [str(inside), str(inside.with_name("b.png"))]


@pytest.mark.parametrize("nested", [False, True])
def test_parquet_may_hold_the_images_themselves(tmp_path: Path, nested: bool) -> None:
    buffer = io.BytesIO()
    Image.new("L", (3, 3)).save(buffer, "PNG")
    cells: list[Any] = [buffer.getvalue(), None]
    if nested:
        cells = [{"bytes": cell, "path": None} for cell in cells]
    table = pa.table({"photo": cells, "kind": ["cat", "dog"]})
    pq.write_table(table, tmp_path / "pets.parquet")
    dataset = read_table(tmp_path / "pets.parquet", target="kind", image=["photo"])
    assert dataset.load().X["photo"].tolist() == [buffer.getvalue(), None]
    check_dataset(dataset)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "2"], [1, 2]),
        (["1.0", "2."], [1, 2]),
        (["-3", "0"], [-3, 0]),
        (["007", "7"], ["007", "7"]),
        (["1_0", "2"], ["1_0", "2"]),
        (["1", "two"], ["1", "two"]),
        (["NA", "DE"], ["NA", "DE"]),
        (["True", "False"], ["True", "False"]),
        (["9" * 30, "1"], ["9" * 30, "1"]),
    ],
)
def test_labels_in_a_csv_are_integers_where_all_are(
    write_table: Write, cells: list[str], expected: list[Any]
) -> None:
    rows = "".join(f"x,{cell}\n" for cell in cells)
    path = write_table(f"name,kind\n{rows}")
    y = read_table(path, target="kind", text=["name"]).load().y
    assert y.tolist() == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([1, 2], [1, 2]),
        ([1.0, 2.0], [1, 2]),
        ([2**53 + 1, 1, None], [2**53 + 1, 1]),
        ([True, False], ["True", "False"]),
        ([Decimal("1.0"), Decimal("2.0")], [1, 2]),
    ],
)
def test_labels_in_parquet_keep_their_kind(
    tmp_path: Path, cells: list[Any], expected: list[Any]
) -> None:
    table = pa.table({"name": ["x"] * len(cells), "kind": cells})
    pq.write_table(table, tmp_path / "t.parquet")
    samples = read_table(tmp_path / "t.parquet", target="kind", text=["name"]).load()
    assert samples.y.tolist() == expected


def test_categories_are_strings_whatever_the_file_holds(tmp_path: Path) -> None:
    lines = [{"size": 1, "kind": 0}, {"size": 1.0, "kind": 1}, {"size": "L", "kind": 1}]
    path = tmp_path / "t.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    X = read_table(path, target="kind", categorical=["size"]).load().X
    assert X["size"].tolist() == ["1", "1", "L"]


def test_words_that_pandas_takes_for_missing_stay_words(write_table: Write) -> None:
    path = write_table("name,kind\nNone,a\nnull,b\nNA,b\n")
    X = read_table(path, target="kind", text=["name"]).load().X
    assert X["name"].tolist() == ["None", "null", "NA"]


def test_quotes_commas_line_breaks_and_a_byte_order_mark_are_read(
    write_table: Write,
) -> None:
    content = '\ufeffname,kind\n"Rex, ""the""\nbig",dog\nMiné,cat\n'
    X = read_table(write_table(content), target="kind", text=["name"]).load().X
    assert X["name"].tolist() == ['Rex, "the"\nbig', "Miné"]


def test_groups_and_an_official_split_are_read(write_table: Write) -> None:
    rows = "name,owner,part,kind\na,1,Train,cat\nb,2,TRAINING,dog\nc,3,test,cat\n"
    roles: dict[str, Any] = {"target": "kind", "text": ["name"]}
    dataset = read_table(write_table(rows), **roles, group="owner", split="part")
    samples = dataset.load()
    assert dataset.has_split
    assert samples.groups is not None
    assert samples.split is not None
    assert samples.groups.tolist() == ["1", "2", "3"]
    assert samples.split.tolist() == ["train", "train", "test"]


def test_the_checksum_does_not_depend_on_where_the_data_lies(
    write_table: Write, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = write_table()
    before = read_table(path, **ROLES).checksum
    other = tmp_path_factory.mktemp("other")
    for file in path.parent.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    assert read_table(other / "pets.csv", **ROLES).checksum == before


def test_the_checksum_changes_with_the_table_the_images_and_the_roles(
    write_table: Write,
) -> None:
    path = write_table()
    checksums = [read_table(path, **ROLES).checksum]
    checksums.append(read_table(path, target="kind", text=["name"]).checksum)
    checksums.append(read_table(path, target="name", text=["kind"]).checksum)
    Image.new("RGB", (4, 4), "red").save(path.parent / "a.png")
    checksums.append(read_table(path, **ROLES).checksum)
    (path.parent / "a.png").unlink()
    checksums.append(read_table(path, **ROLES).checksum)
    path.write_text(path.read_text() + "max,b.png,7,dog\n")
    checksums.append(read_table(path, **ROLES).checksum)
    assert len(set(checksums)) == len(checksums)


@settings(max_examples=25)
@given(
    texts=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0\r")),
        min_size=2,
        max_size=5,
    )
)
def test_any_text_survives_the_way_through_a_csv(
    texts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("texts") / "t.csv"
    texts = ["x", *texts]
    frame = pd.DataFrame({"name": texts, "kind": range(len(texts))})
    frame.to_csv(path, index=False)
    X = read_table(path, target="kind", text=["name"]).load().X
    assert X["name"].tolist() == [text if text.strip() else None for text in texts]
