"""Check that verdicts on answers, texts and summaries claim no gain where none is.

Runs are made up in which an ensemble errs as often as its members do, each at random by
itself, and the very function that writes verdicts into reports judges them: a gain may
be claimed on 5 % of the datasets at most. Errors are shared by the questions about one
picture, so that counting questions in place of pictures would be found out, and those
in importance by the frames of one video. A gain that is there should be claimed most of
the time. Ends with exit code 1 when a line fails.

    python benchmarks/null_tasks.py
    python benchmarks/null_tasks.py --task answering --datasets 400
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter1d

from mmbench.report.judging.verdicts import judge
from mmbench.report.run import Run
from mmbench.results import Predictions, Record
from mmbench.tasks import Prediction, Target, get_task
from mmbench.tasks.answering.references import answer_target
from mmbench.texts import padded

N_FOLDS, N_WORDS, N_REFERENCES = 5, 6, 3
N_ANSWERS, N_QUESTIONS, N_PEOPLE, N_FRAMES = 12, 3, 5, 30
WORDS = np.array([f"w{i}" for i in range(60)])
ALIKE = {"one": 0.3, "another": 0.3, "ensemble": 0.3}
GAIN = {"one": 0.5, "another": 0.5, "ensemble": 0.2}


class Made(NamedTuple):
    """A made-up dataset, and what methods answer about it."""

    target: Target
    unit: np.ndarray
    answers: Mapping[str, Prediction]


def noisy(rng: np.random.Generator, said: np.ndarray, error: float) -> list[str]:
    """Return texts in which each word is another one with some probability."""
    wrong = rng.random(said.shape) < error
    words = np.where(wrong, rng.choice(WORDS, said.shape), said)
    return [" ".join(row) for row in words]


def texts(rng: np.random.Generator, n: int, errors: Mapping[str, float]) -> Made:
    """Return texts of some words, each with several references."""
    said = rng.choice(WORDS, (n, N_WORDS))
    people = [noisy(rng, said, 0.2) for _ in range(N_REFERENCES)]
    target = Target(padded([*map(list, zip(*people, strict=True))]))
    answers = {
        name: Prediction({"text": np.array(noisy(rng, said, error))})
        for name, error in errors.items()
    }
    return Made(target, np.arange(n), answers)


def answers(rng: np.random.Generator, n: int, errors: Mapping[str, float]) -> Made:
    """Return questions about pictures; who misreads one errs about most of it."""
    picture = np.repeat(np.arange(n), N_QUESTIONS)
    right = rng.integers(0, N_ANSWERS, len(picture))
    cells = pd.DataFrame({"image": [f"{i}.png" for i in picture]})
    given = answer_target([[f"a{number}"] for number in right])
    target = get_task("answering").data.of_cells(given, cells, {"image": "image"})
    said = {}
    for name, error in errors.items():
        misread = (rng.random(n) < error)[picture] & (rng.random(len(picture)) < 0.9)
        other = (right + rng.integers(1, N_ANSWERS, len(picture))) % N_ANSWERS
        numbers = np.where(misread, other, right)
        said[name] = Prediction({"answer": np.array([f"a{i}" for i in numbers])})
    return Made(target, picture, said)


def summaries(rng: np.random.Generator, n: int, errors: Mapping[str, float]) -> Made:
    """Return videos whose frames several people find important, about alike."""

    def importance(noise: float) -> np.ndarray:
        own = rng.normal(size=(n, N_FRAMES))
        return np.asarray(shared + noise * gaussian_filter1d(own, 2, axis=1)).ravel()

    shared = gaussian_filter1d(rng.normal(size=(n, N_FRAMES)), 2, axis=1)
    video = np.repeat(np.arange(n), N_FRAMES)
    people = np.column_stack([importance(1.0) for _ in range(N_PEOPLE)])
    target = get_task("summarisation").data.of_groups(Target(people), video)
    said = {
        name: Prediction({"number": importance(4 * error)})
        for name, error in errors.items()
    }
    return Made(target, video, said)


class Design(NamedTuple):
    """How a dataset of a task is made up, and what ranks."""

    make: Callable[[np.random.Generator, int, Mapping[str, float]], Made]
    metric: str
    sizes: tuple[int, ...]


DESIGNS = MappingProxyType(
    {
        "answering": Design(answers, "vqa_accuracy", (60, 200)),
        "generation": Design(texts, "cider_d", (60, 200)),
        "summarisation": Design(summaries, "kendall_tau", (25, 50)),
    }
)


def claimed(
    rng: np.random.Generator, name: str, size: int, errors: Mapping[str, float]
) -> bool:
    """Return whether a gain of the ensemble is claimed on a made-up dataset."""
    task, design = get_task(name), DESIGNS[name]
    made = design.make(rng, size, errors)
    target = task.data.completed(made.target)
    records: dict[str, Record] = {}
    predictions: dict[str, Predictions] = {}
    trials = []
    for method, answer in made.answers.items():
        for fold in range(N_FOLDS):
            rows = np.flatnonzero(made.unit % N_FOLDS == fold)
            key = f"{len(trials):x}"
            place = {"dataset": "made", "method": method, "fold": fold, "seed": 0}
            trials.append({"key": key, **place})
            part, said = target.take(rows), answer.take(rows)
            score = task.metrics_by_name[design.metric].score(part, said)
            records[key] = Record(
                key=key,
                suite="made",
                status="ok",
                scores={design.metric: score},
                n_train=len(target.y) - len(rows),
                n_test=len(rows),
                **place,
            )
            arrays = task.answers.dump(part, said)
            predictions[key] = Predictions(rows, arrays, made.unit[rows])
    described: dict[str, Any] = {"modalities": "image", "fusion": "late"}
    described |= {"classifier": "E", "extractors": "E"}
    plan: dict[str, Any] = {
        "scoring": [design.metric],
        "datasets": {"made": {"task": name}},
        "methods": {method: dict(described) for method in errors},
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
    n_datasets: int, seed: int, name: str, size: int, errors: Mapping[str, float]
) -> float:
    """Return on how many of some made-up datasets a gain is claimed."""
    rng = np.random.default_rng(seed)
    found = [claimed(rng, name, size, errors) for _ in range(n_datasets)]
    return float(np.mean(found))


def main() -> int:
    """Print a line a design; return 1 when one fails."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--task", choices=DESIGNS, nargs="*", default=[*DESIGNS])
    parser.add_argument("--datasets", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    failed = False
    for name in given.task:
        for size in DESIGNS[name].sizes:
            alike = share(given.datasets, given.seed, name, size, ALIKE)
            gain = share(max(given.datasets // 4, 1), given.seed, name, size, GAIN)
            # Two standard errors of a share of 5 % are allowed for.
            most = 0.05 + 2 * np.sqrt(0.05 * 0.95 / given.datasets)
            fails = alike > most or gain < 0.5
            failed = failed or fails
            print(
                f"{name}, {size} units: claimed where there is none {alike:.3f} (at "
                f"most {most:.3f}), where there is one {gain:.2f}"
                f"{'  FAILS' if fails else ''}",
                flush=True,
            )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
