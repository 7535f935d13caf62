r"""Find labels that were flipped on purpose, as ``mmbench errors`` does.

A share of the labels of a dataset is replaced by other classes, drawn at random;
methods are cross-validated on what is left, and their suspect labels are compared with
what was planted. It ends with exit code 1 where fewer than 70 % of the first 5 % are.

    python benchmarks/planted_label_errors.py
    python benchmarks/planted_label_errors.py --table products.csv --target category \
        --text name --text description
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmbench.datasets import Dataset, get_dataset, read_table
from mmbench.engine import run
from mmbench.report.mistakes import find_mistakes
from mmbench.report.run import Run
from mmbench.results import ResultStore
from mmbench.suite import Suite
from mmbench.suites import build_suite

SHARE, LEAST = 0.05, 0.7


def flipped(y: NDArray[Any], seed: int) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return labels, a share of them wrong, and the rows where they are."""
    rng = np.random.default_rng(seed)
    classes, numbers = np.unique(y, return_inverse=True)
    rows = rng.choice(len(y), round(SHARE * len(y)), replace=False)
    numbers[rows] += rng.integers(1, len(classes), len(rows))
    return classes[numbers % len(classes)], rows


def found_share(dataset: Dataset, methods: Any, seed: int) -> list[tuple[Any, ...]]:
    """Return how many suspects of each method were planted."""
    samples = dataset.load()
    y, rows = flipped(samples.y, seed)
    noisy = dataclasses.replace(
        dataset, load=lambda: samples._replace(y=y), checksum=f"flipped {seed}"
    )
    suite = Suite(name="flipped", datasets=[noisy], methods=methods, seeds=(seed,))
    planted = {str(each) for each in samples.X.index[rows]}
    n_first = len(planted)
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        how = {"throughput": False, "probes": False, "retrain": "none", "debug": True}
        for _ in run(suite, out, cache=Path(folder) / "cache", **how):
            pass
        read = Run.read(ResultStore(out))
        here = read.datasets[dataset.name]
        for method in methods:
            every = find_mistakes(read, here, method=method, n_most=len(y))
            suspects = [row.sample for row in every if row.kind == "suspect label"]
            hits = [each in planted for each in suspects]
            row = next(row for row in here.rows if row.method == method)
            lines.append(
                (
                    *(dataset.name, method, seed, row.scores["accuracy"], len(hits)),
                    np.mean(hits[:n_first]) if hits else 0.0,
                    sum(hits[:n_first]) / n_first,
                    sum(hits) / n_first,
                )
            )
    return lines


def main() -> int:
    """Plant and find; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", type=Path)
    parser.add_argument("--target")
    parser.add_argument("--text", action="append", default=[])
    parser.add_argument("--image", action="append", default=[])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--method", action="append", default=[])
    asked = parser.parse_args()
    if asked.table is None:
        dataset, suite = get_dataset("digits"), "image"
        wanted = asked.method or ["image/pixels/logistic", "image/hog/logistic"]
    else:
        how = {"target": asked.target, "text": asked.text, "image": asked.image}
        dataset, suite = read_table(asked.table, **how), "fusion"
        wanted = asked.method or ["*/logistic"]
    methods = build_suite(suite, [dataset]).with_methods(wanted).methods
    failed = False
    print("dataset method seed accuracy suspects precision@5% found@5% found")
    for seed in range(asked.seeds):
        for line in found_share(dataset, methods, seed):
            print(*(f"{x:.3f}" if isinstance(x, float) else x for x in line))
            failed |= line[5] < LEAST
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
