"""The digits are scikit-learn's, as images."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import datasets

from mmbench.datasets import get_dataset
from mmbench.errors import DataError


def test_they_are_scikit_learns_digits_as_images() -> None:
    X, y, *_ = get_dataset("digits").load()
    images = np.stack(X["image"].tolist())
    expected = datasets.load_digits()
    assert images.dtype == np.uint8
    assert (images.min(), images.max()) == (0, 255)
    np.testing.assert_array_equal(np.rint(images * (16 / 255)), expected.images)
    np.testing.assert_array_equal(y, expected.target)


def test_other_digits_than_the_cards_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = datasets.load_digits()
    other.target[0] = 9
    monkeypatch.setattr("sklearn.datasets.load_digits", lambda: other)
    with pytest.raises(DataError, match="dataset 'digits' are not those of its card"):
        get_dataset("digits").load()
