"""What the engine adds to many trials whose own work is next to nothing.

Dummy classifiers on 500 rows are run by two workers. Printed are the seconds that each
trial took beyond its own work, and how much the driver's memory grew meanwhile.

    python benchmarks/many_trials.py
    python benchmarks/many_trials.py --trials 1000
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from sklearn.dummy import DummyClassifier

from mmbench.datasets import Dataset, Samples
from mmbench.engine import make_plan, run
from mmbench.suite import Suite

JOBS = 2
N_ROWS, N_FOLDS = 500, 5


def load() -> Samples:
    """Return rows of one number each, in two classes."""
    X = pd.DataFrame({"size": np.arange(N_ROWS, dtype=float)})
    return Samples(X, np.arange(N_ROWS) % 2)


def many(n_trials: int) -> Suite:
    """Return a suite of so many trials, no two of them the same work."""
    dataset = Dataset(
        name="rows",
        version="1",
        source="made up",
        licence="CC0-1.0",
        modalities={"size": "numeric"},
        load=load,
        checksum="rows",
    )
    methods = {
        f"dummy{i}": DummyClassifier(strategy="stratified", random_state=i)
        for i in range(n_trials // N_FOLDS)
    }
    return Suite(name="many", datasets=[dataset], methods=methods, cv=N_FOLDS)


def held_mib() -> float:
    """Return how much memory this process holds."""
    return float(psutil.Process().memory_info().rss) / 2**20


def main() -> None:
    """Run the trials, and print what they cost beyond themselves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=10_000)
    n_trials = parser.parse_args().trials
    start = time.perf_counter()
    plan = make_plan(many(n_trials))
    work_s, n_done, early_mib = 0.0, 0, 0.0
    with tempfile.TemporaryDirectory(prefix="many-") as name:
        folder = Path(name)
        for record in run(
            plan,
            folder / "out",
            cache=folder / "cache",
            jobs=JOBS,
            throughput=False,
            probes=False,
            retrain="none",
        ):
            work_s += (record.fit_time_s or 0.0) + (record.predict_time_s or 0.0)
            n_done += 1
            if n_done == n_trials // 10:
                early_mib = held_mib()
        taken_s, late_mib = time.perf_counter() - start, held_mib()
    beyond_ms = (taken_s - work_s / JOBS) / n_trials * 1e3
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{n_done:,} trials in {taken_s:.1f} s, {work_s / JOBS:.1f} s of it their own"
    )
    print(f"beyond their own work: {beyond_ms:.2f} ms a trial")
    print(
        f"driver: {early_mib:.0f} MiB after a tenth, {late_mib:.0f} MiB at the end, "
        f"{peak_mib:.0f} MiB at most"
    )


if __name__ == "__main__":
    main()
