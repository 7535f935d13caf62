"""Every kind of bad input is one clear error, or a policy with a count."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from mmbench.datasets import check_folds, read_table
from mmbench.errors import DataError, MmbenchError, UsageError
from mmbench.tasks import get_task

Write = Callable[..., Path]

PETS: dict[str, Any] = {"target": "kind", "text": ["name"], "image": ["photo"]}
NAMES: dict[str, Any] = {"target": "kind", "text": ["name"]}


def error_of(path: Path, **roles: Any) -> str:
    with pytest.raises(MmbenchError) as raised:
        read_table(path, **roles)
    message = str(raised.value)
    assert "\n" not in message
    return message


def only_notice(path: Path, **roles: Any) -> str:
    (notice,) = read_table(path, **roles).notices
    return notice


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that announces a size but holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body


def truncated_jpeg() -> bytes:
    noise = np.random.RandomState(0).randint(256, size=(64, 64, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "JPEG")
    return buffer.getvalue()[: len(buffer.getvalue()) // 2]


# -- the file ------------------------------------------------------------------------


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "there is no such file" in error_of(tmp_path / "none.csv", **NAMES)


def test_a_path_that_the_system_refuses_is_named(tmp_path: Path) -> None:
    message = error_of(tmp_path / f"{'x' * 5000}.csv", **NAMES)
    assert "it can't be read: File name too long" in message


def test_a_folder_is_not_a_table(tmp_path: Path) -> None:
    assert "this is a folder" in error_of(tmp_path, **NAMES)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert "not a regular file" in error_of(tmp_path / "pipe.csv", **NAMES)


def test_an_unknown_suffix_lists_the_known_ones(write_table: Write) -> None:
    message = error_of(write_table(name="pets.xlsx"), **NAMES)
    assert "one of ['.csv', '.json', '.jsonl', '.ndjson', '.parquet'," in message
    assert "got '.xlsx'; export the table in one of these formats" in message


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet", ".jsonl"])
@pytest.mark.parametrize("content", ["", "\n \n"])
def test_an_empty_file_is_said_to_be_empty(
    write_table: Write, content: str, suffix: str
) -> None:
    path = write_table(content, name=f"pets{suffix}")
    assert error_of(path, **NAMES).endswith("is empty.")


def test_a_header_without_rows_is_refused(write_table: Write) -> None:
    assert "but no rows" in error_of(write_table("name,kind\n"), **NAMES)


def test_text_that_is_not_utf8_names_the_line_and_the_way_out(
    write_table: Write,
) -> None:
    path = write_table("name,kind\nrex,dog\nminé,cat\n".encode("latin-1"))
    message = error_of(path, **NAMES)
    assert "line 3 is not UTF-8 (byte 0xe9)" in message
    assert "iconv" in message


def test_a_nul_byte_names_its_line(write_table: Write) -> None:
    path = write_table("name,kind\nrex,dog\nmi\0mi,cat\n")
    assert "line 3 holds a NUL byte" in error_of(path, **NAMES)


def test_a_row_with_too_many_cells_names_its_line(write_table: Write) -> None:
    path = write_table("name,kind\nrex,dog\nmimi,cat,3\n")
    assert "Expected 2 fields in line 3, saw 3" in error_of(path, **NAMES)


def test_what_a_short_row_lacks_is_missing_and_counted(write_table: Write) -> None:
    path = write_table("name,kind,size\nrex,dog,1\nmimi,cat\nfelix\n")
    data = read_table(path, target="kind", numeric=["size"])
    np.testing.assert_array_equal(data.load().X["size"], [1, np.nan])
    assert data.notices == (
        (
            "column 'kind': 1 of 3 cells have no label; their rows are left out (the "
            "first in row 3)."
        ),
        (
            "column 'size': 1 of 2 cells are empty, NA or NaN and count as missing "
            "(the first in row 2)."
        ),
    )


def test_a_quote_that_never_ends_names_its_line(write_table: Write) -> None:
    path = write_table('name,kind\nrex,dog\n"mimi,cat\n')
    expected = "line 3: a quotation mark starts a cell that ends nowhere before a"
    assert expected in error_of(path, **NAMES)


@pytest.mark.parametrize(
    "rows",
    [
        'rex,dog\n"mimi,cat\nmax "the dog" and,dog\n',
        'rex,dog\n"mimi \\"the cat\\"",cat\n',
        'rex,dog\r"mimi"x,cat\rmax,dog\r',
    ],
)
def test_a_quote_that_ends_within_a_cell_names_its_line(
    write_table: Write, rows: str
) -> None:
    path = write_table(f"name,kind\n{rows}")
    assert "line 3: a quotation mark starts a cell" in error_of(path, **NAMES)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"name": "mimi", "kind": "cat"', "line 2 is not a JSON object"),
        ('["mimi", "cat"]', "line 2 is not a JSON object but"),
        ('{"name": "a", "name": "b", "kind": "cat"}', "the name 'name' appears twice"),
        ('{"name": "\\ud800", "kind": "cat"}', "surrogates not allowed"),
        ("[" * 100_000, "line 2 is not a JSON object"),
    ],
)
def test_a_bad_json_line_is_named(write_table: Write, line: str, reason: str) -> None:
    good = '{"name": "rex", "kind": "dog"}'
    path = write_table(f"{good}\n{line}\n", name="pets.jsonl")
    assert reason in error_of(path, **NAMES)


def test_a_file_that_is_not_parquet_is_refused(write_table: Write) -> None:
    path = write_table("name,kind\nrex,dog\n", name="pets.parquet")
    assert "not a readable Parquet file" in error_of(path, **NAMES)


def test_a_tsv_whose_quotes_enclose_no_cells_is_read_without_quoting(
    write_table: Write,
) -> None:
    rows = 'name\tkind\n"mimi\tcat\nrex\tdog\nmax "the dog" and\tdog\n'
    data = read_table(write_table(rows, name="pets.tsv"), **NAMES)
    assert data.load().X["name"].tolist() == ['"mimi', "rex", 'max "the dog" and']
    (notice,) = data.notices
    assert notice == (
        "quotation marks count as characters like any other, because those in line 2 "
        "don't enclose a cell."
    )


def test_rows_that_quotes_may_have_joined_are_pointed_out(write_table: Write) -> None:
    path = write_table('name,kind\nrex,dog\n"mimi,cat\nmax",dog\nfelix,cat\n')
    assert "join lines that could each be a row into 1 of the cells (the first in " in (
        only_notice(path, **NAMES)
    )


def test_quoted_line_ends_and_doubled_quotes_are_no_fault(write_table: Write) -> None:
    path = write_table('name,kind\n"rex\nthe ""dog""",dog\n"mi, mi",cat\n')
    data = read_table(path, **NAMES)
    assert data.load().X["name"].tolist() == ['rex\nthe "dog"', "mi, mi"]
    assert data.notices == ()


def test_a_table_of_too_many_columns_is_refused_before_it_is_parsed(
    write_table: Write,
) -> None:
    header = ",".join(f"c{i}" for i in range(200_001))
    message = error_of(write_table(f"{header}\n1,2\n"), **NAMES)
    assert "the table has 200,001 columns, more than the 200,000 allowed" in message


def test_a_parquet_file_that_swells_beyond_what_data_would_is_refused(
    tmp_path: Path,
) -> None:
    names = pa.array(["x" * 2**20] * 100)
    table = pa.table({"name": names, "kind": names})
    path = tmp_path / "t.parquet"
    pq.write_table(table, path, compression="zstd", use_dictionary=False)
    assert "too many for genuine data" in error_of(path, **NAMES)


# -- the columns ---------------------------------------------------------------------


def test_an_unknown_column_lists_the_columns_and_the_nearest(
    write_table: Write,
) -> None:
    message = error_of(write_table(), target="kind", text=["nam"])
    assert "no column is named 'nam'; did you mean 'name'?" in message
    assert "There are: kind, name, photo, weight." in message


def test_a_column_name_that_is_twice_in_the_table_is_refused(
    write_table: Write,
) -> None:
    path = write_table("name,name,kind\na,b,c\nd,e,f\n")
    assert "the column name 'name' appears twice" in error_of(path, **NAMES)


def test_a_column_name_that_is_twice_in_parquet_is_refused(tmp_path: Path) -> None:
    cells = [pa.array(["a", "b"])] * 3
    table = pa.Table.from_arrays(cells, names=["name", "name", "kind"])
    pq.write_table(table, tmp_path / "t.parquet")
    message = error_of(tmp_path / "t.parquet", **NAMES)
    assert "the column name 'name' appears twice" in message


@pytest.mark.parametrize(
    ("roles", "uses"),
    [
        ({"target": "kind", "text": ["name", "kind"]}, "as target and as text"),
        ({"target": "kind", "text": ["name", "name"]}, "as text and as text"),
        (
            {"target": "kind", "text": ["name"], "categorical": ["name"]},
            "as text and as categorical",
        ),
        ({"target": "kind", "text": ["name"], "group": "name"}, "as text and as group"),
        ({"target": "kind", "text": ["name"], "split": "kind"}, "target and as split"),
    ],
)
def test_a_column_has_one_use(
    write_table: Write, roles: dict[str, Any], uses: str
) -> None:
    assert uses in error_of(write_table(), **roles)


def test_a_table_needs_a_column_to_learn_from(write_table: Write) -> None:
    assert "name at least one column" in error_of(write_table(), target="kind")


@pytest.mark.parametrize("modality", ["text", "image", "numeric", "categorical"])
def test_a_column_with_nothing_in_it_is_refused(
    write_table: Write, modality: str
) -> None:
    path = write_table("name,nothing,kind\nrex,,dog\nmimi, ,cat\n")
    message = error_of(path, target="kind", **{modality: ["nothing"]})
    assert "'nothing'" in message
    assert "empty" in message


def test_a_word_among_numbers_names_its_row_and_column(write_table: Write) -> None:
    path = write_table("size,kind\n1,dog\nbig,cat\n")
    message = error_of(path, target="kind", numeric=["size"])
    assert "row 2, column 'size': 'big' is not a number" in message


def test_nan_and_infinite_numbers_count_as_missing(write_table: Write) -> None:
    path = write_table("size,kind\n1,dog\nNaN,cat\n-inf,cat\n1e999,dog\n2,cat\n")
    data = read_table(path, target="kind", numeric=["size"])
    np.testing.assert_array_equal(data.load().X["size"], [1, np.nan, np.nan, np.nan, 2])
    infinite, empty = data.notices
    assert "2 of 5 cells are infinite and count as missing (the first in" in infinite
    assert "1 of 5 cells are empty, NA or NaN and count as missing (the" in empty


def test_numbers_beyond_single_precision_count_as_missing(write_table: Write) -> None:
    rows = "size,kind\n1,dog\n1e39,cat\n-1.7976931348623157e308,cat\n3.4e38,dog\n"
    data = read_table(write_table(rows), target="kind", numeric=["size"])
    sizes = data.load().X["size"]
    np.testing.assert_array_equal(sizes, [1, np.nan, np.nan, 3.4e38])
    (notice,) = data.notices
    assert notice == (
        "column 'size': 2 of 4 cells are beyond 3.4e+38 and count as missing (the "
        "first in row 2)."
    )


def test_a_list_where_a_text_should_be_names_its_row(write_table: Write) -> None:
    lines = '{"name": "rex", "kind": "dog"}\n{"name": ["mi"], "kind": "cat"}\n'
    message = error_of(write_table(lines, name="pets.jsonl"), **NAMES)
    assert "row 2, column 'name': holds a list" in message


def test_empty_texts_stay_missing_and_are_counted(write_table: Write) -> None:
    path = write_table("name,kind\nrex,dog\n,cat\n  ,cat\n")
    data = read_table(path, **NAMES)
    assert data.load().X["name"].tolist() == ["rex", None, None]
    assert data.notices == (
        (
            "column 'name': 2 of 3 cells are empty and count as missing (the first in "
            "row 2)."
        ),
    )


# -- the labels ----------------------------------------------------------------------


def test_rows_without_a_label_are_left_out_and_counted(write_table: Write) -> None:
    path = write_table("name,kind\nrex,dog\nmimi,\nfelix,cat\n")
    data = read_table(path, **NAMES)
    assert data.load().X.index.tolist() == [1, 3]
    assert data.notices == (
        (
            "column 'kind': 1 of 3 cells have no label; their rows are left out (the "
            "first in row 2)."
        ),
    )


def test_no_label_at_all_is_refused(write_table: Write) -> None:
    assert "no row has a label" in error_of(
        write_table("name,kind\nrex,\nmimi,\n"), **NAMES
    )


def test_one_class_is_refused(write_table: Write) -> None:
    path = write_table("name,kind\nrex,dog\nfido,dog\n")
    assert "one class only, 'dog'" in error_of(path, **NAMES)


def test_labels_with_fractions_are_said_to_be_regression(write_table: Write) -> None:
    roles = {"target": "weight", "text": ["name"], "task": "classification"}
    message = error_of(write_table(), **roles)
    assert "row 1, column 'weight': 4.5 is not a class" in message
    assert "regression" in message


def test_a_label_that_is_infinite_is_refused(write_table: Write) -> None:
    path = write_table("name,kind\nrex,1\nmimi,inf\n")
    assert "row 2, column 'kind': inf is not a class" in error_of(path, **NAMES)


def test_a_text_is_no_label(write_table: Write) -> None:
    path = write_table(f"name,kind\nrex,dog\nmimi,{'long ' * 300}\n")
    assert "at most 1,000 characters, got 1,500" in error_of(path, **NAMES)


def test_classes_that_differ_in_case_only_are_pointed_out(write_table: Write) -> None:
    path = write_table("name,kind\nrex,dog\nmimi,cat\nfelix,Cat \n")
    expected = "column 'kind': 'Cat ', 'cat' count as different classes."
    assert only_notice(path, **NAMES) == expected


@pytest.mark.parametrize("missing", ["NA", "None", "null", "N/A", "#N/A", "?", "<NA>"])
def test_a_missing_value_among_whole_numbers_is_no_class(
    write_table: Write, missing: str
) -> None:
    path = write_table(f"name,kind\nrex,0\nmimi,1\nfelix,{missing}\n")
    expected = f"row 3, column 'kind': {missing} is not a class, where other labels"
    assert expected in error_of(path, **NAMES)


@pytest.mark.parametrize(
    ("labels", "missing"),
    [(("007", "008"), "NA"), (("True", "False"), "None"), (("0", "1"), "-")],
)
def test_a_missing_value_among_codes_is_a_class_with_a_notice(
    write_table: Write, labels: tuple[str, str], missing: str
) -> None:
    path = write_table(f"name,kind\nrex,{labels[0]}\nmi,{labels[1]}\nmax,{missing}\n")
    expected = f"column 'kind': '{missing}' counts as a class (1 row, the first is 3)"
    assert only_notice(path, **NAMES).startswith(expected)


def test_a_missing_value_among_words_is_a_word(write_table: Write) -> None:
    path = write_table("name,kind\nrex,NA\nmimi,None\nfelix,1\nmax,EU\n")
    data = read_table(path, **NAMES)
    assert data.load().y.tolist() == ["NA", "None", "1", "EU"]
    assert data.notices == ()


@pytest.mark.parametrize(
    "cell", ["['a', 'b']", '["a"]', "('a',)", "{'a', 'b'}", "['a' 'b']", "set(['a'])"]
)
@pytest.mark.parametrize("separator", [None, ","])
def test_a_list_that_was_written_as_text_is_no_label(
    write_table: Write, cell: str, separator: str | None
) -> None:
    quoted = cell.replace('"', '""')
    path = write_table(f'name,kind\nrex,a\nmimi,"{quoted}"\nmax,"a,b"\n')
    message = error_of(path, **NAMES, label_separator=separator)
    assert "row 2, column 'kind': " in message
    assert "is a list that was written as text; write lists in JSON Lines" in message


@pytest.mark.multilabel
def test_a_list_without_quotes_is_no_set_of_separated_labels(
    write_table: Write,
) -> None:
    path = write_table('name,kind\nrex,a\nmimi,"[a, b]"\n')
    message = error_of(path, **NAMES, label_separator=",")
    assert "row 2, column 'kind': '[a, b]' is a list" in message


def test_numbers_in_brackets_count_as_one_label_with_a_notice(
    write_table: Write,
) -> None:
    path = write_table('name,kind\nrex,"[1, 2]"\nmimi,[]\nmax,[unknown]\n')
    assert "2 of 3 cells are in brackets, and each" in only_notice(path, **NAMES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("caf\u00e9", "cafe\u0301"),
        ("cat", "\uff43\uff41\uff54"),
        ("cat", "cat\u200b"),
        ("a  cat", "a cat"),
        ("a\u00a0cat", "a cat"),
        ("Stra\u00dfe", "STRASSE"),
        ("1", "1.0"),
        ("01", "1"),
    ],
)
def test_labels_and_groups_that_look_alike_are_pointed_out(
    write_table: Write, one: str, other: str
) -> None:
    rows = f"name,kind,owner\na,{one},{other}\nb,{other},{one}\nc,cow,x\n"
    data = read_table(write_table(rows), **NAMES, group="owner")
    of_labels, of_groups = data.notices
    assert of_labels.endswith("count as different classes.")
    assert of_groups.endswith(
        "count as different groups, so a split can part their rows."
    )
    assert data.load().groups is not None
    assert data.load().groups.tolist() == [other, one, "x"]


def test_look_alikes_are_spelled_so_that_they_differ(write_table: Write) -> None:
    path = write_table("name,kind\na,caf\u00e9\nb,cafe\u0301\n")
    expected = r"column 'kind': 'cafe\u0301', 'caf\xe9' count as different classes."
    assert only_notice(path, **NAMES) == expected


def test_a_group_that_is_a_whole_number_is_one_however_json_has_it(
    write_table: Write,
) -> None:
    lines = "".join(
        f'{{"name": "{n}", "kind": "{k}", "owner": {o}}}\n'
        for n, k, o in [("a", "cat", "1"), ("b", "dog", "1.0"), ("c", "cat", "2")]
    )
    path = write_table(lines, name="pets.jsonl")
    groups = read_table(path, **NAMES, group="owner").load().groups
    assert groups is not None
    assert groups.tolist() == ["1", "1", "2"]


def test_a_label_that_an_array_of_strings_would_cut_is_refused(
    write_table: Write,
) -> None:
    lines = '{"name": "a", "kind": "x"}\n{"name": "b", "kind": "x\\u0000"}\n'
    message = error_of(write_table(lines, name="pets.jsonl"), **NAMES)
    assert r"row 2, column 'kind': 'x\x00' holds a NUL character" in message


def test_a_class_with_fewer_rows_than_folds_is_refused(write_table: Write) -> None:
    samples = read_table(write_table(), **NAMES).load()
    with pytest.raises(DataError, match=r"class 'cat' .* \(2\) .* folds \(3\)"):
        check_folds(get_task("classification"), samples, 3)


def test_a_class_in_fewer_groups_than_folds_is_refused(write_table: Write) -> None:
    rows = "name,owner,kind\na,1,cat\nb,1,cat\nc,2,cat\nd,3,dog\ne,3,dog\n"
    samples = read_table(write_table(rows), **NAMES, group="owner").load()
    with pytest.raises(DataError, match=r"class 'dog' has fewer groups \(1\)"):
        check_folds(get_task("classification"), samples, 2)


# -- groups and official splits ------------------------------------------------------


def test_a_row_without_a_group_is_refused(write_table: Write) -> None:
    path = write_table("name,owner,kind\na,1,cat\nb,,dog\n")
    message = error_of(path, **NAMES, group="owner")
    assert "column 'owner': 1 of 2 cells are empty; every row needs a group" in message


def test_a_split_is_train_or_test(write_table: Write) -> None:
    path = write_table("name,part,kind\na,train,cat\nb,holdout,dog\n")
    message = error_of(path, **NAMES, split="part")
    assert "row 2, column 'part': a split must be 'train' or 'test'" in message


def test_validation_rows_are_left_out_and_counted(write_table: Write) -> None:
    rows = "name,part,kind\na,Train,cat\nb,TRAIN,dog\nc,val,cat\nd,test,cat\n"
    data = read_table(write_table(rows), **NAMES, split="part")
    assert data.load().split is not None
    assert data.load().X["name"].tolist() == ["a", "b", "d"]
    assert data.notices == (
        "column 'part': 1 of 4 cells say validation; their rows are left out.",
    )


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("a,train,cat,1\nb,train,dog,2", "has no 'test' rows"),
        ("a,val,cat,1\nb,val,dog,2", "has no 'train' rows"),
        ("a,test,cat,1\nb,test,dog,2", "has no 'train' rows"),
        ("a,train,cat,1\nb,test,dog,2", "trains on a single class, 'cat'"),
        ("a,train,cat,1\nb,train,dog,2\nc,test,cow,3", "tests the class 'cow'"),
        ("a,train,cat,1\nb,train,dog,2\nc,test,cat,1", "group '1' is on both sides"),
    ],
)
def test_an_official_split_that_can_not_be_used_is_refused(
    write_table: Write, rows: str, reason: str
) -> None:
    path = write_table(f"name,part,kind,owner\n{rows}\n")
    assert reason in error_of(path, **NAMES, split="part", group="owner")


# -- the images ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"just some text, not pixels", "not an image"),
        (b"", "not an image"),
        (truncated_jpeg(), "truncated or damaged"),
        (png_header(400, 400), "truncated or damaged"),
        (png_header(50_000, 50_000), "more than 64 megapixels"),
        (png_header(9_000, 9_000), "more than 64 megapixels"),
        (png_header(10_000, 10_000), "more than 64 megapixels"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not an image"),
    ],
)
def test_an_image_that_can_not_be_used_counts_as_missing(
    write_table: Write, content: bytes, reason: str
) -> None:
    path = write_table()
    (path.parent / "b.png").write_bytes(content)
    data = read_table(path, **PETS)
    here = path.parent.resolve()
    expected = [str(here / "a.png"), None, str(here / "c.png")]
    assert data.load().X["photo"].tolist() == expected
    assert data.notices == (
        (
            "column 'photo': 1 of 3 images can't be used and count as missing: 1 "
            f"{reason} (the first is 'b.png' in row 2)."
        ),
    )


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("none.png", "not found"),
        (".", "not a file"),
        ("x" * 5000, "not readable (File name too long)"),
    ],
)
def test_a_path_that_leads_to_no_image_counts_as_missing(
    write_table: Write, cell: str, reason: str
) -> None:
    path = write_table(f"name,photo,kind\nrex,{cell},dog\nmimi,a.png,cat\n")
    assert f": 1 {reason} (the first is" in only_notice(path, **PETS)


@pytest.mark.parametrize(
    ("cell", "reason", "remedy"),
    [
        ("https://example.org/a.png", "a URL", "nothing is downloaded: save the files"),
        ("s3://bucket/a.png", "a URL", "nothing is downloaded: save the files"),
        ("file:///data/a.png", "a file:// address", "give the path alone"),
        ("img\\\\a.png", "not found, with backslashes", "write paths with / instead"),
        (
            f"data:image/png;base64,{'iVBORw0KGgo' * 4000}",
            "base64 text",
            "decode it into files",
        ),
        ("iVBORw0KGgo" + "aB3/" * 4000, "base64 text", "decode it into files"),
        ("/9j/" + "aB3+" * 4000, "base64 text", "decode it into files"),
    ],
)
def test_a_cell_that_is_no_path_gets_its_remedy_and_is_shortened(
    write_table: Write, cell: str, reason: str, remedy: str
) -> None:
    path = write_table(f'name,photo,kind\nrex,"{cell}",dog\nmimi,a.png,cat\n')
    notice = only_notice(path, **PETS)
    assert f": 1 {reason} (the first is" in notice
    assert f" Of {reason}: {remedy}" in notice
    assert len(notice) < 400


@pytest.mark.parametrize("kind", ["TGA", "ICO", "PCX", "PPM", "SGI", "DDS"])
def test_what_extractors_read_is_an_image(write_table: Write, kind: str) -> None:
    path = write_table()
    pixels = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
    Image.fromarray(pixels).save(path.parent / "b.png", kind)
    assert read_table(path, **PETS).notices == ()


@pytest.mark.parametrize(
    ("pixels", "kind", "loss"),
    [
        (np.arange(64, dtype=np.uint16), "PNG", "are of one colour"),
        (np.arange(64, dtype=np.uint16) * 64, "PNG", "keep 16 shades or fewer"),
        (np.arange(64, dtype=np.int32), "TIFF", "are of one colour"),
        (np.arange(64, dtype=np.int32) + 70_000, "TIFF", "are of one colour"),
        (np.arange(64, dtype=np.float32) + 1, "TIFF", "are of one colour"),
        (np.arange(64, dtype=np.float32), "TIFF", "keep 16 shades or fewer"),
        (
            np.linspace(0, 2, 64, dtype=np.float32),
            "TIFF",
            "have over 1 % of their pixels cut off",
        ),
    ],
)
def test_pictures_that_lose_their_content_in_eight_bits_are_counted(
    write_table: Write, pixels: Any, kind: str, loss: str
) -> None:
    path = write_table()
    Image.fromarray(pixels.reshape(8, 8)).save(path.parent / "b.png", kind)
    expected = f"column 'photo': 1 of 3 images {loss} once in 8 bits, as methods see"
    assert only_notice(path, **PETS).startswith(expected)


@pytest.mark.parametrize(
    "pixels",
    [
        np.arange(64, dtype=np.uint16) * 1000,
        np.zeros(64, dtype=np.uint16),
        np.linspace(0, 1, 64, dtype=np.float32),
    ],
)
def test_pictures_that_keep_their_content_in_eight_bits_are_not_pointed_out(
    write_table: Write, pixels: Any
) -> None:
    path = write_table()
    Image.fromarray(pixels.reshape(8, 8)).save(path.parent / "b.png", "TIFF")
    assert read_table(path, **PETS).notices == ()


def test_colours_of_sixteen_bits_that_are_lost_are_counted(write_table: Write) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    dark = np.arange(192, dtype=">u2").reshape(8, 24)
    header = struct.pack(">IIBBBBB", 8, 8, 16, 2, 0, 0, 0)
    lines = b"".join(b"\0" + line.tobytes() for line in dark)
    path = write_table()
    (path.parent / "b.png").write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(lines))
        + chunk(b"IEND", b"")
    )
    assert "1 of 3 images are of one colour once in 8 bits" in only_notice(path, **PETS)


def test_reasons_are_counted_apart(write_table: Write) -> None:
    rows = "name,photo,kind\nrex,x.png,dog\nmimi,y.png,cat\nmax,.,dog\nbo,a.png,dog\n"
    notice = only_notice(write_table(rows), **PETS)
    assert "3 of 4 images can't be used" in notice
    assert "2 not found, 1 not a file (the first is 'x.png' in row 1)" in notice


def test_a_column_without_one_image_is_refused(write_table: Write) -> None:
    path = write_table("name,photo,kind\nrex,x.png,dog\nmimi,y.png,cat\n")
    message = error_of(path, **PETS)
    assert "column 'photo' has no image that can be used" in message
    assert "2 not found" in message


@pytest.mark.parametrize("cell", ["../outside.png", "/etc/passwd", "sub/../../o.png"])
def test_a_path_that_leaves_the_image_root_is_refused(
    write_table: Write, cell: str
) -> None:
    path = write_table(f"name,photo,kind\nrex,a.png,dog\nmimi,{cell},cat\n")
    message = error_of(path, **PETS)
    assert f"row 2, column 'photo': the path '{cell}' leaves" in message


def test_a_link_that_leaves_the_image_root_is_refused(write_table: Write) -> None:
    path = write_table("name,photo,kind\nrex,in/b.png,dog\nmimi,in/link.png,cat\n")
    inside = path.parent / "in"
    inside.mkdir()
    (path.parent / "b.png").rename(inside / "b.png")
    (inside / "link.png").symlink_to(path.parent / "a.png")
    read_table(path, **PETS)
    rows = "name,photo,kind\nrex,b.png,dog\nmimi,link.png,cat\n"
    path.write_text(rows)
    message = error_of(path, **PETS, image_root=inside)
    assert "the path 'link.png' leaves" in message


@pytest.mark.parametrize("given_root", [False, True])
def test_the_remedy_for_a_linked_folder_of_images_works(
    tmp_path: Path, write_table: Write, given_root: bool
) -> None:
    write_table()
    project = tmp_path / "deep" / "project"
    project.mkdir(parents=True)
    (project / "images").symlink_to(tmp_path)
    table = project / "pets.csv"
    table.write_text("photo,kind\nimages/a.png,dog\nimages/b.png,cat\n")
    roles: dict[str, Any] = {"target": "kind", "image": ["photo"]}
    root = project if given_root else None
    message = error_of(table, **roles, image_root=root)
    assert f"set the image root (--image-root) to '{tmp_path}'" in message
    cells = read_table(table, **roles, image_root=tmp_path).load().X["photo"].tolist()
    assert cells == [str(tmp_path / "a.png"), str(tmp_path / "b.png")]


def test_an_image_root_that_is_no_folder_is_refused(write_table: Write) -> None:
    path = write_table()
    with pytest.raises(UsageError, match="image_root must be a folder"):
        read_table(path, **PETS, image_root=path)


def test_numbers_are_no_images(write_table: Write) -> None:
    lines = '{"photo": 1, "kind": "dog"}\n{"photo": 2, "kind": "cat"}\n'
    path = write_table(lines, name="pets.jsonl")
    message = error_of(path, target="kind", image=["photo"])
    assert "row 1, column 'photo': holds a int" in message
