"""``mmbench ensemble``: ensembles of a finished run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmbench.cli.ensemble import _cache_of
from mmbench.cli.recorded_suite import rebuilt_suite
from mmbench.engine.cache.recorded import seen_from
from mmbench.results import ResultStore
from mmbench.suites.ensembling import ENSEMBLES

from .conftest import Mmbench

EMPTY = {"datasets": {}, "methods": {}, "trials": []}
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

    cached = {path for path in Path("cache").rglob("*") if path.is_file()}
    result = mmbench("ensemble", "out", "--bagged", "--layers", "--debug", "-q")

    assert {path for path in Path("cache").rglob("*") if path.is_file()} > cached
    assert result.exit_code == 0, result.output
    for name in ENSEMBLES:
        assert name in result.output
    assert result.output.count(" of 7.") == 4
    plan, records = store.plan(), store.records()
    assert [*plan["methods"]][-4:] == [*ENSEMBLES]
    assert before.items() <= records.items()
    assert plan["methods"]["ensemble/greedy"]["members"] == [*MEMBERS]

    # What the engine answered is what scikit-learn does with the same method.
    suite = rebuilt_suite(store.environment(), plan, {})
    samples = suite.datasets[0].load()
    for name in ("ensemble/greedy", "ensemble/greedy-bagged"):
        key = next(t["key"] for t in plan["trials"] if t["method"] == name)
        said = store.predictions(key)
        tested = np.isin(samples.X.index, said.sample_ids)
        method = suite.methods[name].fit(samples.X[~tested], samples.y[~tested])
        expected = method.predict_proba(samples.X[tested])
        np.testing.assert_allclose(said.proba, expected, rtol=0, atol=1e-9)

    assert mmbench(*command).exit_code == 0
    assert [*store.plan()["methods"]][-4:] == [*ENSEMBLES]

    table.write_text(table.read_text().replace("sweet", "sour"))
    other = mmbench("ensemble", "out", "--debug", "-q")
    assert other.exit_code == 2
    assert "have other data, methods or splits" in other.output


def test_a_cache_is_found_where_the_results_are_moved_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {"cache": seen_from(tmp_path / "out", tmp_path / "cache")}
    with ResultStore(tmp_path / "out").open(EMPTY, environment):
        (tmp_path / "cache").mkdir()
    moved = tmp_path / "moved"
    moved.mkdir()
    for name in ("out", "cache"):
        (tmp_path / name).rename(moved / name)
    assert _cache_of(ResultStore(moved / "out")) == moved / "cache"
    (moved / "cache").rename(moved / "elsewhere")
    assert _cache_of(ResultStore(moved / "out")) is None
    assert "no longer exists, so its contents are recomputed" in capsys.readouterr().err
