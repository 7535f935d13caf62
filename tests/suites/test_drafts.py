"""A suite put together before its rows are read has all that it may have afterwards."""

import contextlib

import numpy as np
import pandas as pd
import pytest

from mmbench import read_table
from mmbench.errors import UsageError
from mmbench.suites import SUITES, build_suite

N = 60
TARGETS = {
    "label": ["x", "y"] * 30,
    "price": np.random.default_rng(0).normal(size=N),
    "tags": [["a"], ["a", "b"]] * 30,
}


@pytest.mark.parametrize(
    "target",
    [
        "label",
        pytest.param("price", marks=pytest.mark.regression),
        pytest.param("tags", marks=pytest.mark.multilabel),
    ],
)
def test_any_suite_of_any_columns_can_be_drafted(target: str) -> None:
    columns = {"t": ["one", "two words", "three"] * 20, "n": range(N)}
    rows = pd.DataFrame(columns | {"c": list("abc") * 20, target: TARGETS[target]})
    inputs = {"text": ["t"], "numeric": ["n"], "categorical": ["c"]}
    dataset = read_table(rows, target=target, **inputs)
    for name in SUITES:
        # A suite of another task refuses the dataset.
        with contextlib.suppress(UsageError):
            draft = build_suite(name, [dataset], imbalanced=True, class_keys=True)
            assert {*build_suite(name, [dataset]).methods} <= {*draft.methods}
