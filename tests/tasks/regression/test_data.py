"""Which targets are numbers, how they are read, and how they are split."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmbench.columns import Column
from mmbench.errors import DataError
from mmbench.tasks import NO_OPTIONS, Target, get_task, task_for

DATA = get_task("regression").data


def column(*cells):
    return Column("price", cells, range(1, len(cells) + 1))


def read(*cells):
    return DATA.target(column(*cells), NO_OPTIONS)


def completed(*numbers):
    return DATA.completed(Target(np.array(numbers)))


@pytest.mark.parametrize(
    "cells",
    [
        ["1.5", "2", "3"],
        [1.5, 2, 3],
        ["1e-3", "2e5"],
        ["0.5", "NA"],
        [str(price) for price in range(5_000, 500_000, 10_000)],
    ],
)
def test_fractions_and_many_different_numbers_are_regression(cells):
    task, notice = task_for(column(*cells), NO_OPTIONS)
    assert task.name == "regression"
    assert notice.startswith("column 'price': ")
    assert "choose the task 'classification'" in notice


@pytest.mark.parametrize(
    "cells",
    [
        ["1", "2", "3"],
        ["1.0", "2.0"],
        [f"{code:03}" for code in range(100)],
        ["1.5", "two"],
        ["red", "blue"],
        [True, False],
        [str(label) for label in range(100) for _ in range(10)],
        [str(10**19 + code) for code in range(100)],
        ["nan", "inf"],
    ],
)
def test_words_codes_and_classes_of_several_rows_are_not(cells):
    assert task_for(column(*cells), NO_OPTIONS)[0].name == "classification"


def test_numbers_are_read_as_they_are():
    target, notices = read("5000", 1.5, " 2e3 ", "-7")
    assert target.y.tolist() == [5000.0, 1.5, 2000.0, -7.0]
    assert target.y.dtype == np.float64
    assert notices == ()


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (
            "NaN",
            "row 2, column 'price': 'NaN' is not a number to predict; leave the cell",
        ),
        ("NA", "row 2, column 'price': 'NA' is not a number to predict"),
        ("-inf", "row 2, column 'price': '-inf' is not a number to predict"),
        (float("inf"), "row 2, column 'price': inf is not a number"),
        ("1e300", r"row 2, column 'price': 1e\+300 is beyond 1e\+30"),
        (10**400, "row 2, column 'price': 10+ is not a number to predict"),
        (
            "12 €",
            "row 2, column 'price': '12 €' is not a number; correct it, or choose",
        ),
    ],
)
def test_what_is_no_number_is_refused_with_its_row(cell, message):
    with pytest.raises(DataError, match=message) as raised:
        read("1.5", cell, "3")
    assert "\n" not in str(raised.value)


def test_a_constant_target_is_refused():
    with pytest.raises(DataError, match=r"holds one number only, 2\.5"):
        read("2.5", "2.5", 2.5)


def test_an_outlier_is_kept_with_a_notice_of_its_row():
    prices = [str(price) for price in range(5_000, 500_000, 5_000)]
    target, (notice,) = read(*prices, "1e12")
    assert target.y[-1] == 1e12
    assert "up to 1e+12" in notice
    assert f"the first in row {len(prices) + 1}" in notice
    assert read(*prices)[1] == ()


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.zeros((3, 2)), r"got y of shape \(3, 2\)"),
        (np.array(["a", "b"]), "one number per sample"),
    ],
)
def test_what_is_no_array_of_numbers_is_refused(y, message):
    with pytest.raises(DataError, match=message):
        DATA.completed(Target(y))


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([1.0, np.nan], "must be finite"),
        ([1.0, np.inf], "must be finite"),
        ([1.0, 1e31], "must be finite"),
        ([2.0, 2.0], "must not be constant"),
    ],
)
def test_a_loaded_target_is_checked(y, message):
    with pytest.raises(DataError, match=message):
        DATA.verify(Target(np.array(y)))


def test_whole_numbers_of_a_short_range_are_ordinal():
    assert completed(1, 3, 5).schema == {"range": [1.0, 5.0], "ordinal": True}
    assert not completed(1, 3, 500).schema["ordinal"]
    assert not completed(1, 3, 4.5).schema["ordinal"]
    assert DATA.size_text(completed(5_000, 500_000)) == "target from 5,000 to 500,000"


@given(
    y=st.lists(st.floats(-1e6, 1e6), min_size=20, max_size=80),
    n_folds=st.integers(2, 5),
)
@settings(max_examples=40, deadline=None)
def test_every_fold_has_its_share_of_low_and_high_numbers(y, n_folds):
    target = completed(*y, 2e6)
    folds = list(DATA.folds(target, n_folds=n_folds, groups=None, seed=0))
    tested = np.concatenate([test for _, test in folds])
    assert np.sort(tested).tolist() == list(range(len(y) + 1))
    above = np.argsort(np.argsort(target.y, kind="stable")) * 2 >= len(target.y)
    shares = [above[test].sum() for _, test in folds]
    assert max(shares) - min(shares) <= 5


def test_folds_are_shuffled_by_seed():
    target = completed(*np.arange(50.0))
    first, again, other = (
        [
            test.tolist()
            for _, test in DATA.folds(target, n_folds=5, groups=None, seed=s)
        ]
        for s in (0, 0, 1)
    )
    assert first == again != other


@given(st.integers(0, 500))
@settings(max_examples=40, deadline=None)
def test_groups_stay_together_and_no_fold_is_empty(seed):
    rng = np.random.default_rng(seed)
    groups = rng.integers(8, size=60)
    groups[:8] = np.arange(8)
    target = completed(*(rng.normal(size=60) + groups))
    for train, test in DATA.folds(target, n_folds=5, groups=groups, seed=seed):
        assert not set(groups[train]) & set(groups[test])
        assert len(test)


def test_too_few_rows_or_groups_are_refused():
    with pytest.raises(DataError, match="5 samples are too few for 3 folds"):
        DATA.check(completed(*range(5)), groups=None, n_folds=3)
    groups = np.array([0, 1] * 5)
    with pytest.raises(DataError, match=r"fewer groups \(2\) than folds \(3\)"):
        DATA.check(completed(*range(10)), groups=groups, n_folds=3)
    DATA.check(completed(*range(6)), groups=None, n_folds=3)


def test_a_constant_side_of_an_official_split_is_refused():
    target = completed(1.0, 1.0, 2.0, 3.0)
    DATA.check_split(target, [0, 2], [1, 3])
    with pytest.raises(DataError, match="trains on one number only, 1"):
        DATA.check_split(target, [0, 1], [2, 3])
    with pytest.raises(DataError, match="tests on one number only, 1"):
        DATA.check_split(target, [2, 3], [0, 1])


def test_rows_of_one_number_have_one_code():
    assert DATA.codes(completed(9.5, 1.5, 9.5)).tolist() == [1, 0, 1]


def test_a_column_may_give_the_quarter_away():
    (question,) = DATA.questions(completed(*np.arange(100.0)))
    assert np.bincount(question.y).tolist() == [25, 25, 25, 25]
    assert question.about == "the target"
