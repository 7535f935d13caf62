"""Designs whose truth is known, for the claims of `mmbench.stats`.

Each design makes up one data set after another, asks the functions that verdicts rest
on, and compares their answers with the truth: how often is something claimed that is
not there, how often do intervals cover, how wide are they beside those of somebody who
knows the true variance, and how often is a true difference found?

    python benchmarks/claim_designs.py                    # about an hour on two cores
    python benchmarks/claim_designs.py --quick            # under a minute
    python benchmarks/claim_designs.py --only groups pairs --replicates 400
"""

from __future__ import annotations

import argparse
import math
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, norm
from small_learners import predicted
from threadpoolctl import threadpool_limits

from mmbench.stats import (
    Estimates,
    Question,
    Resamples,
    compare_best,
    compare_pairs,
    corrected_resampled_ttest,
    excess_covariance,
    retraining_covariance,
)
from mmbench.tasks import TASKS, Prediction, Target

Array = NDArray[Any]
Made = tuple[Target, list[Array], Array]
"""What is true, what each method answers, and the unit of each row."""

_ANSWERS = {"classification": "label", "multilabel": "label", "regression": "number"}
_NORMAL = float(norm.ppf(0.975))


class Answer(NamedTuple):
    """What one data set gave.

    Attributes
    ----------
    estimate, low, high : float
        The claim's.
    truth : float
        The true difference.
    plain_p : float
        The p-value of a plain corrected t-test over folds; NaN where none is asked.
    """

    estimate: float
    low: float
    high: float
    truth: float
    plain_p: float = np.nan


@dataclass(frozen=True)
class Design:
    """Data sets of one kind, and what is asked of them."""

    kind: str
    name: str
    one: Callable[[np.random.Generator], Answer]

    @property
    def title(self) -> str:
        """Kind and name."""
        return f"{self.kind}: {self.name}"


class Line(NamedTuple):
    """What all data sets of a design gave.

    Attributes
    ----------
    n : int
        Data sets.
    gains, losses : float
        How often the first is called better, and worse.
    coverage : float
        How often the interval covers the true difference.
    width : float
        The intervals' mean width over that of an interval of the true variance.
    plain : float
        How often a plain corrected t-test finds a gain.
    is_null : bool
        Whether there is truly no difference.
    """

    n: int
    gains: float
    losses: float
    coverage: float
    width: float
    plain: float
    is_null: bool


def estimated(target: Target, answers: Sequence[Array], units: Array, task: str) -> Any:
    """Return the estimates of the task's main metric."""
    metric = TASKS[task].metrics_by_name[TASKS[task].main_metric]
    count, value = metric.as_sums
    resamples = Resamples(units, n_resamples=1)
    counted = [
        resamples.by_block(count(target, Prediction({_ANSWERS[task]: each})))
        for each in answers
    ]
    return Estimates.of(value, counted, greater_is_better=metric.greater_is_better)


# Fitted models on new samples.


def right_answers(
    rng: np.random.Generator,
    accuracies: Sequence[float],
    units: Array,
    correlation: float,
    prior: Sequence[float],
) -> tuple[Array, list[Array]]:
    """Return classes, and answers that are right with known chances.

    Half of what makes an answer right is shared by all methods; both halves are
    correlated within units.
    """
    n, n_classes = len(units), len(prior)
    y = rng.choice(n_classes, n, p=prior)

    def latent() -> Array:
        of_unit = rng.normal(size=units.max() + 1)[units]
        return np.sqrt(correlation) * of_unit + np.sqrt(1 - correlation) * rng.normal(
            size=n
        )

    shared, answers = latent(), []
    for accuracy in accuracies:
        is_right = (shared + latent()) / np.sqrt(2) < norm.ppf(accuracy)
        wrong = (y + rng.integers(1, n_classes, n)) % n_classes
        answers.append(np.where(is_right, y, wrong))
    return y, answers


def true_score(accuracy: float, prior: Sequence[float]) -> float:
    """Return the macro-F1 of answers that are right with a known chance."""
    shares = np.asarray(prior)
    others = (1 - accuracy) / (len(shares) - 1)
    named = shares * accuracy + (1 - shares) * others
    return float(np.mean(2 * shares * accuracy / (shares + named)))


def fixed_models(
    rng: np.random.Generator,
    *,
    firsts: Sequence[float] = (0.75,),
    seconds: Sequence[float] = (0.75,),
    n: int = 600,
    rows: int = 1,
    correlation: float = 0.0,
    prior: Sequence[float] = (0.4, 0.35, 0.25),
) -> Answer:
    """Compare the best of models of known accuracies with the best of some others."""
    units = np.arange(n) // rows
    y, answers = right_answers(rng, [*firsts, *seconds], units, correlation, prior)
    target = Target(y, {"classes": list(range(len(prior)))})
    k = len(firsts)
    found = estimated(target, answers, units, "classification")
    truth = true_score(max(firsts), prior) - true_score(max(seconds), prior)
    return _asked(found, k, len(seconds), truth, _plain(y, answers))


def _plain(y: Array, answers: Sequence[Array]) -> float:
    """Ask a corrected t-test over 5 folds, of accuracy under the first seed."""
    if len(answers) != 2:
        return np.nan
    first, second = (np.atleast_2d(each)[0] for each in answers)
    right = (first == y) * 1.0 - (second == y)
    folds = [float(right[fold::5].mean()) for fold in range(5)]
    return corrected_resampled_ttest(folds, test_share=0.25).p_value


def _asked(
    found: Estimates, k: int, n_others: int, truth: float, plain_p: float = np.nan
) -> Answer:
    if k == n_others == 1:
        claim = compare_pairs(found, [(0, 1)])[0]
    else:
        asked = Question(tuple(range(k)), tuple(range(k, k + n_others)))
        claim = compare_best(found, [asked])[0]
    return Answer(claim.estimate, claim.low, claim.high, truth, plain_p)


def numbers(
    rng: np.random.Generator, *, k: int = 1, n_others: int = 1, n: int = 600
) -> Answer:
    """Compare predictions of numbers whose errors have long tails, equally good."""
    y, shared = rng.normal(size=n), rng.standard_t(5, n)
    answers = [y + 0.5 * (shared + rng.standard_t(5, n)) for _ in range(k + n_others)]
    target = Target(y, {"range": [float(y.min()), float(y.max())], "ordinal": False})
    found = estimated(target, answers, np.arange(n), "regression")
    return _asked(found, k, n_others, 0.0)


# Methods trained anew: two independent views of y, equally informative.


def views(
    rng: np.random.Generator, n: int, gain: float = 0.0
) -> tuple[Array, Array, Array]:
    """Return two sets of features and classes; the first tells more by `gain`."""
    y = rng.integers(0, 2, n)
    signs = 2 * y[:, None] - 1
    slopes = np.array([0.6, 0.4, 0.3, 0.2, 0, 0, 0, 0])
    first, second = (
        signs * slopes * strength + rng.normal(size=(n, len(slopes)))
        for strength in (1 + gain, 1)
    )
    return first, second, y


def cross_validated(
    sides: Sequence[Array],
    y: Array,
    parts: Sequence[Array],
    *,
    name: str,
    n_seeds: int,
    rng: np.random.Generator,
) -> list[list[Array]]:
    """Cross-validate on parts of the rows, all of one size, under several seeds.

    Returns
    -------
    list of list of ndarray of shape (n_seeds, n_rows)
        Out-of-fold answers by part and side.
    """
    rows = np.stack([part for part in parts for _ in range(n_seeds)])
    orders = rng.permuted(np.tile(np.arange(rows.shape[1]), (len(rows), 1)), axis=1)
    # Rows are in random order anyway, and so the first seed's folds are every fifth.
    orders[::n_seeds] = np.arange(rows.shape[1]).reshape(-1, 5).T.ravel()
    test = orders.reshape(len(rows), 5, -1)
    train = np.stack(
        [np.delete(test, fold, axis=1).reshape(len(rows), -1) for fold in range(5)], 1
    )
    here, there = (
        np.take_along_axis(rows[:, None], at, axis=2).reshape(-1, at.shape[2])
        for at in (train, test)
    )
    answers = []
    for X in sides:
        said = np.empty(rows.shape, np.int8)
        found = predicted(name, X[here], y[here], X[there], rng)
        np.put_along_axis(said, orders, found.reshape(rows.shape), axis=1)
        answers.append(said.reshape(len(parts), n_seeds, -1))
    return [list(each) for each in zip(*answers, strict=True)]


def pooled(y: Array, answers: Sequence[Array]) -> Estimates:
    """Return the estimates of methods from their answers under several seeds."""
    n_seeds = len(answers[0])
    target = Target(np.tile(y, n_seeds), {"classes": [0, 1]})
    units = np.tile(np.arange(len(y)), n_seeds)
    flat = [each.reshape(-1) for each in answers]
    return estimated(target, flat, units, "classification")


def trained_by_folds(
    rng: np.random.Generator,
    *,
    name: str,
    n: int,
    n_seeds: int = 1,
    gain: float = 0.0,
    n_splits: int = 10,
    n_parts: int = 2,
    is_anew: bool = True,
) -> Answer:
    """Compare two methods by cross-validation, with training's variance or without."""
    *sides, y = views(rng, n, gain)
    how = partial(cross_validated, sides, y, name=name, n_seeds=n_seeds, rng=rng)
    (answers,) = how([np.arange(n)])
    found = pooled(y, answers)
    if is_anew:
        parts = np.concatenate(
            [rng.permutation(n).reshape(n_parts, -1) for _ in range(n_splits)]
        )
        within = [
            pooled(y[part], said) for part, said in zip(parts, how(parts), strict=True)
        ]
        shape = n_splits, n_parts
        found = found.trained_anew(
            *excess_covariance(
                np.reshape([part.scores for part in within], (*shape, 2)),
                np.reshape([part.covariance for part in within], (*shape, 2, 2)),
            )
        )
    truth = true_gain(name, n, gain) if gain else 0.0
    return _asked(found, 1, 1, truth, _plain(y, answers))


@cache
def true_gain(name: str, n: int, gain: float) -> float:
    """Return the difference that methods have when trained on four fifths of n rows.

    From 200 training sets and 2,000 test rows each, so to about a tenth of a point.
    """
    rng = np.random.default_rng(0)
    n_sets, n_train, scores = 200, n * 4 // 5, []
    for _ in range(n_sets):
        *sides, y = views(rng, n_train + 2000, gain)
        answers = [
            predicted(
                name, X[None, :n_train], y[None, :n_train], X[None, n_train:], rng
            )
            for X in sides
        ]
        scores.append(pooled(y[n_train:], answers).scores)
    first, second = np.mean(scores, axis=0)
    return float(first - second)


def trained_once(
    rng: np.random.Generator,
    *,
    name: str,
    n: int,
    n_test: int = 1000,
    n_retrainings: int = 10,
) -> Answer:
    """Compare two methods on an official split, retrained or not."""
    *train, y = views(rng, n)
    *test, y_test = views(rng, n_test)
    target = Target(y_test, {"classes": [0, 1]})
    rows = np.vstack([np.arange(n), rng.integers(0, n, (n_retrainings, n))])
    shape = len(rows), *test[0].shape
    answers = [
        predicted(name, X[rows], y[rows], np.broadcast_to(T, shape), rng)
        for X, T in zip(train, test, strict=True)
    ]
    found, *again = (
        estimated(target, said, np.arange(n_test), "classification")
        for said in zip(*answers, strict=True)
    )
    if again:
        found = found.trained_anew(
            *retraining_covariance(
                [each.scores for each in again], [each.influence for each in again]
            )
        )
    return _asked(found, 1, 1, 0.0)


# The grid.


def designs() -> Iterator[Design]:
    """Yield all designs."""
    yield from group_designs()
    yield from many_designs()
    yield from training_designs()


def group_designs() -> Iterator[Design]:
    """Yield those of rows that belong together."""
    for rows in (1, 3, 10):
        for correlation in (0.5, 0.9) if rows > 1 else (0.0,):
            for name, gain in (("no gain", 0.0), ("gain 5", 0.05)):
                yield Design(
                    "groups",
                    f"{rows} rows a group, correlation {correlation}, {name}",
                    partial(
                        fixed_models,
                        firsts=(0.75 + gain,),
                        rows=rows,
                        correlation=correlation,
                    ),
                )
    yield Design(
        "groups",
        "10 groups of 60 rows, correlation 0.5, no gain",
        partial(fixed_models, rows=60, correlation=0.5),
    )


def many_designs() -> Iterator[Design]:
    """Yield those of the best of many, and the power for one pair."""
    for k, n_others in ((1, 1), (10, 3), (30, 30)):
        yield Design(
            "many",
            f"{k} against {n_others}, all equal",
            partial(fixed_models, firsts=(0.75,) * k, seconds=(0.75,) * n_others),
        )
        yield Design(
            "many",
            f"{k} against {n_others}, all equal, 95:5",
            partial(
                fixed_models,
                firsts=(0.9,) * k,
                seconds=(0.9,) * n_others,
                prior=(0.95, 0.05),
            ),
        )
        yield Design(
            "many",
            f"{k} against {n_others}, numbers, all equal",
            partial(numbers, k=k, n_others=n_others),
        )
    for k, n_others in ((10, 3), (30, 30)):
        yield Design(
            "many",
            f"{k} against {n_others}, all equal to one, others behind",
            partial(
                fixed_models,
                firsts=(0.75,) * k,
                seconds=(0.75,) + (0.5,) * (n_others - 1),
            ),
        )
    for gain in (0.03, 0.06):
        for best in (1, 30):
            yield Design(
                "many",
                f"30 against 3, {best} of 30 better by {100 * gain:.0f} points",
                partial(
                    fixed_models,
                    firsts=(0.75 + gain,) * best + (0.75,) * (30 - best),
                    seconds=(0.75, 0.75, 0.7),
                ),
            )
    for gain in (0.01, 0.02, 0.05):
        for n in (500, 2000, 5000):
            yield Design(
                "power",
                f"1 against 1, {n:,} rows, gain {100 * gain:.0f}",
                partial(fixed_models, firsts=(0.75 + gain,), n=n),
            )


def training_designs() -> Iterator[Design]:
    """Yield those of methods trained anew, and of fitted models beside them."""
    for name in ("tree", "logistic", "k-NN", "forest"):
        for n in (200, 500, 1000):
            for n_seeds in (1, 5):
                yield Design(
                    "trained",
                    f"{name}, {n} rows, {n_seeds} seeds",
                    partial(trained_by_folds, name=name, n=n, n_seeds=n_seeds),
                )
            yield Design(
                "fitted only",
                f"{name}, {n} rows, 1 seed, training left out",
                partial(trained_by_folds, name=name, n=n, is_anew=False),
            )
            yield Design(
                "official",
                f"{name}, {n} training rows, 10 retrainings",
                partial(trained_once, name=name, n=n),
            )
            yield Design(
                "fitted only",
                f"{name}, {n} training rows, official split, none retrained",
                partial(trained_once, name=name, n=n, n_retrainings=0),
            )
    for points, gain in ((1, 0.043), (2, 0.087), (5, 0.225)):
        for n in (500, 2000, 5000):
            yield Design(
                "power anew",
                f"logistic, {n:,} rows, gain about {points}",
                partial(trained_by_folds, name="logistic", n=n, gain=gain),
            )


PART = 25
"""Data sets of one seed."""

QUICK = (
    "10 rows a group, correlation 0.9, no gain",
    "1 against 1, all equal",
    "10 against 3, all equal",
    "30 against 3, 30 of 30 better by 6 points",
)
"""Designs of the short form, with fewer data sets."""


def answered(design: Design, seed: int, kept: Path | None = None) -> list[Answer]:
    """Make 25 data sets and ask for claims, or read what was kept of that."""
    file = kept and kept / f"{zlib.crc32(design.title.encode()):08x}-{seed}.npy"
    if file and file.exists():
        return [Answer(*each) for each in np.load(file).tolist()]
    rng = np.random.default_rng([seed, zlib.crc32(design.name.encode())])
    with threadpool_limits(1):
        found = [design.one(rng) for _ in range(PART)]
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.save(file, np.array(found))
    return found


def summary(found: Sequence[Answer]) -> Line:
    """Return what all data sets of a design gave."""
    estimates, low, high, truth, plain = np.array(found).T
    covers = (low <= truth) & (truth <= high)
    is_known = ~np.isnan(truth).any()
    spread = float(estimates.std(ddof=1)) if len(found) > 1 else np.nan
    return Line(
        n=len(found),
        gains=float(np.mean(low > 0)),
        losses=float(np.mean(high < 0)),
        coverage=float(np.mean(covers)) if is_known else np.nan,
        width=float(np.mean(high - low) / (2 * _NORMAL * spread)) if spread else np.nan,
        plain=float(np.mean((plain < 0.05) & (estimates > 0)))
        if not np.isnan(plain).any()
        else np.nan,
        is_null=bool(is_known and (truth == 0).all()),
    )


def holds(line: Line, n_cells: int) -> bool:
    """Return whether false claims are at most 5 %, and coverage at least 93 %.

    Both within the error of the simulation, corrected for the number of cells.
    """
    alpha = 0.05 / n_cells
    allowed = binom.isf(alpha, line.n, 0.05) / line.n
    needed = binom.ppf(alpha, line.n, 0.93) / line.n
    is_level = not line.is_null or line.gains + line.losses <= allowed
    return is_level and (np.isnan(line.coverage) or line.coverage >= needed)


def chosen(wanted: Sequence[str], *, is_quick: bool) -> list[Design]:
    """Return the designs of some kinds or names, or of the short form."""
    return [
        design
        for design in designs()
        if (design.name in QUICK if is_quick else True)
        and (not wanted or any(each in design.title for each in wanted))
    ]


def run(
    found: Sequence[Design],
    n: int,
    seed: int = 0,
    jobs: int = 1,
    kept: Path | None = None,
) -> Iterator[Line]:
    """Yield a line a design, in their order; equal for any number of jobs."""
    parts = [1000 * seed + part for part in range(math.ceil(n / PART))]
    pool = ProcessPoolExecutor(jobs) if jobs > 1 else None
    with pool or nullcontext():
        for design in found:
            ask = partial(answered, design, kept=kept)
            got = pool.map(ask, parts) if pool else map(ask, parts)
            yield summary([each for part in got for each in part])


def table(
    wanted: Sequence[str],
    *,
    n: int,
    seed: int = 0,
    jobs: int = 2,
    is_quick: bool = False,
    kept: Path | None = None,
) -> int:
    """Print a line a design; return 1 when a level or a coverage is not kept."""
    found, is_ok = chosen(wanted, is_quick=is_quick), True
    print(f"{'':72} {'n':>5} {'better':>7} {'worse':>6} {'covers':>7} {'width':>6}  t")
    for design, line in zip(found, run(found, n, seed, jobs, kept), strict=True):
        # What leaves training out is there to be seen to fail.
        is_kept = design.kind == "fitted only" or holds(line, len(found))
        is_ok &= is_kept
        print(
            f"{design.title:72} {line.n:5} {line.gains:7.1%} "
            f"{line.losses:6.1%} {line.coverage:7.1%} {line.width:6.2f} "
            f"{'' if np.isnan(line.plain) else f'{line.plain:6.1%}':>6} "
            f"{'' if is_kept else 'FAILS'}",
            flush=True,
        )
    return 0 if is_ok else 1


def main() -> int:
    """Read the options and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="+", default=[], metavar="TEXT")
    parser.add_argument("--replicates", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--kept", type=Path, metavar="DIR", help="resume from there")
    given = parser.parse_args()
    return table(
        given.only,
        n=given.replicates or (100 if given.quick else 400),
        seed=given.seed,
        jobs=given.jobs,
        is_quick=given.quick,
        kept=given.kept,
    )


if __name__ == "__main__":
    sys.exit(main())
