"""Every built-in method as a model: the answers of its trial, or a reason in a line."""

import dataclasses

import numpy as np
import pytest

from mmbench import build_suite, export_model, load_model
from mmbench.datasets import EMBEDDED
from mmbench.engine import run
from mmbench.results import ResultStore
from mmbench.suites import SUITES
from tests.engine.test_builtin_equal import some_rows

pytestmark = pytest.mark.slow

EVERY = sorted({m for name in SUITES for m in build_suite(name).methods})


class Glyphs:
    """Loads a few of the glyphs."""

    def __call__(self):
        return some_rows("glyphs", 150)


def suite_with(method):
    """Return a suite on a few glyphs that has the method."""
    few = dataclasses.replace(EMBEDDED["glyphs"], load=Glyphs(), checksum="few")
    suites = (build_suite(name, [few], cv=3) for name in SUITES)
    suite = next((each for each in suites if method in each.methods), None)
    if suite is None:
        pytest.skip("it needs columns that glyphs have not")
    return dataclasses.replace(suite, methods={method: suite.methods[method]})


@pytest.mark.parametrize("method", EVERY)
def test_a_built_in_method_can_be_exported(method, tmp_path):
    suite = suite_with(method)
    how = {"throughput": False, "probes": False, "retrain": "none", "debug": True}
    records = list(run(suite, tmp_path / "out", cache=tmp_path / "cache", **how))
    if records[0].status == "skipped":
        pytest.skip(records[0].reason)
    folder = export_model(
        tmp_path / "out", tmp_path / "model", suite, method=method, fold=0
    )
    key = next(record.key for record in records if record.fold == 0)
    stored = ResultStore(tmp_path / "out").predictions(key)
    X = suite.datasets[0].load().X.loc[stored.sample_ids]
    found = load_model(folder).answer(X)
    assert found["label"].tolist() == stored.label.tolist()
    if "proba" in stored.arrays:
        np.testing.assert_allclose(found["proba"], stored.proba, rtol=0, atol=1e-9)
