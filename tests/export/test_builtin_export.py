"""Every built-in method as a model: the answers of its trial, or a reason in a line."""

import dataclasses

import numpy as np
import pytest

from mmbench import build_suite, export_model, load_model
from mmbench.datasets import EMBEDDED
from mmbench.engine import run
from mmbench.errors import UsageError
from mmbench.results import ResultStore
from mmbench.suites import SUITES
from mmbench.tasks import TASKS
from tests.engine.test_builtin_equal import some_rows

pytestmark = pytest.mark.slow

OF_CLASSES = [name for name, suite in SUITES.items() if suite.task is None]
EVERY = sorted({m for name in OF_CLASSES for m in build_suite(name).methods})

EMBEDDINGS = [*build_suite("retrieval").methods] if "retrieval" in TASKS else []


class Glyphs:
    """Loads a few of the glyphs."""

    def __call__(self):
        return some_rows("glyphs", 150)


def suite_with(method):
    """Return a suite on a few glyphs that has the method."""
    few = dataclasses.replace(EMBEDDED["glyphs"], load=Glyphs(), checksum="few")
    suites = (build_suite(name, [few], cv=3) for name in OF_CLASSES)
    suite = next((each for each in suites if method in each.methods), None)
    if suite is None:
        pytest.skip("it needs columns that glyphs have not")
    return dataclasses.replace(suite, methods={method: suite.methods[method]})


def check_export(suite, tmp_path):
    """Check that the model of the first fold answers as its trial did."""
    method = next(iter(suite.methods))
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
    known = [name for name in found.arrays if name in stored.arrays]
    assert known
    # Ensembles of embeddings are joined from members that the engine keeps in half
    # precision, and so agree no further.
    atol = 1e-3 if method.startswith("all/") else 1e-9
    for name in known:
        np.testing.assert_allclose(found[name], stored.arrays[name], rtol=0, atol=atol)


@pytest.mark.parametrize("method", EVERY)
def test_a_built_in_method_can_be_exported(method, tmp_path):
    check_export(suite_with(method), tmp_path)


@pytest.mark.retrieval
@pytest.mark.parametrize("method", EMBEDDINGS)
def test_an_embedding_can_be_exported(method, tmp_path):
    samples = EMBEDDED["scenes"].load()
    few = samples._replace(X=samples.X.iloc[:300], y=samples.y[:300], split=None)
    dataset = dataclasses.replace(
        EMBEDDED["scenes"], load=lambda: few, checksum="few", has_split=False
    )
    suite = build_suite("retrieval", [dataset], cv=3)
    suite = dataclasses.replace(suite, methods={method: suite.methods[method]})
    if "contrastive" in method:
        with pytest.raises(UsageError, match="can't be saved safely"):
            check_export(suite, tmp_path)
        return
    check_export(suite, tmp_path)
