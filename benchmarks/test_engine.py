"""What the engine itself costs: ``pytest benchmarks --benchmark-only``."""

# ruff: noqa: D103 - a benchmark's name says what is timed

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier

from mmbench.datasets import Dataset, Samples
from mmbench.engine import make_plan, run
from mmbench.engine.cache.store import Cache, Cost
from mmbench.suite import Suite

N_METHODS, N_FOLDS, N_ROWS = 200, 5, 500


def load_rows() -> Samples:
    X = pd.DataFrame({"size": np.arange(N_ROWS, dtype=float)})
    return Samples(X, np.arange(N_ROWS) % 2)


@pytest.fixture(scope="module")
def suite() -> Suite:
    """1,000 trials whose own work is next to nothing."""
    dataset = Dataset(
        name="rows",
        version="1",
        source="made up",
        licence="CC0-1.0",
        modalities={"size": "numeric"},
        load=load_rows,
        checksum="rows",
    )
    methods = {
        f"dummy{i}": DummyClassifier(strategy="stratified", random_state=i)
        for i in range(N_METHODS)
    }
    return Suite(name="dummies", datasets=[dataset], methods=methods, cv=N_FOLDS)


@pytest.fixture
def folders(tmp_path: Path) -> Any:
    """Give a new folder each time."""
    return (tmp_path / str(number) for number in itertools.count())


def test_planning_1000_trials(benchmark: Any, suite: Suite) -> None:
    def plan() -> int:
        made = make_plan(suite)
        return len(made.roots(list(made.trials)))

    assert benchmark.pedantic(plan, rounds=3) == N_METHODS * N_FOLDS


def test_running_1000_trials(benchmark: Any, suite: Suite, folders: Any) -> None:
    def go() -> int:
        folder = next(folders)
        options: dict[str, Any] = {
            "cache": folder / "cache",
            "throughput": False,
            "probes": False,
            "debug": True,
        }
        records = run(suite, folder / "out", **options)
        return sum(record.status == "ok" for record in records)

    n_ok = benchmark.pedantic(go, rounds=3)
    benchmark.extra_info["ms_per_trial"] = round(
        benchmark.stats["median"] / n_ok * 1e3, 2
    )
    assert n_ok == N_METHODS * N_FOLDS


FEATURES = np.random.default_rng(0).normal(size=(2670, 1280)).astype(np.float32)
COSTS = {"0a": Cost(fit_s=0.0, apply_s=1.0, cpu_s=1.0, n_rows=2670, peak_rss_bytes=0)}


def test_writing_features_to_the_cache(benchmark: Any, folders: Any) -> None:
    def write() -> bool:
        return Cache(next(folders), "v1").write("0a", FEATURES, COSTS)

    assert benchmark.pedantic(write, rounds=5)


def test_reading_features_from_the_cache(benchmark: Any, folders: Any) -> None:
    root = next(folders)
    Cache(root, "v1").write("0a", FEATURES, COSTS)

    # A new cache checks the entry again, as every process does once.
    found = benchmark(lambda: Cache(root, "v1").read("0a"))
    assert np.array_equal(found, FEATURES)
