"""Pairs: what an item is, what is split together, and what is refused."""

import numpy as np
import pytest

from mmbench.columns import Column, items_of
from mmbench.errors import DataError
from mmbench.tasks import Target, get_task
from mmbench.tasks.retrieval.sides import TRUTH, sides_of
from mmbench.tasks.target import NO_OPTIONS
from tests.engine.conftest import make_dataset
from tests.tasks.retrieval.paired import make_pairs

DATA = get_task("retrieval").data
DATASET = make_dataset(task="retrieval")


def test_the_image_is_one_side_and_all_other_columns_are_the_other():
    sources = {"image": "image", "text": "text", "size": "numeric"}
    assert sides_of(sources) == {"text": ("text", "size"), "image": ("image",)}


def test_without_images_the_last_view_is_the_other_side():
    sources = {"a0": "a", "b0": "b", "b1": "b"}
    assert sides_of(sources) == {"text": ("a0",), "image": ("b0", "b1")}


def test_one_side_is_refused():
    with pytest.raises(DataError, match=r"needs two sides.* got text columns only"):
        sides_of({"a": "text", "b": "text"})


def test_equal_cells_are_one_item_and_missing_ones_none():
    cells = ["x", None, "y", "x", float("nan"), " "]
    assert items_of([cells]).tolist() == [0, -1, 1, 0, -1, -1]


def test_captions_of_a_picture_are_items_of_their_own():
    target = DATASET.target(make_pairs(10, captions=5))
    n_items = [len(np.unique(target.scored[:, TRUTH[s]])) for s in ("text", "image")]
    assert n_items == [50, 10]


def test_folds_keep_the_captions_of_a_picture_together():
    target = DATASET.target(make_pairs(20, captions=3))
    units = target.scored[:, TRUTH["unit"]]
    folds = list(DATA.folds(target, n_folds=4, groups=None, seed=0))
    assert sum(len(test) for _, test in folds) == 60
    for train, test in folds:
        assert not set(units[train]) & set(units[test])


def test_folds_keep_groups_and_pictures_together():
    target = DATASET.target(make_pairs(4, captions=2))
    # The second picture has a caption in each of the first two groups.
    groups = np.array([0, 0, 0, 1, 1, 1, 2, 2])
    folds = DATA.folds(target, n_folds=2, groups=groups, seed=0)
    assert sorted(test.tolist() for _, test in folds) == [[0, 1, 2, 3, 4, 5], [6, 7]]


def test_captions_of_one_picture_are_resampled_together():
    target = DATASET.target(make_pairs(4, captions=2))
    owners = np.array(list("abcdefgh"))
    assert DATA.units(target, owners).tolist() == list("aacceegg")


@pytest.mark.parametrize(("key", "is_class"), [("own", False), ("class", True)])
def test_keys_of_many_pictures_are_classes(key, is_class):
    assert DATASET.target(make_pairs(60, key=key)).schema["class_keys"] is is_class


def test_one_key_for_all_rows_is_refused():
    samples = make_pairs(10)
    target = DATASET.target(samples._replace(y=np.array(["k"] * 10)))
    with pytest.raises(DataError, match="all rows have the same key"):
        DATA.check(target, groups=None, n_folds=2)


def test_too_few_pictures_for_the_folds_are_refused():
    target = DATASET.target(make_pairs(6, captions=3))
    with pytest.raises(DataError, match=r"6 distinct images .* too few for 5 folds"):
        DATA.check(target, groups=None, n_folds=5)


def test_a_picture_on_both_sides_of_an_official_split_is_refused():
    target = DATASET.target(make_pairs(4, captions=2))
    train = np.array([True] * 5 + [False] * 3)
    with pytest.raises(
        DataError, match=r"rows 5 \(train\) and 6 \(test\) are the same"
    ):
        DATA.check_split(target, train, ~train)


def test_messages_call_videos_videos():
    samples = make_pairs(6)
    sources = {"text": "text", "image": "video"}
    target = DATA.completed(DATA.of_cells(Target(samples.y), samples.X, sources))
    assert "6 texts, 6 videos" in DATA.size_text(target)
    assert DATA.describe(target)["n_videos"] == 6
    with pytest.raises(DataError, match="6 distinct videos"):
        DATA.check(target, groups=None, n_folds=5)


def test_one_picture_under_two_keys_is_one_item_and_right_for_the_texts_of_both():
    samples = make_pairs(6, captions=2)
    keys = np.array([f"row {i}" for i in range(12)])
    sources = {"text": "text", "image": "image"}
    truth = DATA.of_cells(Target(keys), samples.X, sources).truth
    pictures = np.repeat(np.arange(6), 2)
    for name in ("key", "image", "unit"):
        _, found = np.unique(truth[:, TRUTH[name]], return_inverse=True)
        np.testing.assert_array_equal(
            found[:, None] == found, pictures[:, None] == pictures
        )


def test_one_picture_under_two_classes_leaves_these_apart():
    samples = make_pairs(40)
    samples.X["image"] = [samples.X["image"].iloc[max(i, 1)] for i in range(40)]
    keys = np.array(["odd", "even"] * 20)
    sources = {"text": "text", "image": "image"}
    truth = DATA.of_cells(Target(keys), samples.X, sources).truth
    assert len(np.unique(truth[:, TRUTH["key"]])) == 2


@pytest.mark.parametrize(("keys", "n_notices"), [("abc", 1), ("aab", 0), ("a", 0)])
def test_keys_that_no_two_rows_share_are_told(keys, n_notices):
    column = Column("item", list(keys), range(1, 4))
    _, notices = get_task("retrieval").data.target(column, NO_OPTIONS)
    assert len(notices) == n_notices
    assert all("no two rows have the same key in column 'item'" in n for n in notices)
