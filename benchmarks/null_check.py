"""Check that verdicts claim what is there and nothing else.

Runs whose truth is known are made up, and the very function that writes verdicts into
reports judges them:

- where fusion truly adds nothing, a gain may be claimed on 5 % of the datasets at most,
  however many fusions and single modalities are tried;
- where it adds something, that is found as often as theory says;
- 95 % intervals of scores hold the true score 93 to 97 % of the time;
- on real fits of texts whose images are noise, no gain is claimed either.

Groups, many methods, training and power are checked by the designs of
`claim_designs.py`, on the functions that verdicts rest on; ``--designs`` runs them too.

It takes minutes, and ends with exit code 1 when a line fails.

    python benchmarks/null_check.py
    python benchmarks/null_check.py --designs
    python benchmarks/null_check.py --datasets 60 --intervals 300 --real 5
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from claim_designs import table
from numpy.typing import NDArray
from scipy.stats import norm

from mmbench.report.judging.questions import ENSEMBLE, FUSION
from mmbench.report.judging.verdicts import Judgement, judge
from mmbench.report.run import Run
from mmbench.results import Predictions, Record
from mmbench.stats import Interval, Resamples, bootstrap_score
from mmbench.tasks import TASKS, Metric, Prediction, Target

N_FOLDS = 5
# The share of its luck that a method shares with all others on a dataset.
SHARED = 0.6
Made: TypeAlias = tuple[Target, dict[str, NDArray[Any]], str]
"""What is true, what each method answers, and the task."""
# Twice the standard error of a share of 5 % over 200 datasets is 3 points.
_ERRORS = 2.0


def judged(target: Target, answers: Mapping[str, NDArray[Any]], task: str) -> Judgement:
    """Judge one dataset from answers alone, as a report would.

    Parameters
    ----------
    target : Target
        What is true of the samples.
    answers : mapping of str to ndarray
        What each method predicts; names are ``<modalities>/<fusion or none>/<rest>``.
    task : str
        What kind of answers these are.
    """
    trials = []
    records: dict[str, Record] = {}
    predictions: dict[str, Predictions] = {}
    main = TASKS[task].main_metric
    for name, answer in answers.items():
        for fold in range(N_FOLDS):
            rows = np.arange(fold, len(answer), N_FOLDS)
            key = f"{len(trials):x}"
            place = {"dataset": "made", "method": name, "fold": fold, "seed": 0}
            trials.append({"key": key, **place})
            said = Prediction({_ANSWERS[task]: answer[rows]})
            records[key] = Record(
                key=key,
                suite="made",
                status="ok",
                scores={main: 0.5},
                n_train=len(answer) - len(rows),
                n_test=len(rows),
                **place,
            )
            kept = TASKS[task].answers.dump(target.take(rows), said)
            predictions[key] = Predictions(rows, kept)
    plan: dict[str, Any] = {
        "scoring": [main],
        "datasets": {"made": {"task": task}},
        "methods": {name: _described(name) for name in answers},
        "trials": trials,
    }
    run = Run(
        plan=plan,
        records=records,
        predictions=predictions.__getitem__,
        environment={},
        measured={},
        probes={},
    )
    return judge(run)["made"]


_ANSWERS = {"classification": "label", "multilabel": "label", "regression": "number"}


def _described(name: str) -> dict[str, str]:
    modalities, fusion, rest = name.split("/")
    classifier = "BaggingClassifier(Logistic)" if rest == "bagged" else "Logistic"
    return {
        "modalities": modalities,
        "fusion": fusion,
        "classifier": classifier,
        "extractors": "E",
    }


def made_up(
    rng: np.random.Generator, n: int, n_classes: int, accuracies: Mapping[str, float]
) -> Made:
    """Return labels, and answers of methods that are right with known chances."""
    y, shared = rng.integers(0, n_classes, n), rng.random(n)
    answers = {}
    for name, accuracy in accuracies.items():
        luck = np.where(rng.random(n) < SHARED, shared, rng.random(n))
        wrong = (y + rng.integers(1, n_classes, n)) % n_classes
        answers[name] = np.where(luck < accuracy, y, wrong)
    return Target(y, {"classes": list(range(n_classes))}), answers, "classification"


def made_sets(
    rng: np.random.Generator,
    n: int,
    frequencies: Sequence[float],
    accuracies: Mapping[str, float],
) -> Made:
    """Return sets of labels, and answers that are right of each with known chances.

    Half of the luck with a label is that of all labels of the sample.
    """
    shape = n, len(frequencies)
    y = (rng.random(shape) < frequencies).astype(np.intp)
    own, of_sample = rng.random(shape), rng.random((n, 1))
    shared = np.where(rng.random(shape) < 0.5, of_sample, own)
    answers = {}
    for name, accuracy in accuracies.items():
        luck = np.where(rng.random(shape) < SHARED, shared, rng.random(shape))
        answers[name] = np.where(luck < accuracy, y, 1 - y)
    names = [f"label{i}" for i in range(len(frequencies))]
    return Target(y, {"classes": names}), answers, "multilabel"


def made_numbers(rng: np.random.Generator, n: int, shares: Mapping[str, float]) -> Made:
    """Return numbers, and answers whose errors leave known shares of the variance.

    Errors have long tails, and part of each is that of all methods.
    """
    y = 1e6 + rng.normal(0, 1, n)
    shared = rng.standard_t(5, n)
    answers = {}
    for name, share in shares.items():
        noise = np.sqrt(SHARED) * shared + np.sqrt(1 - SHARED) * rng.standard_t(5, n)
        answers[name] = y + noise * np.sqrt((1 - share) * 3 / 5)
    schema = {"range": [float(y.min()), float(y.max())], "ordinal": False}
    return Target(y, schema), answers, "regression"


def methods(
    singles: list[float], fusions: list[float], *, bagged: bool = False
) -> dict[str, float]:
    """Name methods of given accuracies; fusions take turns in their kind."""
    kinds = ("early", "late", "hybrid", "stacked")
    found = {
        f"{('text', 'image')[i % 2]}/none/{i}": accuracy
        for i, accuracy in enumerate(singles)
    }
    for i, accuracy in enumerate(fusions):
        found[f"text+image/{kinds[i % 4]}/{i}"] = accuracy
    if bagged:
        found["text/none/bagged"] = singles[0]
    return found


FREQUENCIES = (0.5, 0.4, 0.3, 0.2, 0.1)
"""Of labels, where a sample may have several; they stand for classes below."""

NUMBERS = ()
"""Stands for classes where numbers are predicted."""

NULLS: dict[str, tuple[int, int | Sequence[float], dict[str, float]]] = {
    "one fusion, one single": (200, 2, methods([0.75], [0.75])),
    "16 fusions, one strong single": (200, 3, methods([0.75, 0.5, 0.4], [0.75] * 16)),
    "16 fusions, 6 singles, all alike": (300, 5, methods([0.7] * 6, [0.7] * 16)),
    "fusions from worse to equal": (
        150,
        2,
        methods([0.9, 0.85, 0.6], [0.9, 0.88, 0.8, 0.7]),
    ),
    "few samples, high scores": (60, 2, methods([0.95, 0.9], [0.95] * 4)),
    "an ensemble like its base": (200, 3, methods([0.75], [0.75], bagged=True)),
    "label sets, one fusion, one single": (200, FREQUENCIES, methods([0.85], [0.85])),
    "label sets, 16 fusions, 3 singles": (
        200,
        FREQUENCIES,
        methods([0.85] * 3, [0.85] * 16),
    ),
    "numbers, one fusion, one single": (200, NUMBERS, methods([0.6], [0.6])),
    "numbers, 16 fusions, 3 singles": (
        200,
        NUMBERS,
        methods([0.6] * 3, [0.6] * 16),
    ),
}


def claims(question: str, judgement: Judgement) -> tuple[bool, bool]:
    """Return whether a gain and whether a loss is claimed in answer to a question."""
    asked = [
        found
        for found in judgement.comparisons
        if (found.question == ENSEMBLE) == (question == ENSEMBLE)
    ]
    return any(each.is_gain for each in asked), any(each.is_loss for each in asked)


def null_line(name: str, n_datasets: int, seed: int) -> tuple[str, bool]:
    """Return how often luck is taken for a gain, and whether that is rare enough."""
    n, classes, accuracies = NULLS[name]
    question = ENSEMBLE if "ensemble" in name else FUSION
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(n_datasets):
        if isinstance(classes, int):
            made = made_up(rng, n, classes, accuracies)
        elif classes == NUMBERS:
            made = made_numbers(rng, n, accuracies)
        else:
            made = made_sets(rng, n, classes, accuracies)
        found.append(claims(question, judged(*made)))
    gain, loss = np.mean(found, axis=0)
    text = f"no gain: {name:34} gain claimed {gain:6.1%}, loss {loss:6.1%}"
    return f"{text}   (at most 5 %)", bool(gain <= 0.05)


def power_line(gain: float, n: int, n_datasets: int, seed: int) -> tuple[str, bool]:
    """Return how often a known gain is found, and how often theory says."""
    low, high = 0.75, 0.75 + gain
    rng = np.random.default_rng(seed)
    accuracies = methods([low], [high])
    found = [
        claims(FUSION, judged(*made_up(rng, n, 3, accuracies)))[0]
        for _ in range(n_datasets)
    ]
    # Answers differ where their own luck lies between, or apart: by enumeration.
    both = SHARED**2
    better = both * gain + (1 - both) * high * (1 - low)
    worse = (1 - both) * low * (1 - high)
    error = np.sqrt((better + worse - gain**2) / n)
    theory = norm.sf(norm.ppf(0.975) - gain / error)
    share = float(np.mean(found))
    # A point for theory being of accuracy and the verdict of macro-F1.
    room = _ERRORS * np.sqrt(theory * (1 - theory) / n_datasets) + 0.03
    text = f"gain of {100 * gain:.0f} points, {n} samples:".ljust(43)
    return f"{text} found {share:6.1%}   (theory: {theory:.1%})", abs(
        share - theory
    ) <= room


COVERAGES = (
    (2, 100, 0.8),
    (2, 150, 0.95),
    (4, 200, 0.9),
    (10, 500, 0.8),
    (3, 3000, 0.7),
)


def interval(
    task: str, target: Target, answer: NDArray[Any], draws: Resamples
) -> Interval:
    """Return the interval of the score by the task's main metric."""
    metric: Metric = TASKS[task].metrics_by_name[TASKS[task].main_metric]
    count, value = metric.as_sums
    rows = count(target, Prediction({_ANSWERS[task]: answer}))
    return bootstrap_score(value, rows, resamples=draws)


def coverage_line(
    n_classes: int, n: int, accuracy: float, n_datasets: int, seed: int
) -> tuple[str, bool]:
    """Return how often the interval of macro-F1 holds the truth."""
    prior = 1 / np.arange(1, n_classes + 1)
    prior /= prior.sum()
    errors = (1 - accuracy) / (n_classes - 1)
    confusion = prior[:, None] * np.where(np.eye(n_classes), accuracy, errors)
    support, predicted = confusion.sum(axis=1), confusion.sum(axis=0)
    truth = float(np.mean(2 * confusion.diagonal() / (support + predicted)))
    rng, draws, held = np.random.default_rng(seed), Resamples(np.arange(n)), 0
    for _ in range(n_datasets):
        cells = rng.choice(n_classes**2, size=n, p=confusion.ravel())
        y, answer = np.divmod(cells, n_classes)
        target = Target(y, {"classes": list(range(n_classes))})
        found = interval("classification", target, answer, draws)
        held += found.low <= truth <= found.high
    share = held / n_datasets
    text = f"interval: {n_classes} classes, {n} samples, {accuracy:.0%} right:".ljust(
        43
    )
    return f"{text} holds {share:6.1%}   (93 to 97 %)", 0.93 <= share <= 0.97


def set_coverage_line(
    n: int, accuracy: float, n_datasets: int, seed: int
) -> tuple[str, bool]:
    """Return how often the interval of the macro-F1 of label sets holds the truth."""
    shares = np.array(FREQUENCIES)
    hits = shares * accuracy
    named = hits + (1 - shares) * (1 - accuracy)
    truth = float(np.mean(2 * hits / (shares + named)))
    rng, draws, held = np.random.default_rng(seed), Resamples(np.arange(n)), 0
    for _ in range(n_datasets):
        target, answers, task = made_sets(rng, n, FREQUENCIES, {"m": accuracy})
        found = interval(task, target, answers["m"], draws)
        held += found.low <= truth <= found.high
    share = held / n_datasets
    text = f"interval: label sets, {n} samples, {accuracy:.0%} right:".ljust(43)
    return f"{text} holds {share:6.1%}   (93 to 97 %)", 0.93 <= share <= 0.97


def number_coverage_line(
    n: int, share: float, n_datasets: int, seed: int
) -> tuple[str, bool]:
    """Return how often the interval of R² holds the truth."""
    rng, draws, held = np.random.default_rng(seed), Resamples(np.arange(n)), 0
    for _ in range(n_datasets):
        target, answers, task = made_numbers(rng, n, {"m": share})
        found = interval(task, target, answers["m"], draws)
        held += found.low <= share <= found.high
    coverage = held / n_datasets
    text = f"interval: numbers, {n} samples, R² {share:.1f}:".ljust(43)
    return f"{text} holds {coverage:6.1%}   (93 to 97 %)", 0.93 <= coverage <= 0.97


def real_line(n_datasets: int, seed: int) -> tuple[str, bool]:
    """Return how often fits of texts and noise images are taken for a gain."""
    found = [
        claims(FUSION, judged(*fitted(seed + number))) for number in range(n_datasets)
    ]
    gain, loss = np.mean(found, axis=0)
    text = "no gain: real fits, images are noise".ljust(43)
    line = f"{text} gain claimed {gain:6.1%}, loss {loss:6.1%}   (at most 5 %)"
    return line, bool(gain <= 0.05)


def fitted(seed: int) -> Made:
    """Cross-validate real methods on texts that tell something and images of noise."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    from mmbench.datasets import make_multimodal
    from mmbench.suites.materials import Materials
    from mmbench.suites.parts import alone, fused, merged

    samples, _ = make_multimodal(
        n_samples=200,
        n_classes=2,
        redundant=0,
        unique_text=0.6,
        unique_image=0,
        synergy=0,
        random_state=seed,
    )
    materials = Materials(modalities={"text": "text", "image": "image"})
    extractors = {"text": "tfidf", "image": "pixels"}
    kinds = ("early", "late-mean", "late-weighted", "hybrid", "stacked")
    found = merged(
        alone(materials, "text", "tfidf", name="text/none/0"),
        alone(materials, "image", "pixels", name="image/none/1"),
        {
            f"text+image/{kind.partition('-')[0]}/{kind}": model
            for kind in kinds
            for model in fused(
                materials, ["text", "image"], kind, extractors=extractors
            ).values()
        },
    )
    # Rows are put in the order of the folds that `judged` takes.
    folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=seed)
    answers = {
        name: cross_val_predict(model, samples.X, samples.y, cv=folds)
        for name, model in found.items()
    }
    target = Target(np.asarray(samples.y), {"classes": [0, 1]})
    return target, answers, "classification"


def main() -> int:
    """Print a line a check; return 1 when one fails."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--datasets", type=int, default=200)
    parser.add_argument("--intervals", type=int, default=2000)
    parser.add_argument("--real", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--designs", action="store_true")
    given = parser.parse_args()
    checks: list[Callable[[], tuple[str, bool]]] = [
        *(
            lambda name=name: null_line(name, given.datasets, given.seed)
            for name in NULLS
        ),
        *(
            lambda case=case: power_line(*case, given.datasets, given.seed)
            for case in ((0.05, 300), (0.05, 800), (0.1, 300))
        ),
        *(
            lambda case=case: coverage_line(*case, given.intervals, given.seed)
            for case in COVERAGES
        ),
        *(
            lambda case=case: set_coverage_line(*case, given.intervals, given.seed)
            for case in ((150, 0.9), (400, 0.8))
        ),
        *(
            lambda case=case: number_coverage_line(*case, given.intervals, given.seed)
            for case in ((150, 0.3), (400, 0.8))
        ),
        lambda: real_line(given.real, given.seed),
    ]
    ok = True
    for check in checks:
        line, holds = check()
        print(line, "ok" if holds else "FAILS", flush=True)
        ok &= holds
    if given.designs:
        ok &= table([], n=400, seed=given.seed) == 0
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
