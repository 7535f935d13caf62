"""The rows of the engine's tests, with several labels each."""

import numpy as np

from tests.engine.conftest import make_samples


def make_tagged(n=90, groups=False):
    """The same rows with several labels: of their fruit, and of their picture."""
    samples = make_samples(n, groups)
    bright = np.array([image.mean() > 62 for image in samples.X["image"]])
    tags = {"b": samples.y == "b", "bright": bright, "c": samples.y == "c"}
    tags["rare"] = tags["b"] & bright & (np.arange(n) % 2 == 0)
    return samples._replace(
        y=np.column_stack(list(tags.values())).astype(np.int64),
        schema={"classes": list(tags)},
    )
