"""Make the report of 100 methods on 20 datasets, and say its time and size.

The records and predictions are made up; a report needs nothing else::

    python benchmarks/report_at_scale.py
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from mmbench.report import make_report
from mmbench.results import Predictions, Record, ResultStore

_FUSIONS = ("none", "none", "early", "late", "hybrid", "stacked", "joint")
_SEES = ("text", "image", *["text+image"] * 5)
_CHANGES = [
    *(
        ("present", names, 0.0)
        for names in ([], ["text"], ["image"], ["image", "text"])
    ),
    *(
        ("missing", [name], share)
        for name in ("image", "text")
        for share in (0.25, 0.5, 0.75)
    ),
    *(
        ("shuffled", [name], number)
        for name in ("image", "text")
        for number in range(3)
    ),
]


def main() -> None:
    """Print how long the report took and how large its page is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--methods", type=int, default=100)
    parser.add_argument("--datasets", type=int, default=20)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--classes", type=int, default=8)
    parser.add_argument("--out", type=Path, help="keep the folder here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        out = options.out or Path(scratch)
        if not (out / "plan.json").exists():
            _fill(out, options)
        start, cpu = time.perf_counter(), time.process_time()
        page = make_report(out)
        wall_s, cpu_s = time.perf_counter() - start, time.process_time() - cpu
        size = page.stat().st_size / 2**20
        print(f"{wall_s:.1f} s wall, {cpu_s:.1f} s processor, {size:.2f} MiB")


def _fill(out: Path, options: argparse.Namespace) -> None:
    plan = _plan(options)
    with ResultStore(out).open(plan, {}) as store:
        store.extend(list(_trials(plan, options)))
        names = list(plan["methods"])
        store.keep_probes({d: _probes(names) for d in plan["datasets"]})
        speed = {"n_rows": 200, "samples_per_s": 1e4, "latency_p50_s": 1e-3}
        store.keep_throughput(
            {d: dict.fromkeys(names, speed) for d in plan["datasets"]}
        )


def _plan(options: argparse.Namespace) -> dict[str, Any]:
    methods = {}
    for number in range(options.methods):
        kind = number % len(_FUSIONS)
        sees, fusion = _SEES[kind], _FUSIONS[kind]
        methods[f"{sees}/tfidf+hog/{fusion}/classifier_{number}"] = {
            "modalities": sees,
            "extractors": "TfidfVectorizer+HOGExtractor",
            "fusion": fusion,
            "classifier": "LogisticRegression",
        }
    datasets = [f"dataset-{number:02d}" for number in range(options.datasets)]
    return {
        "suite": "scale",
        "scoring": ["accuracy", "f1_macro", "log_loss"],
        "seeds": [0],
        "datasets": {
            name: {
                "n_samples": options.samples,
                "n_classes": options.classes,
                "modalities": {"text": "text", "image": "image"},
            }
            for name in datasets
        },
        "methods": methods,
        "trials": [
            {
                "key": blake2b(f"{d} {m} {fold}".encode(), digest_size=8).hexdigest(),
                "dataset": d,
                "method": m,
                "fold": fold,
                "seed": 0,
            }
            for d in datasets
            for m in methods
            for fold in range(options.folds)
        ],
    }


def _trials(
    plan: dict[str, Any], options: argparse.Namespace
) -> Iterator[tuple[Record, Predictions]]:
    n, k = options.samples, options.classes
    skills = {
        m: 0.5 + 0.4 * i / len(plan["methods"]) for i, m in enumerate(plan["methods"])
    }
    truth = np.random.default_rng(0).integers(0, k, n)
    for number, trial in enumerate(plan["trials"]):
        rng = np.random.default_rng(number)
        rows = np.arange(trial["fold"], n, options.folds)
        is_right = rng.random(len(rows)) < skills[trial["method"]]
        answers = np.where(is_right, truth[rows], rng.integers(0, k, len(rows)))
        proba = np.full((len(rows), k), 0.3 / k)
        proba[np.arange(len(rows)), answers] += 0.7
        score = float((answers == truth[rows]).mean())
        record = Record(
            **{
                name: trial[name]
                for name in ("key", "dataset", "method", "fold", "seed")
            },
            suite="scale",
            status="ok",
            scores={"accuracy": score, "f1_macro": score, "log_loss": 1 - score},
            n_train=n - len(rows),
            n_test=len(rows),
            fit_time_s=1.0,
            predict_time_s=0.01 * (1 + number % 7),
        )
        kept = {"y_true": truth[rows], "classes": np.arange(k), "label": answers}
        yield record, Predictions(rows, {**kept, "proba": proba})


def _probes(methods: list[str]) -> dict[str, Any]:
    return {
        method: {
            "changes": [
                {
                    "kind": kind,
                    "modalities": names,
                    "number": number,
                    "scores": {"f1_macro": 0.3 + 0.2 * len(names)},
                }
                for kind, names, number in _CHANGES
            ]
        }
        for method in methods
        if "+" in method.partition("/")[0]
    }


if __name__ == "__main__":
    main()
