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

from mmbench.checks import Finding
from mmbench.datasets import Dataset, Samples, make_multimodal
from mmbench.datasets.leakage import find_leaks, straddling_groups
from mmbench.datasets.leakage.search import SEARCHES
from mmbench.datasets.untested import untested_columns
from mmbench.engine.plan import make_plan
from mmbench.suite import Suite
from mmbench.tasks import get_task


def leaks_of(samples: Samples, modalities: Any) -> list[Finding]:
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
    assert [each.check.code for each in found] == ["MM114", "MM101"]


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

    monkeypatch.setitem(SEARCHES, "equal rows", broken)
    samples = Samples(pd.DataFrame({"text": ["a", "b"]}), np.array([0, 1]))
    (sentence,) = leaks_of(samples, {"text": "text"})
    assert sentence == (
        "the search for equal rows failed (MemoryError: no room), so there may still "
        "be some."
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


def codes_of(X: pd.DataFrame, y: Any, *kinds: Any, **more: Any) -> set[str]:
    modalities = dict(zip(X, kinds, strict=True))
    return {each.check.code for each in leaks_of(Samples(X, y, **more), modalities)}


def test_rows_without_content_are_not_equal_to_each_other() -> None:
    cells: list[object] = [*texts(60), *[None] * 40]
    X = frame(text=cells).assign(rating=np.arange(100.0) % 5)
    assert codes_of(X, np.arange(100) % 2, "text", "numeric") == set()


def test_a_few_duplicates_are_a_note() -> None:
    cells = texts(400)
    cells[7] = cells[9]
    assert codes_of(frame(text=cells), np.arange(400) % 2, "text") == {"MM115"}


def test_a_repeated_question_beside_another_picture_is_no_leak() -> None:
    questions = [f"is there a {c}?" for c in ("cat", "dog", "cow", "hen")] * 50
    images = list(RNG.integers(0, 256, (200, 8, 8), dtype=np.uint8))
    X = frame(question=questions, image=images)
    assert codes_of(X, labels(2)[:200], "text", "image") == set()


@pytest.mark.parametrize("noise", [0.02, 0.1])
@pytest.mark.parametrize("kind", ["categorical", "numeric"])
def test_a_copy_of_the_label_with_noise_is_probable_leakage(
    noise: float, kind: str
) -> None:
    y = labels(4)[:600]
    noisy = np.where(RNG.random(600) < noise, labels(4)[:600], y)
    cells = noisy * 1.5 if kind == "numeric" else pd.Series(list("qxyz"))[noisy].array
    assert codes_of(pd.DataFrame({"c": cells}), y, kind) == {"MM106"}


def test_a_measurement_that_separates_a_class_is_a_note() -> None:
    from sklearn.datasets import load_iris

    X = pd.DataFrame({"petal length": load_iris().data[:, 2]}).sample(
        frac=1, random_state=0
    )
    y = load_iris().target[X.index]
    assert codes_of(X, y, "numeric") == set()
    assert codes_of(X, (y == 0).astype(int), "numeric") == {"MM116"}


def topical(y: NDArray[np.int64], n_words: int = 3) -> list[str]:
    return [
        " ".join(
            [*(f"{'abcde'[label]}{w}" * 2 for w in RNG.integers(0, n_words, 4)), t]
        )
        for label, t in zip(y, texts(len(y)), strict=True)
    ]


def test_words_of_a_subject_are_no_leak_and_a_tag_beside_them_is() -> None:
    y = labels(4)[:400]
    cells = topical(y)
    assert codes_of(frame(text=cells), y, "text") == set()
    tagged = [
        f"{text} no.{'kmpt'[label]}-{i:03}" if i % 10 else text
        for i, (text, label) in enumerate(zip(cells, y, strict=True))
    ]
    assert codes_of(frame(text=tagged), y, "text") == {"MM107"}


@pytest.mark.regression
def test_a_price_in_the_text_is_found() -> None:
    y = RNG.integers(100, 900, 200).astype(float)
    X = frame(text=[f"{t} for {p:g} euro" for t, p in zip(texts(200), y, strict=True)])
    found = find_leaks(get_task("regression"), Samples(X, y), {"text": "text"})
    assert [each.check.code for each in found] == ["MM107"]


@pytest.mark.parametrize("change", [str.upper, lambda t: f"{t}!", lambda t: t[:-1]])
def test_texts_that_differ_in_little_are_near_duplicates(change: Any) -> None:
    cells, y = [f"{t} end" for t in texts(100)], np.arange(100) % 2
    for row in range(90, 100):
        cells[row] = change(cells[row - 50])
    split = np.where(np.arange(100) < 80, "train", "test")
    assert codes_of(frame(text=cells), y, "text", split=split) == {"MM113"}


def test_texts_of_a_series_are_no_near_duplicates() -> None:
    cells = [f"{t} {a}" for t in texts(20) for a in ("part a", "part b", "part 1")]
    assert codes_of(frame(text=cells), np.arange(60) // 3 % 2, "text") == set()


@pytest.mark.parametrize(
    ("kind", "how"), [("BMP", {}), ("PNG", {}), ("JPEG", {"quality": 60})]
)
def test_pictures_that_are_saved_again_are_near_duplicates(kind: str, how: Any) -> None:
    import io

    from PIL import Image

    small = [
        Image.fromarray(RNG.integers(0, 256, (6, 6, 3), dtype=np.uint8)).resize(
            (48, 48)
        )
        for _ in range(40)
    ]
    cells = []
    for row, image in enumerate([*small, *small[:4]]):
        content = io.BytesIO()
        image.save(content, kind if row >= 40 else "PNG", **(how if row >= 40 else {}))
        cells.append(content.getvalue() + (b"" if row < 40 else b" "))
    y = np.append(np.arange(40), np.arange(4)) % 2
    assert codes_of(frame(image=cells), y, "image") == {"MM113"}


@pytest.mark.parametrize("name", ["{label}/{row}.png", "{row:03}_{label}.png"])
def test_images_called_after_their_class_are_found(name: str) -> None:
    y = labels(3)[:120]
    X = frame(
        image=[
            f"/data/{name.format(label='klm'[v] * 3, row=i)}" for i, v in enumerate(y)
        ]
    )
    assert codes_of(X, y, "image") == {"MM108"}


def test_images_of_one_class_that_are_smaller_are_found() -> None:
    y = labels(3)[:120]
    cells = [RNG.integers(0, 256, (9 - (v == 1), 9), dtype=np.uint8) for v in y]
    assert codes_of(frame(image=cells), y, "image") == {"MM109"}


def test_cells_that_are_missing_in_one_class_only_are_found() -> None:
    y = labels(4)[:400]
    chance = np.where(RNG.random(400) < 0.2, np.nan, 1.0)
    own = np.where((y == 2) & (RNG.random(400) < 0.7), np.nan, 1.0)
    assert codes_of(pd.DataFrame({"n": chance}), y, "numeric") == set()
    assert codes_of(pd.DataFrame({"n": own}), y, "numeric") == {"MM110"}


def test_sorted_rows_are_a_note() -> None:
    y = np.sort(labels(4)[:300])
    assert codes_of(frame(text=texts(300)), y, "text") == {"MM111"}


def test_names_of_groups_in_texts_are_found_unless_groups_are_given() -> None:
    groups = RNG.integers(0, 60, 400)
    y = labels(3)[groups]
    X = frame(
        text=[f"{t} by user-{g}." for t, g in zip(texts(400), groups, strict=True)]
    )
    assert codes_of(X, y, "text") == {"MM112"}
    assert codes_of(X, y, "text", groups=groups) == set()


def test_thousands_of_columns_take_a_moment_and_the_leaking_one_is_found() -> None:
    y = labels(2)[:1000]
    matrix = RNG.normal(size=(1000, 2000))
    matrix[:, 1234] = y + 0.01 * matrix[:, 1234]
    X = pd.DataFrame(matrix, columns=[f"n{i}" for i in range(2000)])
    start = time.process_time()
    (found,) = leaks_of(Samples(X, y), dict.fromkeys(X, "numeric"))
    assert "'n1234'" in found
    assert time.process_time() - start < 2


def test_what_looked_at_a_sample_says_so() -> None:
    X = frame(text=[f"{i} {i * 7919 % 10007}" for i in range(2100)])
    (found,) = leaks_of(Samples(X, np.arange(2100) % 2), {"text": "text"})
    assert found.check.code == "MM002"
    assert "the target in texts in 2,000 of 2,100 rows" in found


def test_a_subcategory_that_determines_the_label_is_probable_leakage() -> None:
    y = labels(4)[:400]
    rng = np.random.default_rng(1)
    finer = [f"{v}.{rng.geometric(0.2)}" for v in y]
    shuffled = rng.permutation(finer)
    assert codes_of(frame(sub=finer), y, "categorical") == {"MM106"}
    assert codes_of(frame(sub=shuffled), y, "categorical") == set()


def test_recordings_called_after_their_class_are_found() -> None:
    y = labels(3)[:120]
    X = frame(sound=[f"/data/{'klm'[v] * 3}_{i}.wav" for i, v in enumerate(y)])
    assert codes_of(X, y, "audio") == {"MM108"}
