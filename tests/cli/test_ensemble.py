"""``mmbench ensemble``: ensembles of a finished run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmbench.cli.recorded_suite import rebuilt_suite
from mmbench.results import ResultStore
from mmbench.suites.ensembling import ENSEMBLES

from .conftest import Mmbench

MEMBERS = ("name/tfidf/logistic", "name/bow/logistic")


@pytest.fixture
def command(table: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a command for ``run``, which a results folder records as it was typed."""
    names = ["--method", "dummy"]
    for name in MEMBERS:
        names += ["--method", name]
    words = ["run", "text", "--data", str(table), "--target", "kind", "--text", "name"]
    words += [*names, "--folds", "2", "--out", "out", "--cache", "cache", "--debug"]
    words += ["--no-throughput", "--no-ablation", "--retrain", "none", "-q"]
    monkeypatch.setattr("sys.argv", ["mmbench", *words])
    return words


def test_ensembles_are_added_to_a_run_and_stay(
    mmbench: Mmbench, command: list[str], table: Path
) -> None:
    assert mmbench(*command).exit_code == 0
    store = ResultStore("out")
    before = store.records()

    result = mmbench("ensemble", "out", "--cache", "cache", "--debug", "-q")

    assert result.exit_code == 0, result.output
    for name in ENSEMBLES:
        assert name in result.output
    assert result.output.count(" of 5.") == 2
    plan, records = store.plan(), store.records()
    assert [*plan["methods"]][-2:] == [*ENSEMBLES]
    assert before.items() <= records.items()
    assert plan["methods"]["ensemble/greedy"]["members"] == [*MEMBERS]

    # What the engine answered is what scikit-learn does with the same method.
    suite = rebuilt_suite(store.environment(), plan, {})
    method = suite.methods["ensemble/greedy"]
    samples = suite.datasets[0].load()
    key = next(t["key"] for t in plan["trials"] if t["method"] == "ensemble/greedy")
    said = store.predictions(key)
    tested = np.isin(samples.X.index, said.sample_ids)
    method.fit(samples.X[~tested], samples.y[~tested])
    expected = method.predict_proba(samples.X[tested])
    np.testing.assert_allclose(said.proba, expected, rtol=0, atol=1e-9)

    assert mmbench(*command).exit_code == 0
    assert [*store.plan()["methods"]][-2:] == [*ENSEMBLES]

    table.write_text(table.read_text().replace("sweet", "sour"))
    other = mmbench("ensemble", "out", "--cache", "cache", "--debug", "-q")
    assert other.exit_code == 2
    assert "are of other data, methods or splits" in other.output
