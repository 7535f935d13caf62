"""The ``digits`` dataset: handwritten digits that come with scikit-learn."""

from __future__ import annotations

import numpy as np

from mmbench.datasets.card import load_card
from mmbench.datasets.checksum import require_checksum
from mmbench.datasets.samples import Samples

__all__ = ["load_digits"]


def load_digits() -> Samples:
    """Return scikit-learn's 1,797 handwritten digits as samples.

    Returns
    -------
    Samples
        One column ``image`` of 8x8 uint8 arrays, 0 (paper) to 255 (ink); the labels
        are the digits 0 to 9. scikit-learn's grey values 0 to 16 are stretched to 0 to
        255, the range that images have.

    Raises
    ------
    DataError
        When scikit-learn's digits are not those whose checksum the card pins.

    Examples
    --------
    >>> samples = load_digits()
    >>> samples.X["image"].iloc[0].shape, samples.y[:3]
    ((8, 8), array([0, 1, 2]))
    """
    import pandas as pd
    from sklearn import datasets

    bunch = datasets.load_digits()
    grey = np.rint(bunch.images * (255 / 16)).astype(np.uint8)
    X = pd.DataFrame({"image": pd.Series(list(grey), dtype=object)})
    samples = Samples(X, np.asarray(bunch.target, dtype=np.int64))
    return require_checksum(samples, load_card("digits"))
