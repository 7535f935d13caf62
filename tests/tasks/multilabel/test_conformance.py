"""`check_dataset` names what is wrong with an indicator of labels."""

from __future__ import annotations

import numpy as np
import pytest

from mmbench.datasets import Samples
from mmbench.errors import DataError
from mmbench.testing import check_dataset
from tests.datasets.test_conformance import GOOD, dataset_of

TAGS = GOOD._replace(
    y=np.array([[1, 0], [1, 1], [0, 0]]), schema={"classes": ["big", "new"]}
)


def test_a_good_dataset_may_have_several_labels_a_sample() -> None:
    check_dataset(dataset_of(TAGS, task="multilabel"))


@pytest.mark.parametrize(
    ("samples", "rule"),
    [
        (GOOD, "needs an indicator y with a name"),
        (TAGS._replace(y=TAGS.y[:2]), "y must have 3 rows, as X, got 2"),
        (
            TAGS._replace(schema={"classes": ["new", "big"]}),
            "at least two strings, sorted",
        ),
        (
            TAGS._replace(schema={"classes": ["big", "big"]}),
            "at least two strings, sorted",
        ),
        (TAGS._replace(schema={"classes": [0, 1]}), "at least two strings, sorted"),
        (
            TAGS._replace(y=TAGS.y[:, :1], schema={"classes": ["big"]}),
            "at least two str",
        ),
        (TAGS._replace(y=TAGS.y[:, :1]), "for each column; got y of shape"),
        (TAGS._replace(y=TAGS.y.astype(bool)), "must be an indicator of int64"),
        (TAGS._replace(y=2 * TAGS.y), "an indicator may hold 0 and 1 only"),
        (TAGS._replace(y=TAGS.y * [1, 0]), "no sample has the label 'new'"),
        (TAGS._replace(y=np.ones((3, 2), np.int64)), "have the same labels"),
    ],
)
def test_a_broken_rule_of_several_labels_is_named(samples: Samples, rule: str) -> None:
    with pytest.raises(DataError, match=rule):
        check_dataset(dataset_of(samples, task="multilabel"))


def test_an_indicator_without_classes_is_found() -> None:
    with pytest.raises(DataError, match="needs an indicator y with a name"):
        check_dataset(dataset_of(TAGS._replace(schema={}), task="multilabel"))
    with pytest.raises(DataError, match="classification needs one label per sample"):
        check_dataset(dataset_of(TAGS))
