"""Trees that take numbers and categories as they are."""

import numpy as np
import pandas as pd

from mmbench import build_suite
from mmbench.datasets import Dataset, Samples
from mmbench.export.archive import dump_model, read_model


def load():
    sizes = np.random.default_rng(0).normal(size=(40, 2))
    return Samples(pd.DataFrame(sizes, columns=["width", "height"]), np.arange(40) % 2)


def test_native_trees_of_numbers_can_be_exported(tmp_path):
    dataset = Dataset(
        name="toys", version="1", source="", licence="", load=load,
        modalities={"width": "numeric", "height": "numeric"},
    )  # fmt: skip
    X, y = load()[:2]
    methods = build_suite("best", [dataset]).methods
    model = methods["numeric/native/trees"].fit(X, y)
    dump_model(model, tmp_path / "model")
    found = read_model(tmp_path / "model")
    np.testing.assert_array_equal(found.predict_proba(X), model.predict_proba(X))
