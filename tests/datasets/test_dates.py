"""Columns of dates become numbers of their parts."""

import numpy as np
import pandas as pd
import pytest

from mmbench.datasets import inspect_table, read_table
from mmbench.datasets.dates import DATE_PARTS
from mmbench.datasets.new_rows import read_new_rows
from mmbench.errors import DataError

DAYS = ["2024-02-29", "2026-12-31T23:59:00", "1.1.2025", None]
ROWS = {"when": DAYS, "kind": ["a", "b", "a", "b"]}


def test_parts_are_those_of_pandas() -> None:
    dataset = read_table(ROWS, target="kind", date=["when"])
    assert list(dataset.modalities) == [f"when_{part}" for part in DATE_PARTS]
    assert {*dataset.modalities.values()} == {"numeric"}
    X = dataset.load().X
    days = pd.DatetimeIndex(["2024-02-29", "2026-12-31", "2025-01-01"])
    found = X.iloc[:3]
    np.testing.assert_array_equal(found["when_year"], days.year)
    np.testing.assert_array_equal(found["when_month"], days.month)
    np.testing.assert_array_equal(found["when_weekday"], days.day_of_week)
    angle = 2 * np.pi * (days.day_of_year - 1) / 365.25
    np.testing.assert_allclose(found["when_yearday_sin"], np.sin(angle), atol=1e-12)
    np.testing.assert_allclose(found["when_yearday_cos"], np.cos(angle), atol=1e-12)
    # The last day of a year is next to the first.
    circle = found[["when_yearday_sin", "when_yearday_cos"]].to_numpy()
    assert np.linalg.norm(circle[1] - circle[2]) < 0.03
    assert X.iloc[3].isna().all()


def test_new_rows_are_read_as_those_trained_on() -> None:
    dataset = read_table(ROWS, target="kind", date="when")
    new = read_new_rows({"when": DAYS[:2]}, dataset.modalities)
    pd.testing.assert_frame_equal(new.X, dataset.load().X.iloc[:2])


def test_what_may_be_two_days_is_refused() -> None:
    rows = {**ROWS, "when": ["2024-02-29", "3/4/2024", None, None]}
    with pytest.raises(DataError, match="'when', row 2: expected a date such as"):
        read_table(rows, target="kind", date=["when"])


def test_dates_are_proposed() -> None:
    rows = {"when": ["2024-02-29", "2024-03-01"] * 8, "kind": list("abba") * 4}
    assert inspect_table(rows, target="kind").roles["date"] == ("when",)
