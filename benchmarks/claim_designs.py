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
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, norm

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
    """Ask a corrected t-test over 5 folds, of accuracy."""
    if len(answers) != 2:
        return np.nan
    right = (answers[0] == y) * 1.0 - (answers[1] == y)
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


def predicted(name: str, X: Array, y: Array, T: Array, seed: int) -> Array:
    """Fit a small classifier and return its answers.

    The two simple ones are written out, as scikit-learn's checks would take most of
    the time of fits this small.
    """
    from sklearn.tree import DecisionTreeClassifier

    if name == "logistic":
        return logistic(X, y, T)
    if name == "k-NN":
        squares = (T**2).sum(axis=1)[:, None] + (X**2).sum(axis=1) - 2 * T @ X.T
        nearest = np.argpartition(squares, 4, axis=1)[:, :5]
        return (y[nearest].mean(axis=1) > 0.5).astype(y.dtype)
    train, test = (each.astype(np.float32) for each in (X, T))
    tree = partial(DecisionTreeClassifier, max_depth=6)
    if name == "tree":
        model = tree(random_state=seed).fit(train, y, check_input=False)
        return np.asarray(model.predict(test, check_input=False))
    rng, votes = np.random.default_rng(seed), np.zeros(len(test))
    for number in range(15):
        rows = rng.integers(0, len(y), len(y))
        model = tree(max_features="sqrt", random_state=number)
        model.fit(train[rows], y[rows], check_input=False)
        votes += model.predict(test, check_input=False)
    return (votes > 7).astype(y.dtype)


def logistic(X: Array, y: Array, T: Array) -> Array:
    """Return the answers of a logistic regression with a penalty of 1, by Newton."""
    rows, test = (np.column_stack([np.ones(len(each)), each]) for each in (X, T))
    weights, penalty = np.zeros(rows.shape[1]), np.eye(rows.shape[1])
    penalty[0, 0] = 1e-6
    for _ in range(6):
        proba = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (y - proba) - penalty @ weights
        curve = (rows * (proba * (1 - proba))[:, None]).T @ rows + penalty
        weights = weights + np.linalg.solve(curve, slope)
    return (test @ weights > 0).astype(y.dtype)


def cross_validated(
    X: Array, y: Array, name: str, n_seeds: int, rng: np.random.Generator
) -> Array:
    """Return out-of-fold answers under several seeds, shape (n_seeds, n)."""
    answers = np.empty((n_seeds, len(y)), y.dtype)
    for seed in range(n_seeds):
        folds = rng.permutation(len(y)) % 5
        for fold in range(5):
            test = folds == fold
            answers[seed, test] = predicted(name, X[~test], y[~test], X[test], seed)
    return answers


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
    found = pooled(y, [cross_validated(X, y, name, n_seeds, rng) for X in sides])
    if is_anew:
        parts = [
            [
                pooled(
                    y[here],
                    [
                        cross_validated(X[here], y[here], name, n_seeds, rng)
                        for X in sides
                    ],
                )
                for here in np.array_split(rng.permutation(n), n_parts)
            ]
            for _ in range(n_splits)
        ]
        found = found.trained_anew(
            *excess_covariance(
                [[part.scores for part in split] for split in parts],
                [[part.covariance for part in split] for split in parts],
            )
        )
    return _asked(found, 1, 1, 0.0 if not gain else np.nan)


def trained_once(
    rng: np.random.Generator,
    *,
    name: str,
    n: int,
    n_test: int = 2000,
    gain: float = 0.0,
    n_retrainings: int = 10,
) -> Answer:
    """Compare two methods on an official split, retrained or not."""
    *train, y = views(rng, n, gain)
    *test, y_test = views(rng, n_test, gain)
    target = Target(y_test, {"classes": [0, 1]})

    def fitted(rows: Array, seed: int) -> Estimates:
        answers = [
            predicted(name, X[rows], y[rows], T, seed)
            for X, T in zip(train, test, strict=True)
        ]
        return estimated(target, answers, np.arange(n_test), "classification")

    found = fitted(np.arange(n), 0)
    if n_retrainings:
        again = [fitted(rng.integers(0, n, n), 1 + r) for r in range(n_retrainings)]
        found = found.trained_anew(
            *retraining_covariance(
                [each.scores for each in again], [each.influence for each in again]
            )
        )
    return _asked(found, 1, 1, 0.0 if not gain else np.nan)


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
            for n_seeds in (1, 5) if name != "forest" else (1,):
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
    for name in ("tree", "logistic"):
        for n in (200, 500, 1000):
            yield Design(
                "power anew",
                f"{name}, {n} rows, 1 seed, the first view tells a quarter more",
                partial(trained_by_folds, name=name, n=n, gain=0.25),
            )


QUICK = (
    "10 rows a group, correlation 0.9, no gain",
    "1 against 1, all equal",
    "10 against 3, all equal",
    "30 against 3, 30 of 30 better by 6 points",
)
"""Designs of the short form, with fewer data sets."""


def answered(design: Design, n: int, seed: int) -> list[Answer]:
    """Make data sets and ask for claims."""
    rng = np.random.default_rng([seed, zlib.crc32(design.name.encode())])
    return [design.one(rng) for _ in range(n)]


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


def run(found: Sequence[Design], n: int, seed: int, jobs: int) -> Iterator[Line]:
    """Yield a line a design, in their order; equal for any number of jobs."""
    if jobs == 1:
        yield from (summary(answered(design, n, seed)) for design in found)
        return
    parts = max(1, n // 25)
    with ProcessPoolExecutor(jobs) as pool:
        for design in found:
            sizes = [len(part) for part in np.array_split(np.arange(n), parts)]
            seeds = [1000 * seed + part for part in range(parts)]
            got = pool.map(answered, [design] * parts, sizes, seeds)
            yield summary([each for part in got for each in part])


def table(
    wanted: Sequence[str],
    *,
    n: int,
    seed: int = 0,
    jobs: int = 2,
    is_quick: bool = False,
) -> int:
    """Print a line a design; return 1 when a level or a coverage is not kept."""
    found, is_ok = chosen(wanted, is_quick=is_quick), True
    print(f"{'':72} {'n':>5} {'better':>7} {'worse':>6} {'covers':>7} {'width':>6}  t")
    for design, line in zip(found, run(found, n, seed, jobs), strict=True):
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
    given = parser.parse_args()
    return table(
        given.only,
        n=given.replicates or (100 if given.quick else 400),
        seed=given.seed,
        jobs=given.jobs,
        is_quick=given.quick,
    )


if __name__ == "__main__":
    sys.exit(main())
