"""`check_dataset` names the rule that a dataset breaks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from mmbench.datasets import Dataset, Samples
from mmbench.datasets.readers import Loaded
from mmbench.errors import DataError
from mmbench.testing import check_dataset

GOOD = Samples(
    X=pd.DataFrame(
        {
            "text": ["a", None, "c"],
            "image": [np.zeros((2, 2), np.uint8), Image.new("L", (2, 2)), None],
            "numeric": [1.0, np.nan, 3.0],
            "categorical": ["x", "y", pd.NA],
            "audio": [b"a", "b.wav", None],
        }
    ),
    y=np.array(["p", "q", "p"]),
)


def dataset_of(samples: Samples, **changes: Any) -> Dataset:
    fields = {
        "name": "mine",
        "version": "1",
        "source": "me",
        "licence": "CC0-1.0",
        "modalities": {column: column for column in GOOD.X},
        "load": Loaded(samples),
    }
    return Dataset(**fields | changes)


def with_cell(column: str, cell: Any) -> Samples:
    cells = [cell, *GOOD.X[column].iloc[1:]]
    return GOOD._replace(X=GOOD.X.assign(**{column: pd.Series(cells, dtype=object)}))


def test_a_good_dataset_passes() -> None:
    check_dataset(dataset_of(GOOD))
    check_dataset(dataset_of(GOOD._replace(y=np.array([0, 1, 0]))))
    check_dataset(dataset_of(GOOD._replace(groups=np.array(["g", "h", "g"]))))


def load_again_and_again() -> Samples:
    noise = np.random.default_rng().integers(1 << 60, size=3)
    return Samples(pd.DataFrame({"numeric": noise}), np.array([0, 1, 0]))


@pytest.mark.parametrize(
    ("dataset", "rule"),
    [
        (dataset_of(GOOD, load=lambda: GOOD), "load must be picklable"),
        (
            dataset_of(
                GOOD, load=load_again_and_again, modalities={"numeric": "numeric"}
            ),
            "must give the same samples each time",
        ),
        (dataset_of(GOOD, modalities={"text": "text"}), "the columns of X must be"),
        (
            dataset_of(
                GOOD._replace(X=GOOD.X.set_index("text", drop=False).rename({"c": "a"}))
            ),
            "index of X must be unique",
        ),
        (dataset_of(GOOD._replace(y=GOOD.y[:2])), "y must have 3 rows, as X, got 2"),
        (dataset_of(GOOD._replace(groups=GOOD.y[:1])), "groups must have 3 rows"),
        (dataset_of(GOOD._replace(y=np.ones(3, int))), "at least two classes"),
        (dataset_of(GOOD._replace(y=np.array([0.5, 1, 0]))), "labels must be strings"),
        (
            dataset_of(GOOD._replace(y=np.array(["p", None, "q"], object))),
            "none of them missing",
        ),
        (dataset_of(GOOD, has_split=True), "has_split is True, but the samples"),
        (
            dataset_of(
                GOOD._replace(split=np.array(["train", "train", "dev"])), has_split=True
            ),
            "must be 'train' or 'test', got 'dev'",
        ),
        (
            dataset_of(
                GOOD._replace(split=np.array(["train", "test", "train"])),
                has_split=True,
            ),
            "trains on a single class",
        ),
        (dataset_of(with_cell("text", 1)), "text column 'text' must be a string"),
        (dataset_of(with_cell("categorical", 1)), "must be a string, got int"),
        (dataset_of(with_cell("numeric", np.inf)), "must be a finite number"),
        (dataset_of(with_cell("image", 1)), "must be a path, bytes, a PIL image"),
        (dataset_of(with_cell("image", np.zeros((2, 2)))), "a uint8 array"),
        (dataset_of(with_cell("image", b"text")), "'image' is not an image: one"),
        (dataset_of(with_cell("image", "none.png")), "is not found: none.png"),
        (dataset_of(with_cell("audio", 1)), "a path, bytes or an array, got int"),
        (
            dataset_of(GOOD._replace(X=GOOD.X.assign(text=None))),
            "column 'text' has no value",
        ),
    ],
)
def test_a_broken_rule_is_named(dataset: Dataset, rule: str) -> None:
    with pytest.raises(DataError, match=rule) as raised:
        check_dataset(dataset)
    assert str(raised.value).startswith("dataset 'mine': ")


def test_an_image_file_that_is_cut_off_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.effect_noise((64, 64), 50).save(path)
    dataset = dataset_of(with_cell("image", str(path)))
    check_dataset(dataset)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(DataError, match="is truncated or damaged"):
        check_dataset(dataset)


def test_a_card_that_says_something_else_is_found() -> None:
    from mmbench.datasets import get_dataset

    digits = get_dataset("digits")
    check_dataset(digits)
    assert digits.card is not None
    wrong = digits.card.model_copy(update={"n_samples": 1796})
    with pytest.raises(DataError, match="n_samples = 1796, but it is 1797"):
        check_dataset(replace(digits, card=wrong))
    wrong = digits.card.model_copy(update={"task": "multi-label classification"})
    with pytest.raises(DataError, match="but it is 'classification'"):
        check_dataset(replace(digits, card=wrong))
