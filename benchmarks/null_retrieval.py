"""Check that verdicts on retrieval claim no gain where there is none.

Runs are made up in which an ensemble embeds as well as its members do, each with luck
of its own, and the very function that writes verdicts into reports judges them: a gain
may be claimed on 5 % of the datasets at most. Captions of one picture share its luck,
so that counting captions in place of pictures would be found out. A gain that is there
should be claimed most of the time. Ends with exit code 1 when a line fails.

    python benchmarks/null_retrieval.py
    python benchmarks/null_retrieval.py --datasets 400
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

N_FOLDS, N_DIMENSIONS = 5, 6
ALIKE = {"one": 0.9, "another": 0.9, "ensemble": 0.9}
GAIN = {"one": 0.9, "another": 0.9, "ensemble": 0.6}


def claimed(
    rng: np.random.Generator,
    n_pictures: int,
    n_captions: int,
    noise: Mapping[str, float],
) -> bool:
    """Return whether a gain of the ensemble is claimed on a made-up dataset."""
    task = get_task("retrieval")
    picture = np.repeat(np.arange(n_pictures), n_captions)
    truth = np.column_stack([picture, np.arange(len(picture)), picture, picture])
    schema = {"gallery_size": None, "class_keys": False}
    target = Target(picture.astype(str), schema, truth)
    shown = rng.normal(size=(n_pictures, N_DIMENSIONS))
    records: dict[str, Record] = {}
    predictions: dict[str, Predictions] = {}
    trials = []
    for method, size in noise.items():
        luck = rng.normal(0, size, (2, n_pictures, N_DIMENSIONS))
        own = rng.normal(0, size / 2, (len(picture), N_DIMENSIONS))
        said = {"image": (shown + luck[0])[picture], "text": shown[picture] + own}
        said["text"] = said["text"] + luck[1][picture]
        for fold in range(N_FOLDS):
            rows = np.flatnonzero(picture % N_FOLDS == fold)
            key = f"{len(trials):x}"
            place = {"dataset": "made", "method": method, "fold": fold, "seed": 0}
            trials.append({"key": key, **place})
            part = target.take(rows)
            answer = Prediction(
                {side: each[rows].astype(np.float16) for side, each in said.items()}
            )
            score = task.metrics_by_name["r_sum"].score(part, answer)
            records[key] = Record(
                key=key,
                suite="made",
                status="ok",
                scores={"r_sum": score},
                n_train=len(picture) - len(rows),
                n_test=len(rows),
                **place,
            )
            predictions[key] = Predictions(rows, task.answers.dump(part, answer))
    described: dict[str, Any] = {"modalities": "text+image", "fusion": "joint"}
    described |= {"classifier": "E", "extractors": "E"}
    plan: dict[str, Any] = {
        "scoring": ["r_sum"],
        "datasets": {"made": {"task": "retrieval"}},
        "methods": {name: dict(described) for name in noise},
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
    n_datasets: int, seed: int, noise: Mapping[str, float], **sizes: int
) -> float:
    """Return on how many of some made-up datasets a gain is claimed."""
    rng = np.random.default_rng(seed)
    return float(
        np.mean([claimed(rng, noise=noise, **sizes) for _ in range(n_datasets)])
    )


def main() -> int:
    """Print a line a design; return 1 when one fails."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--datasets", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    fails = False
    for n_pictures, n_captions in ((100, 1), (100, 5), (200, 3)):
        sizes = {"n_pictures": n_pictures, "n_captions": n_captions}
        null = share(given.datasets, given.seed, ALIKE, **sizes)
        found = share(max(20, given.datasets // 5), given.seed, GAIN, **sizes)
        print(
            f"{n_pictures} pictures, {n_captions} captions each: gain claimed "
            f"{null:.1%} (at most 5 %), where there is one {found:.1%}",
            flush=True,
        )
        fails |= null > 0.05 or found < 0.5
    return int(fails)


if __name__ == "__main__":
    sys.exit(main())
