"""One table, whatever holds it: frames, packed files, other separators, folders."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from mmbench.datasets import read_table
from mmbench.errors import DataError, UsageError
from mmbench.testing import check_dataset

Write = Callable[..., Path]

COLUMNS: dict[str, list[Any]] = {
    "name": ["felix", "007", None, "NA"],
    "born": [dt.date(2020, 2, 29), None, dt.date(2021, 1, 1), dt.date(2021, 1, 2)],
    "size": [Decimal("4.5"), Decimal("20.0"), Decimal("1.0"), None],
    "kind": ["cat", "dog", "cat", "dog"],
}
ROLES: dict[str, Any] = {
    "target": "kind",
    "text": ["name"],
    "numeric": ["size"],
    "categorical": ["born"],
}
CSV = (
    "name,born,size,kind\nfelix,2020-02-29,4.5,cat\n007,,20,dog\n"
    ",2021-01-01,1,cat\nNA,2021-01-02,,dog\n"
)


def with_extension_types() -> pd.DataFrame:
    frame = pd.DataFrame(COLUMNS).convert_dtypes(dtype_backend="numpy_nullable")
    frame["kind"] = frame["kind"].astype("category")
    frame["born"] = frame["born"].astype("date32[pyarrow]")
    frame.index = pd.Index(list("wxyz"))
    return frame


def dictionaries() -> pa.Table:
    table = pa.table(COLUMNS)
    encoded = table.column("kind").dictionary_encode()
    return table.set_column(3, "kind", encoded)


HELD: dict[str, Callable[[], Any]] = {
    "dict": lambda: COLUMNS,
    "dict of arrays": lambda: {
        name: pd.Series(cells).to_numpy() for name, cells in COLUMNS.items()
    },
    "rows": lambda: pl.DataFrame(COLUMNS).to_dicts(),
    "pandas": lambda: pd.DataFrame(COLUMNS),
    "pandas, extension types": with_extension_types,
    "polars": lambda: pl.DataFrame(COLUMNS),
    "polars, categorical": lambda: pl.DataFrame(COLUMNS).cast({"kind": pl.Categorical}),
    "pyarrow, dictionary": dictionaries,
}


@pytest.mark.parametrize("held", HELD)
def test_what_holds_a_table_does_not_change_its_samples(
    held: str, write_table: Write
) -> None:
    expected = read_table(write_table(CSV), **ROLES).load()
    dataset = read_table(HELD[held](), **ROLES)
    samples = dataset.load()
    pd.testing.assert_frame_equal(samples.X, expected.X)
    assert samples.y.tolist() == expected.y.tolist()
    assert dataset.name == "data"
    check_dataset(dataset)


def packed(how: str, content: bytes) -> bytes:
    match how:
        case "gz":
            return gzip.compress(content)
        case "bz2":
            return bz2.compress(content)
        case "xz":
            return lzma.compress(content)
        case "zst":
            return pa.compress(content, "zstd", asbytes=True)  # type: ignore[no-any-return]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("__MACOSX/._pets.csv", "x")
        archive.writestr("inside/pets.csv", content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "name", ["t.csv.gz", "t.csv.bz2", "t.csv.xz", "t.csv.zst", "t.zip"]
)
def test_a_packed_table_is_the_table_in_it(write_table: Write, name: str) -> None:
    plain = read_table(write_table(CSV), **ROLES)
    how = name.rpartition(".")[2]
    dataset = read_table(write_table(packed(how, CSV.encode()), name=name), **ROLES)
    assert dataset.checksum == plain.checksum
    assert dataset.name == "t"


@pytest.mark.parametrize("how", ["gz", "bz2", "xz", "zst", "zip"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda whole: whole[: len(whole) // 2], "it is truncated or damaged"),
        (lambda whole: b"no archive", "it is truncated or damaged"),
    ],
)
def test_a_damaged_packed_table_is_refused(
    write_table: Write, how: str, content: Callable[[bytes], bytes], message: str
) -> None:
    path = write_table(content(packed(how, CSV.encode() * 99)), name=f"t.csv.{how}")
    with pytest.raises(DataError, match=message):
        read_table(path, **ROLES)


def test_a_packed_bomb_is_refused(write_table: Write) -> None:
    path = write_table(bz2.compress(bytes(2**27)), name="t.csv.bz2")
    with pytest.raises(DataError, match="more than 64 MiB come out of"):
        read_table(path, **ROLES)


def test_an_archive_of_several_files_is_refused(write_table: Write) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", CSV)
        archive.writestr("b.csv", CSV)
    path = write_table(buffer.getvalue(), name="t.csv.zip")
    with pytest.raises(DataError, match="must hold one file, got 2; unpack it"):
        read_table(path, **ROLES)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".txt"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_separator_is_seen_whatever_the_name_says(
    write_table: Write, separator: str, suffix: str, encoding: str
) -> None:
    cells = [("name", "kind, or so"), ("a; b, c", "cat"), ("d", "dog"), ('"e\tf"', "x")]
    buffer = io.StringIO()
    pd.DataFrame(cells[1:], columns=list(cells[0])).to_csv(
        buffer, sep=separator, index=False, lineterminator="\r\n"
    )
    path = write_table(buffer.getvalue().encode(encoding), name=f"pets{suffix}")
    X = read_table(path, target="kind, or so", text=["name"]).load().X
    assert X["name"].tolist() == [name for name, _ in cells[1:]]


def test_json_may_be_one_list(write_table: Write) -> None:
    rows = [{"name": "rex", "kind": 1}, {"name": "mimi", "kind": 2}]
    path = write_table(json.dumps(rows, indent=1), name="pets.json")
    assert read_table(path, target="kind", text=["name"]).load().y.tolist() == [1, 2]
    path.write_text(json.dumps({"rows": rows}))
    with pytest.raises(DataError, match="must be a list of objects"):
        read_table(path, target="kind", text=["name"])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pd.DataFrame({0: ["a"], "kind": ["b"]}), "must be named by strings, got 0"),
        (
            pd.DataFrame(
                [["a", "b"]],
                columns=pd.MultiIndex.from_tuples([("a", "b"), ("c", "d")]),
            ),
            r"must be named by strings, got \('a', 'b'\)",
        ),
        (pd.DataFrame([["a", "b"]], columns=["name", "name"]), "'name' appears twice"),
        (pd.DataFrame({"name": [], "kind": []}), "but no rows"),
        ({}, "but no rows"),
        ([], "but no rows"),
        ([{"name": "a"}, ["b"]], "a mapping for each row, got a list in row 2"),
        (
            {"name": ["a"], "kind": ["b", "c"]},
            "same length, got {'name': 1, 'kind': 2}",
        ),
        ({"name": "rex", "kind": "b"}, "column 'name' must be a list or an array"),
        (
            pl.DataFrame({"name": ["a"]}).lazy(),
            "got a LazyFrame; collect or compute it",
        ),
        (7, "data must be a path, a data frame .* got a int"),
        (
            pa.Table.from_arrays([pa.array(["a"])] * 2, names=["name", "name"]),
            "'name' appears twice",
        ),
        (pd.Series(["a"]), "data must be a path, a data frame .* got a Series"),
        (pl.Series(["a"]), "data must be a path, a data frame .* got a Series"),
    ],
)
def test_a_frame_that_is_no_table_is_refused_in_one_line(
    data: Any, message: str
) -> None:
    with pytest.raises((DataError, UsageError), match=message) as raised:
        read_table(data, target="kind", text=["name"])
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT, np.nan, " "])
def test_a_missing_label_is_none_of_any_kind(missing: Any) -> None:
    frame = pd.DataFrame(
        {"name": list("abc"), "kind": ["x", missing, "y"]}, dtype=object
    )
    dataset = read_table(frame, target="kind", text=["name"])
    assert dataset.load().y.tolist() == ["x", "y"]
    assert "1 of 3 cells have no label" in dataset.notices[0]


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (dt.date(2024, 2, 29), "2024-02-29"),
        (dt.time(9, 30), "09:30:00"),
        (
            pd.Timestamp("2024-02-29 09:30", tz="Europe/Paris"),
            "2024-02-29T09:30:00+01:00",
        ),
        (np.datetime64("2024-02-29T09:30", "ns"), "2024-02-29T09:30:00"),
    ],
)
def test_dates_and_times_are_iso_text_everywhere(
    moment: Any, text: str, tmp_path: Path
) -> None:
    held: list[Any] = [{"when": [moment, None], "kind": ["a", "b"]}]
    if not isinstance(moment, np.datetime64):
        held += [pd.DataFrame(held[0]), pl.DataFrame(held[0], strict=False)]
        pq.write_table(pa.Table.from_pandas(held[1]), tmp_path / "t.parquet")
        held.append(tmp_path / "t.parquet")
    for data in held:
        X = read_table(data, target="kind", text=["when"]).load().X
        assert X["when"].tolist() == [text, None]


def test_bytes_are_no_text() -> None:
    with pytest.raises(
        DataError, match=r"row 1, column 'name': holds bytes, .* decode"
    ):
        read_table({"name": [b"rex", "mi"], "kind": [1, 2]}, target="kind", text="name")


def test_a_date_that_python_can_not_hold_names_its_column() -> None:
    far = pl.Series([2**61, None]).cast(pl.Datetime("us"))
    frame = pl.DataFrame({"when": far, "kind": ["a", "b"]})
    with pytest.raises(DataError, match="column 'when' can't be read: year"):
        read_table(frame, target="kind", text=["when"])


@pytest.mark.multilabel
def test_lists_of_labels_in_a_frame_are_several_labels_a_row() -> None:
    cells = pd.Series([np.array(["a", "b"], dtype=object), np.array([], dtype=object)])
    frame = pd.DataFrame({"name": ["x", "y"], "kind": cells})
    samples = read_table(frame, target="kind", text=["name"]).load()
    assert samples.y.tolist() == [[1, 1], [0, 0]]


def test_pictures_in_a_frame_may_be_arrays_and_pil_images() -> None:
    pixels = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    frame = {"photo": [pixels, Image.fromarray(pixels[..., 0])], "kind": ["a", "b"]}
    dataset = read_table(frame, target="kind", image=["photo"])
    first, second = dataset.load().X["photo"]
    np.testing.assert_array_equal(Image.open(io.BytesIO(first)), pixels)
    np.testing.assert_array_equal(Image.open(io.BytesIO(second)), pixels[..., 0])
    check_dataset(dataset)


def test_the_checksum_of_a_frame_is_that_of_the_cells_that_are_used() -> None:
    roles: dict[str, Any] = {"target": "kind", "text": ["name"]}
    first = read_table(COLUMNS, **roles).checksum
    assert read_table(pl.DataFrame(COLUMNS), **roles).checksum == first
    assert read_table(COLUMNS | {"size": [1, 2, 3, 4]}, **roles).checksum == first
    assert read_table(COLUMNS | {"name": list("abcd")}, **roles).checksum != first


# -- Hugging Face's Parquet ----------------------------------------------------------


def hugging_face(path: Path, cells: list[Any], feature: Any) -> Path:
    about = {"info": {"features": {"label": feature, "photo": {"_type": "Image"}}}}
    buffer = io.BytesIO()
    Image.new("L", (3, 3)).save(buffer, "PNG")
    photos = [{"bytes": buffer.getvalue(), "path": "x.png"}] * len(cells)
    table = pa.table({"photo": photos, "label": cells})
    metadata = {"huggingface": json.dumps(about)}
    pq.write_table(table.replace_schema_metadata(metadata), path)
    return path


NAMES = {"_type": "ClassLabel", "names": ["cat", "dog"]}


def test_classes_of_hugging_face_go_by_their_names(tmp_path: Path) -> None:
    path = hugging_face(tmp_path / "t.parquet", [0, 1, -1, None], NAMES)
    dataset = read_table(path, target="label", image=["photo"])
    assert dataset.load().y.tolist() == ["cat", "dog"]
    assert "2 of 4 cells have no label" in dataset.notices[0]


def test_a_class_without_a_name_is_refused(tmp_path: Path) -> None:
    path = hugging_face(tmp_path / "t.parquet", [0, 2], NAMES)
    with pytest.raises(DataError, match="column 'label': class 2 has no name among"):
        read_table(path, target="label", image=["photo"])


# -- folders of classes --------------------------------------------------------------


@pytest.fixture
def write_files(tmp_path: Path) -> Callable[..., Path]:
    """Write small files of the suffixes' kinds; return their folder."""

    def write(*names: str) -> Path:
        root = tmp_path / "pets"
        for number, name in enumerate(names):
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".png":
                Image.new("L", (4, 4), number).save(path)
            else:
                path.write_text(f"text {number}", encoding="utf-8")
        return root

    return write


def test_class_folders_need_no_columns(write_files: Write) -> None:
    root = write_files("cat/1.png", "cat/old/2.png", "dog/1.png", "README.md", ".x")
    dataset = read_table(root)
    samples = dataset.load()
    assert samples.y.tolist() == ["cat", "cat", "dog"]
    assert [Path(each).relative_to(root).as_posix() for each in samples.X["image"]] == [
        "cat/1.png",
        "cat/old/2.png",
        "dog/1.png",
    ]
    assert dataset.name == "pets"
    assert dataset.notices == (
        (
            "1 of 4 files are left out, because they are not a picture (.jpg, .png, "
            "...), "
            "text (.txt), recording (.wav) or video (.mp4, ...) in a class folder (the "
            "first: README.md)."
        ),
    )
    check_dataset(dataset)


def test_files_of_one_name_are_one_sample(write_files: Write) -> None:
    root = write_files("cat/1.png", "cat/1.txt", "cat/2.txt", "dog/1.png")
    X = read_table(root).load().X
    assert X["text"].tolist() == ["text 1", "text 2", None]
    assert X["image"].notna().tolist() == [True, False, True]


def test_folders_of_a_split_are_the_official_split(write_files: Write) -> None:
    names = ["train/cat/1.png", "train/dog/1.png", "Test/cat/1.png", "val/dog/1.png"]
    root = write_files(*names)
    dataset = read_table(root)
    samples = dataset.load()
    assert sorted(zip(samples.split, samples.y, strict=True)) == [
        ("test", "cat"),
        ("train", "cat"),
        ("train", "dog"),
    ]
    whole = read_table(root, ignore_split=True)
    assert not whole.has_split
    assert len(whole.load().y) == 4


def test_the_checksum_of_a_folder_covers_what_its_files_hold(
    write_files: Write,
) -> None:
    root = write_files("cat/1.png", "dog/1.png", "cat/1.txt", "dog/1.txt")
    checksums = [read_table(root).checksum]
    Image.new("L", (4, 4), 99).save(root / "cat" / "1.png")
    checksums.append(read_table(root).checksum)
    (root / "dog" / "1.txt").write_text("other")
    checksums.append(read_table(root).checksum)
    assert len(set(checksums)) == 3


def test_a_folder_without_classes_names_the_table_in_it(write_files: Write) -> None:
    with pytest.raises(DataError, match=r"give the table file in it, such as all\.csv"):
        read_table(write_files("1.png", "2.png", "all.csv", "notes.txt"))


def test_a_text_that_a_link_brings_in_is_refused(write_files: Write) -> None:
    root = write_files("cat/1.txt", "dog/1.txt")
    (root.parent / "secret.txt").write_text("secret")
    (root / "cat" / "2.txt").symlink_to(root.parent / "secret.txt")
    with pytest.raises(DataError, match=r"cat/2\.txt: it leads out of the folder"):
        read_table(root)
