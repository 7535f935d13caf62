"""Leaks that are planted are found and counted; clean samples raise no alarm."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import StratifiedKFold

from mmbench.datasets import Dataset, Samples, make_multimodal
from mmbench.datasets.leakage import find_leaks, straddling_groups
from mmbench.datasets.untested import untested_columns
from mmbench.engine.plan import make_plan
from mmbench.suite import Suite
from mmbench.tasks import get_task


def leaks_of(samples: Samples, modalities: Any) -> list[str]:
    return find_leaks(get_task("classification"), samples, modalities)


RNG = np.random.default_rng(0)


def texts(n: int) -> list[str]:
    words = RNG.integers(0, 900, (n, 8))
    return [" ".join(f"w{word}" for word in row) for row in words]


def frame(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame({k: pd.Series(v, dtype=object) for k, v in columns.items()})


def test_clean_samples_have_no_leaks() -> None:
    samples, _ = make_multimodal(n_samples=400, random_state=0)
    assert leaks_of(samples, {"text": "text", "image": "image"}) == []


def test_equal_texts_are_counted_with_those_of_the_same_label() -> None:
    cells = texts(100)
    cells[7], cells[31], cells[50] = cells[2], f" {cells[2]}\n", cells[3]
    y = np.arange(100) % 2
    (found,) = leaks_of(Samples(frame(text=cells), y), {"text": "text"})
    # Rows 2, 7 and 31 are equal, 7 and 31 of one label; so are 3 and 50, of two.
    assert found.startswith(
        "column 'text': 5 of 100 rows have the same text as another row, 2 of them"
    )
    assert found.endswith("(the first: 2).")


def test_missing_and_empty_cells_are_no_duplicates() -> None:
    cells = [*texts(20), None, None, "", " "]
    samples = Samples(frame(text=cells), np.arange(24) % 2)
    assert leaks_of(samples, {"text": "text"}) == []


@pytest.mark.parametrize("kind", ["file", "bytes", "array", "pil"])
def test_equal_pictures_are_found_whatever_holds_them(
    kind: str, tmp_path: Path
) -> None:
    from PIL import Image

    arrays = list(RNG.integers(0, 256, (6, 4, 4), dtype=np.uint8))
    arrays[5] = arrays[1].copy()
    cells: list[object] = list(arrays)
    if kind == "bytes":
        cells = [array.tobytes() for array in arrays]
    elif kind == "pil":
        cells = [Image.fromarray(array) for array in arrays]
    elif kind == "file":
        for i, array in enumerate(arrays):
            (tmp_path / f"{i}.png").write_bytes(array.tobytes())
        cells = [str(tmp_path / f"{i}.png") for i in range(6)]
    samples = Samples(frame(image=cells), np.array([0, 1, 0, 1, 0, 1]))
    (found,) = leaks_of(samples, {"image": "image"})
    assert "2 of 6 rows have the same picture as another row, 2 of them" in found


def test_one_file_under_many_rows_is_an_equal_picture(tmp_path: Path) -> None:
    path = tmp_path / "one.png"
    path.write_bytes(b"one")
    samples = Samples(frame(image=[str(path)] * 3), np.array([0, 1, 0]))
    (found,) = leaks_of(samples, {"image": "image"})
    assert "3 of 3 rows" in found


def test_duplicates_inside_a_group_stay_together_and_are_no_leak() -> None:
    cells = texts(40)
    cells[1], cells[21] = cells[0], cells[20]
    groups = np.arange(40)
    groups[1] = groups[0]
    samples = Samples(frame(text=cells), np.arange(40) // 2 % 2, groups)
    (found,) = leaks_of(samples, {"text": "text"})
    assert "2 of 40 rows" in found
    assert "the first: 20" in found


def test_a_split_is_held_against_its_training_rows() -> None:
    cells = texts(40)
    cells[1], cells[35] = cells[0], cells[2]
    split = np.array(["train"] * 30 + ["test"] * 10)
    samples = Samples(frame(text=cells), np.arange(40) % 2, split=split)
    (found,) = leaks_of(samples, {"text": "text"})
    assert "1 of 10 test rows have the same text as a training row, 0" not in found
    assert "1 of 10 test rows have the same text as a training row, never" in found


def test_samples_equal_in_every_column_are_told_apart_from_equal_texts() -> None:
    text, number = texts(60), list(RNG.normal(size=60))
    text[10], text[11], number[10] = text[0], text[1], number[0]
    X = frame(text=text).assign(number=np.array(number))
    found = leaks_of(
        Samples(X, np.arange(60) % 2),
        {"text": "text", "number": "numeric"},
    )
    assert "4 of 60 rows have the same text" in found[0]
    assert found[1].startswith("2 of 60 rows are equal in every column to another row")


def labels(n_classes: int) -> NDArray[np.int64]:
    return RNG.integers(0, n_classes, 1500)


def is_given_away(cells: Any, y: NDArray[np.int64], kind: Any) -> bool:
    dtype = float if kind == "numeric" else object
    X = pd.DataFrame({"column": pd.Series(list(cells), dtype=dtype)})
    found = leaks_of(Samples(X, y), {"column": kind})
    return any("column 'column' gives the label away" in each for each in found)


def test_a_number_that_follows_the_label_is_found() -> None:
    y = labels(5)
    assert is_given_away(y * 3.7 + RNG.normal(0, 0.01, len(y)), y, "numeric")


def test_numbers_that_are_codes_of_the_label_are_found() -> None:
    y = labels(5)
    codes = RNG.permutation(300).reshape(60, 5)
    assert is_given_away(codes[RNG.integers(0, 60, len(y)), y], y, "numeric")


def test_a_category_that_is_the_label_renamed_is_found() -> None:
    y = labels(5)
    assert is_given_away([f"code {label}" for label in y], y, "categorical")


def test_a_column_that_is_missing_for_one_label_is_found() -> None:
    y = labels(2)
    assert is_given_away(np.where(y == 0, None, "seen"), y, "categorical")


def test_a_word_for_each_label_is_found() -> None:
    y = labels(5)
    tagged = [f"{text} tag{label}" for text, label in zip(texts(1500), y, strict=True)]
    assert is_given_away(tagged, y, "text")


def test_a_column_that_is_merely_good_is_no_leak() -> None:
    y = RNG.integers(0, 2, 2000)
    X = pd.DataFrame({"good": y + RNG.normal(0, 0.3, 2000)})  # right about 95 %
    assert leaks_of(Samples(X, y), {"good": "numeric"}) == []


def test_naming_the_frequent_label_of_a_rare_one_is_no_leak() -> None:
    y = (np.arange(2000) < 10).astype(int)
    X = pd.DataFrame({"noise": RNG.normal(size=2000)})
    assert leaks_of(Samples(X, y), {"noise": "numeric"}) == []


def test_groups_on_both_sides_of_a_fold_are_counted() -> None:
    groups = np.array(["a", "a", "b", "b", "c"])
    folds = [(np.array([0, 2, 3]), np.array([1, 4])), (np.array([1]), np.array([2]))]
    (found,) = straddling_groups(groups, folds)
    assert found.startswith("1 of 3 groups, such as 'a', have rows on both sides")
    assert straddling_groups(groups, [(np.array([0, 1]), np.array([2, 3, 4]))]) == []


def test_a_hundred_thousand_rows_take_seconds() -> None:
    n = 100_000
    X = frame(text=texts(n)).assign(number=RNG.normal(size=n))
    start = time.process_time()
    leaks_of(
        Samples(X, RNG.integers(0, 10, n)),
        {"text": "text", "number": "numeric"},
    )
    assert time.process_time() - start < 20


@pytest.mark.filterwarnings("ignore:The groups parameter is ignored")
def test_a_plan_tells_of_leaks_and_of_groups_that_straddle() -> None:
    cells = texts(40)
    cells[9] = cells[0]
    groups, y = np.arange(40) % 10, np.arange(40) % 2
    dataset = Dataset(
        name="own",
        version="1",
        source="",
        licence="",
        modalities={"text": "text"},
        load=lambda: Samples(frame(text=cells), y, groups),
    )
    dummy = {"dummy": DummyClassifier()}
    suite = Suite(name="s", datasets=[dataset], methods=dummy, cv=StratifiedKFold(2))
    duplicates, straddling = make_plan(suite).as_json()["datasets"]["own"]["notices"]
    assert "2 of 40 rows have the same text" in duplicates
    assert "groups, such as 0, have rows on both sides of a fold" in straddling


def test_a_number_beyond_single_precision_does_not_end_the_search() -> None:
    y = np.array([0, 1] * 20)
    samples = Samples(pd.DataFrame({"n": np.where(y, 1e300, np.arange(40.0))}), y)
    (leak,) = leaks_of(samples, {"n": "numeric"})
    assert "column 'n' gives the label away" in leak


def test_a_search_that_fails_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise MemoryError("no room\nfor this")

    monkeypatch.setattr("mmbench.datasets.leakage.giveaways", broken)
    samples = Samples(pd.DataFrame({"text": ["a", "b"]}), np.array([0, 1]))
    (sentence,) = leaks_of(samples, {"text": "text"})
    assert sentence == (
        "the search for columns that give the target away failed (MemoryError: no "
        "room), so there may be some."
    )


def test_a_column_that_no_test_row_has_is_told() -> None:
    X = frame(text=["a", "b", " ", None], number=[1.0, 2.0, 3.0, 4.0])
    X["number"] = [1.0, np.nan, 3.0, 4.0]
    folds = [(np.arange(2), np.array([2, 3])), (np.array([0, 2, 3]), np.array([1]))]
    of_text, of_number = untested_columns(X, folds)
    assert of_text.startswith("column 'text' is missing in all 2 test rows of fold 0:")
    assert of_number.startswith("column 'number' is missing in all 1 test rows of fold")
    assert untested_columns(X, [(np.array([2, 3]), np.array([0, 1]))]) == []


def test_a_plan_tells_of_a_column_that_no_test_row_has() -> None:
    y = np.array([0, 1] * 6)
    samples = Samples(
        pd.DataFrame({"n": np.where(np.arange(12) < 8, np.arange(12.0) % 5, np.nan)}),
        y,
        split=np.where(np.arange(12) < 8, "train", "test"),
    )
    data = Dataset(
        name="d",
        version="1",
        source="",
        licence="",
        modalities={"n": "numeric"},
        load=lambda: samples,
        has_split=True,
    )
    suite = Suite(name="s", datasets=[data], methods={"dummy": DummyClassifier()})
    (leak,) = [leak for leak in make_plan(suite).leaks["d"] if "column 'n'" in leak]
    assert "is missing in all 4 test rows of fold 0" in leak
