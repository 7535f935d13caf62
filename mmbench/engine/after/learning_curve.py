"""Methods trained on parts of the training samples: how scores grow with these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.engine.after.contenders import contenders
from mmbench.engine.after.further_fits import FurtherFits, key_of_fit
from mmbench.engine.after.retraining_rows import drawn, units_of
from mmbench.engine.graph.values import Rows
from mmbench.errors import DataError, UsageError
from mmbench.suite import Trial

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.datasets import Dataset, Samples
    from mmbench.engine.plan import Plan
    from mmbench.results import ResultStore

__all__ = ["LearningCurve", "check_train_sizes", "planned_curve", "smaller_rows"]

# Inner folds need two of every class.
_OF_EACH_CLASS = 2


def check_train_sizes(train_sizes: Sequence[float]) -> tuple[float, ...]:
    """Check the shares of the training samples that a learning curve is of.

    Parameters
    ----------
    train_sizes : sequence of float
        What a user gave.

    Returns
    -------
    tuple of float
        Ascending, without 1: that is what the trials are trained on.

    Raises
    ------
    UsageError
        When one is not above 0 and at most 1, or there is none below 1.
    """
    sizes = tuple(sorted({float(size) for size in train_sizes}))
    wrong = [size for size in sizes if not 0 < size <= 1]
    if wrong:
        raise UsageError(
            "train_sizes must be shares of the training samples, above 0 and at most "
            f"1, got {wrong[0]:g}."
        )
    below = tuple(size for size in sizes if size < 1)
    if sizes and not below:
        raise UsageError("train_sizes needs a share below 1, such as 0.1,0.25,0.5,1.")
    return below


@dataclass(frozen=True, kw_only=True)
class LearningCurve(FurtherFits):
    """Fits of methods on parts of the training samples, tested on the folds' rows.

    The folds of each size are numbered on from those of the size before.

    Parameters
    ----------
    suite : Suite
        What was run.
    samples : mapping of str to Samples
        The samples of each dataset, by the dataset's name.
    trials : mapping of str to Trial
        Key to fit.
    reasons : mapping of str to str
        Why there are no fits on a dataset, or fewer sizes than were asked for.
    sizes : mapping of str to float
        Key to the share of the training samples.
    """

    sizes: Mapping[str, float] = field(default_factory=dict)

    def _list_trials(self) -> list[dict[str, Any]]:
        return [
            {**trial, "train_size": self.sizes[trial["key"]]}
            for trial in super()._list_trials()
        ]


def planned_curve(
    plan: Plan, store: ResultStore, train_sizes: Sequence[float]
) -> LearningCurve:
    """Plan the learning curves of a run whose trials have ended.

    Parameters
    ----------
    plan : Plan
        What was run.
    store : ResultStore
        What it left.
    train_sizes : sequence of float
        Shares of the training samples, below 1 and ascending.

    Returns
    -------
    LearningCurve
        Of the methods that the main comparison may name; with a reason for every
        dataset where the smallest parts would lack a class.
    """
    trials: dict[str, Trial] = {}
    sizes: dict[str, float] = {}
    reasons: dict[str, str] = {}
    rows: dict[tuple[str, int], list[Rows]] = {}
    for name, methods in contenders(plan, store).items():
        kept, reasons_here, found = _rows_on(plan, name, train_sizes)
        reasons |= reasons_here
        rows |= {(name, seed): fits for seed, fits in found.items()}
        for seed, fits in found.items():
            for fold, fit in enumerate(fits):
                for method in methods:
                    trial = Trial(dataset=name, method=method, fold=fold, seed=seed)
                    key = key_of_fit(plan, trial, fit)
                    trials[key] = trial
                    sizes[key] = kept[fold // (len(fits) // len(kept))]
    return LearningCurve(
        suite=plan.suite,
        samples=plan.samples,
        trials=trials,
        reasons=reasons,
        sizes=sizes,
        _found_folds=rows,
        # Features that treat each row by itself are those of the trials.
        _found_nodes=plan._found_nodes,
    )


def _rows_on(
    plan: Plan, name: str, train_sizes: Sequence[float]
) -> tuple[Sequence[float], dict[str, str], dict[int, list[Rows]]]:
    """Return the possible sizes, why not all, and rows by seed, sizes apart."""
    dataset, samples = plan.datasets[name], plan.samples[name]
    reasons: dict[str, str] = {}
    for first in range(len(train_sizes)):
        kept = train_sizes[first:]
        try:
            found = {
                seed: [
                    smaller_rows(fold, kept, dataset, samples, number)
                    for number, fold in enumerate(plan._folds(name, seed))
                ]
                for seed in plan.suite.seeds
            }
        except DataError as error:
            why = str(error).split(";")[0].rstrip(".")
            reasons[name] = f"{train_sizes[first]:g} of the training samples: {why}"
            continue
        return (
            kept,
            reasons,
            {
                seed: [fold[i] for i in range(len(kept)) for fold in folds]
                for seed, folds in found.items()
            },
        )
    return (), reasons, {}


def smaller_rows(
    fold: Rows,
    train_sizes: Sequence[float],
    dataset: Dataset,
    samples: Samples,
    number: int,
) -> list[Rows]:
    """Return a fold with fewer training rows, each of its parts within the next.

    Parameters
    ----------
    fold : Rows
        All training rows, and those that are tested.
    train_sizes : sequence of float
        Shares of the training rows, ascending.
    dataset : Dataset
        Its task knows what every part must have.
    samples : Samples
        The dataset's; whole groups are left out.
    number : int
        Of the fold; seeds the draw.

    Returns
    -------
    list of Rows
        One a size.

    Raises
    ------
    DataError
        When the smallest part would have a class less than twice.
    """
    target = dataset.target(samples)
    owners = np.unique(units_of(samples)[fold.train], return_inverse=True)[1]
    owners = owners.reshape(-1)
    n_units = int(owners.max()) + 1

    def draw(rng: np.random.Generator) -> list[NDArray[np.intp]]:
        place = rng.permutation(n_units)[owners]
        return [
            fold.train[place < max(1, round(size * n_units))] for size in train_sizes
        ]

    def check(parts: list[NDArray[np.intp]]) -> None:
        smallest = target.take(parts[0])
        dataset.task.data.check(smallest, groups=None, n_folds=_OF_EACH_CLASS)

    return [Rows(train, fold.apply) for train in drawn(draw, check, number)]
