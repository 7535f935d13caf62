"""The checksum of samples changes with what they hold, and with nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from mmbench.datasets import Samples, checksum_of

X = pd.DataFrame({"a": ["x", None], "b": [1.0, 2.0]})
Y = np.array([0, 1])
BASE = Samples(X, Y)


@pytest.mark.parametrize(
    "other",
    [
        BASE._replace(X=X.assign(a=["x", "y"])),
        BASE._replace(X=X.assign(a=["x", ""])),
        BASE._replace(X=X.assign(b=[1.0, 3.0])),
        BASE._replace(X=X.rename(columns={"a": "c"})),
        BASE._replace(X=X[["b", "a"]]),
        BASE._replace(X=X.set_axis([1, 0])),
        BASE._replace(y=np.array([1, 0])),
        BASE._replace(y=np.array(["0", "1"])),
        BASE._replace(groups=Y),
        BASE._replace(split=Y),
    ],
)
def test_it_changes_with_every_part(other: Samples) -> None:
    assert checksum_of(other) != checksum_of(BASE)


def test_of_several_labels_it_changes_with_an_entry_and_with_a_name() -> None:
    tags = BASE._replace(y=np.eye(2, dtype=np.int64), schema={"classes": ["p", "q"]})
    others = [
        tags,
        tags._replace(y=tags.y[::-1]),
        tags._replace(y=np.ones((2, 2), np.int64)),
        tags._replace(schema={"classes": ["p", "r"]}),
        tags._replace(schema={}),
    ]
    assert len({checksum_of(samples) for samples in others}) == len(others)


@pytest.mark.parametrize(
    "same",
    [
        BASE._replace(X=X.copy()),
        BASE._replace(X=X.astype({"a": object})),
        BASE._replace(X=X.assign(a=["x", np.nan])),
        BASE._replace(y=Y.astype(np.int32)),
    ],
)
def test_it_does_not_change_with_how_samples_are_kept(same: Samples) -> None:
    assert checksum_of(same) == checksum_of(BASE)


def test_cells_can_not_flow_into_each_other() -> None:
    def checksum(*cells: str) -> str:
        return checksum_of(BASE._replace(X=pd.DataFrame({"a": cells})))

    assert checksum("ab", "c") != checksum("a", "bc")


def test_images_count_by_shape_and_pixels() -> None:
    images = [
        np.zeros((2, 3), np.uint8),
        np.zeros((3, 2), np.uint8),
        np.ones((2, 3), np.uint8),
        Image.new("L", (2, 3)),
        Image.new("L", (3, 2)),
        Image.new("1", (2, 3)),
        b"\0" * 6,
        "\0" * 6,
    ]
    checksums = {
        checksum_of(Samples(pd.DataFrame({"a": [image, None]}), Y)) for image in images
    }
    assert len(checksums) == len(images)
