"""Check that verdicts on generated texts claim no gain where there is none.

Runs are made up in which an ensemble writes as well as its members do, each with errors
of its own, and the very function that writes verdicts into reports judges them: a gain
in CIDEr-D may be claimed on 5 % of the datasets at most. A gain that is there should be
claimed most of the time. Ends with exit code 1 when a line fails.

    python benchmarks/null_generation.py
    python benchmarks/null_generation.py --datasets 400
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from mmbench.report.judging.verdicts import judge
from mmbench.report.run import Run
from mmbench.results import Predictions, Record
from mmbench.tasks import Prediction, Target, get_task
from mmbench.texts import padded

N_FOLDS, N_WORDS, N_REFERENCES = 5, 6, 3
WORDS = np.array([f"w{i}" for i in range(60)])
ALIKE = {"one": 0.3, "another": 0.3, "ensemble": 0.3}
GAIN = {"one": 0.5, "another": 0.5, "ensemble": 0.2}


def noisy(rng: np.random.Generator, said: np.ndarray, error: float) -> list[str]:
    """Return texts in which each word is another one with some probability."""
    wrong = rng.random(said.shape) < error
    words = np.where(wrong, rng.choice(WORDS, said.shape), said)
    return [" ".join(row) for row in words]


def claimed(rng: np.random.Generator, n_rows: int, errors: Mapping[str, float]) -> bool:
    """Return whether a gain of the ensemble is claimed on a made-up dataset."""
    task = get_task("generation")
    said = rng.choice(WORDS, (n_rows, N_WORDS))
    people = [noisy(rng, said, 0.2) for _ in range(N_REFERENCES)]
    target = task.data.completed(
        Target(padded([*map(list, zip(*people, strict=True))]))
    )
    records: dict[str, Record] = {}
    predictions: dict[str, Predictions] = {}
    trials = []
    for method, error in errors.items():
        texts = np.array(noisy(rng, said, error))
        for fold in range(N_FOLDS):
            rows = np.flatnonzero(np.arange(n_rows) % N_FOLDS == fold)
            key = f"{len(trials):x}"
            place = {"dataset": "made", "method": method, "fold": fold, "seed": 0}
            trials.append({"key": key, **place})
            part, answer = target.take(rows), Prediction({"text": texts[rows]})
            score = task.metrics_by_name["cider_d"].score(part, answer)
            records[key] = Record(
                key=key,
                suite="made",
                status="ok",
                scores={"cider_d": score},
                n_train=n_rows - len(rows),
                n_test=len(rows),
                **place,
            )
            predictions[key] = Predictions(rows, task.answers.dump(part, answer))
    described: dict[str, Any] = {"modalities": "image", "fusion": "late"}
    described |= {"classifier": "E", "extractors": "E"}
    plan: dict[str, Any] = {
        "scoring": ["cider_d"],
        "datasets": {"made": {"task": "generation"}},
        "methods": {name: dict(described) for name in errors},
        "trials": trials,
    }
    plan["methods"]["ensemble"]["members"] = ["one", "another"]
    run = Run(
        plan=plan,
        records=records,
        predictions=predictions.__getitem__,
        environment={},
        measured={},
        probes={},
    )
    asked = judge(run)["made"].comparisons
    assert asked, "nothing was compared"
    return any(each.is_gain for each in asked)


def share(
    n_datasets: int, seed: int, n_rows: int, errors: Mapping[str, float]
) -> float:
    """Return on how many of some made-up datasets a gain is claimed."""
    rng = np.random.default_rng(seed)
    return float(np.mean([claimed(rng, n_rows, errors) for _ in range(n_datasets)]))


def main() -> int:
    """Print a line a design; return 1 when one fails."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--datasets", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    failed = False
    for n_rows in (60, 200):
        alike = share(given.datasets, given.seed, n_rows, ALIKE)
        gain = share(given.datasets // 4, given.seed, n_rows, GAIN)
        # Two standard errors of a share of 5 % are allowed for.
        most = 0.05 + 2 * np.sqrt(0.05 * 0.95 / given.datasets)
        fails = alike > most or gain < 0.5
        failed = failed or fails
        print(
            f"{n_rows} rows: claimed where there is none {alike:.3f} (at most "
            f"{most:.3f}), where there is one {gain:.2f}{'  FAILS' if fails else ''}"
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
