"""The rows of the engine's tests, with a price each."""

import numpy as np

from tests.engine.conftest import make_samples


def make_priced(n=90, groups=False, offset=0.0):
    """The same rows: dear fruit in bright pictures, and some noise."""
    samples = make_samples(n, groups)
    kind = np.unique(samples.y, return_inverse=True)[1]
    bright = np.array([image.mean() for image in samples.X["image"]])
    noise = np.random.default_rng(1).normal(size=n)
    prices = 5_000 + 40_000 * kind + 900 * bright + 3_000 * noise
    return samples._replace(y=prices + offset)
