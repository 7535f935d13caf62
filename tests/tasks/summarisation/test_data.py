"""What a table says of importance, videos and shots."""

import numpy as np
import pandas as pd
import pytest

from mmbench.columns import Column
from mmbench.datasets import read_table
from mmbench.errors import DataError, UsageError
from mmbench.tasks.summarisation.importance import importance_array
from tests.tasks.summarisation.frames import make_dataset, make_frames

pytestmark = pytest.mark.summarisation

TABLE = pd.DataFrame(
    {
        "clip": ["a"] * 6 + ["b"] * 6,
        "bright": np.arange(12.0),
        "ann": np.arange(12) % 5,
        "bob": np.arange(12) % 3,
        "shot": list("xxyyyyxxxxyy"),
    }
)


def read(table=TABLE, target=("ann", "bob"), **options):
    return read_table(
        table,
        target=target,
        numeric=["bright"],
        group="clip",
        task="summarisation",
        **options,
    )


def truth_of(dataset):
    return dataset.target(dataset.load()).truth


def test_several_columns_are_several_people():
    dataset = read()
    target = dataset.target(dataset.load())
    np.testing.assert_array_equal(target.truth[:, 0], [0] * 6 + [1] * 6)
    np.testing.assert_array_equal(target.truth[:, 2:], TABLE[["ann", "bob"]])
    np.testing.assert_array_equal(target.y, TABLE[["ann", "bob"]].mean(axis=1))
    assert dataset.modalities == {"bright": "numeric", "clip": "group"}
    assert target.schema["n_people"] == 2


def test_lists_in_cells_are_several_people_too():
    lists = TABLE.assign(all=[f"[{a}, {b}]" for a, b in TABLE[["ann", "bob"]].values])
    np.testing.assert_array_equal(truth_of(read(lists, "all")), truth_of(read()))
    semicolons = TABLE.assign(all=[f"{a};{b}" for a, b in TABLE[["ann", "bob"]].values])
    np.testing.assert_array_equal(truth_of(read(semicolons, "all")), truth_of(read()))


def test_shots_are_of_five_rows_or_as_said():
    assert truth_of(read())[:, 1].tolist() == [0] * 5 + [1] + [2] * 5 + [3]
    by_two = truth_of(read(shot_length=2))[:, 1]
    assert by_two.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    by_column = truth_of(read(shot="shot"))[:, 1]
    assert by_column.tolist() == [0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3]
    assert (
        truth_of(read(target="ann", shot="shot"))[:, 1].tolist() == by_column.tolist()
    )


def test_what_is_no_importance_is_told_with_row_and_column():
    for cell, match in (("much", "is not a number"), ("[]", "contains no importance")):
        with pytest.raises(DataError, match=f"row 2, column 'users'.*{match}"):
            importance_array(Column("users", ["[1, 2]", cell], [1, 2]))


def test_a_table_must_say_which_video_a_row_is_of():
    with pytest.raises(UsageError, match="summarisation needs --group COL"):
        read_table(TABLE, target="ann", numeric=["bright"], task="summarisation")
    apart = TABLE.iloc[[0, 6, 1, 7]].reset_index(drop=True)
    with pytest.raises(DataError, match="the rows of video 'a' are not contiguous"):
        truth_of(read(apart))
    with pytest.raises(UsageError, match="shot and shot_length exclude each other"):
        read(shot="shot", shot_length=2)


def test_samples_of_your_own_need_a_column_a_person_and_groups():
    dataset = make_dataset()
    target = dataset.target(dataset.load())
    assert target.truth.shape == (240, 5)
    assert target.y.shape == (240,)
    with pytest.raises(DataError, match="needs the video of each row"):
        dataset.target(make_frames()._replace(groups=None))
