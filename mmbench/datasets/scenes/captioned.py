"""The ``scene_captions`` dataset: pictures as in ``scenes``, with their captions."""

from __future__ import annotations

import numpy as np

from mmbench.datasets.samples import Samples
from mmbench.texts import padded

__all__ = ["load_scene_captions"]


def load_scene_captions() -> Samples:
    """Return pictures of :func:`make_scenes`, and five captions to write about each.

    Returns
    -------
    Samples
        600 rows with the column ``image``; `y` holds the captions.

    Raises
    ------
    DataError
        When matplotlib's DejaVu Sans is missing, or its version differs from the
        one whose checksum a card pins.

    Examples
    --------
    >>> samples = load_scene_captions()
    >>> samples.y.shape, str(samples.y[4, 2])
    ((600, 5), 'azure sun; azure crown upper left')
    """
    from mmbench.datasets.scenes import make_scenes

    pairs, _ = make_scenes(600, omission=0.15, random_state=0)
    names, first = np.unique(pairs.y, return_index=True)
    said = [pairs.X["text"][pairs.y == name].tolist() for name in names]
    X = pairs.X[["image"]].iloc[first].set_axis(names)
    X.index.name = "picture"
    slices = {
        name: [values[row] for row in first.tolist()]
        for name, values in pairs.slices.items()
    }
    return Samples(X, padded(said), slices=slices)
