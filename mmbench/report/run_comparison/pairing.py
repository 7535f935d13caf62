"""What two runs predicted for the samples that they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmbench.report.judging.oof_predictions import (
    Part,
    contributions_of,
    pooled_target,
    read_part,
)
from mmbench.results import Record, ResultStore
from mmbench.tasks import Metric, Prediction, Target, Task

__all__ = ["Place", "SharedPredictions", "Side", "shared_predictions"]

Place = tuple[int, int]
"""The seed and the fold of a trial."""


@dataclass(frozen=True)
class Side:
    """One run.

    Parameters
    ----------
    store : ResultStore
        Its folder.
    plan : mapping
        What its ``plan.json`` holds.
    records : mapping of str to Record
        The last record of each key.
    """

    store: ResultStore
    plan: Mapping[str, Any]
    records: Mapping[str, Record]

    def trials(self, dataset: str, method: str) -> dict[Place, Record]:
        """Return the trials of a pair that are ok, by seed and fold.

        Parameters
        ----------
        dataset, method : str
            Their names.

        Returns
        -------
        dict of (int, int) to Record
            Records by seed and fold.
        """
        found = {}
        for trial in self.plan["trials"]:
            record = self.records.get(trial["key"])
            is_one = (trial["dataset"], trial["method"]) == (dataset, method)
            if is_one and record is not None and record.status == "ok":
                found[trial["seed"], trial["fold"]] = record
        return found


class SharedPredictions(NamedTuple):
    """Predictions for the samples that two runs share.

    Attributes
    ----------
    task : Task
        What they answer.
    base, new : list of (Target, Prediction)
        Those of each run, in the same order.
    units : ndarray of shape (n_contributions,)
        What each row of a metric's contributions is resampled with.
    """

    task: Task
    base: list[tuple[Target, Prediction]]
    new: list[tuple[Target, Prediction]]
    units: NDArray[Any]

    def contributions(self, metric: Metric) -> tuple[Any, Any] | None:
        """Return those of both runs; None where the metric is not defined for one.

        Parameters
        ----------
        metric : Metric
            A metric of the dataset's task.

        Returns
        -------
        tuple or None
            The contributions of the base's rows and of the new run's.
        """
        count = metric.contributions
        parts = (*self.base, *self.new)
        if count is None or not all(metric.is_defined(*part) for part in parts):
            return None
        base, new = (
            contributions_of(self.task, side, count) for side in (self.base, self.new)
        )
        return base, new


def shared_predictions(
    task: Task,
    base: Side,
    new: Side,
    trials: Mapping[Place, Record],
    others: Mapping[Place, Record],
) -> SharedPredictions | None:
    """Return the predictions for the samples that both runs tested.

    Parameters
    ----------
    task : Task
        The dataset's task.
    base, new : Side
        The runs.
    trials, others : mapping
        The trials of one dataset and method that are ok, in each.

    Returns
    -------
    SharedPredictions or None
        None when they share no sample with the same target.

    Raises
    ------
    StoreError
        When predictions are missing or corrupt.
    """
    found: list[tuple[Part, Part]] = []
    for seed, other_seed in _seeds(trials, others):
        sides = (
            _parts(task, base, trials, seed),
            _parts(task, new, others, other_seed),
        )
        found += _paired(task, *sides)
    if not found:
        return None
    return SharedPredictions(
        task,
        [(one.target, one.prediction) for one, _ in found],
        [(other.target, other.prediction) for _, other in found],
        np.concatenate([one.units for one, _ in found]),
    )


def _seeds(trials: Iterable[Place], others: Iterable[Place]) -> list[tuple[int, int]]:
    """Pair the seeds: with themselves, or, where none is in both, in their order."""
    seeds, other_seeds = ({seed for seed, _ in places} for places in (trials, others))
    both = sorted(seeds & other_seeds)
    if both:
        return [(seed, seed) for seed in both]
    return list(zip(sorted(seeds), sorted(other_seeds), strict=False))


def _parts(
    task: Task, side: Side, trials: Mapping[Place, Record], seed: int
) -> list[Part]:
    """Return the predictions of all folds of a seed."""
    places = sorted(place for place in trials if place[0] == seed)
    keys = (trials[place].key for place in places)
    return [read_part(task, side.store.predictions(key)) for key in keys]


def _paired(
    task: Task, base: Sequence[Part], new: Sequence[Part]
) -> list[tuple[Part, Part]]:
    """Pair what two runs predicted for the same samples with the same targets."""
    if task.independent_rows:
        pairs = [_shared_rows(_pooled(base), _pooled(new))]
        return [(one, other) for one, other in pairs if len(one.ids)]
    # A row's score depends on the others of its fold, so folds are shared or not.
    pairs = list(zip(base, new, strict=False))
    are_shared = len(base) == len(new) and all(
        np.array_equal(one.ids, other.ids)
        and _same_schema(one, other)
        and _agree(one.target, other.target).all()
        for one, other in pairs
    )
    return pairs if are_shared else []


def _pooled(parts: Sequence[Part]) -> Part:
    return Part(
        np.concatenate([part.ids for part in parts]),
        pooled_target([part.target for part in parts]),
        Prediction.concatenate([part.prediction for part in parts]),
        np.concatenate([part.units for part in parts]),
    )


def _shared_rows(base: Part, new: Part) -> tuple[Part, Part]:
    _, here, there = np.intersect1d(base.ids, new.ids, return_indices=True)
    agree = np.zeros(len(here), np.bool_)
    if _same_schema(base, new):
        agree = _agree(base.target.take(here), new.target.take(there))
    return _take(base, here[agree]), _take(new, there[agree])


def _same_schema(base: Part, new: Part) -> bool:
    """Return whether targets are of one kind, such as of the same classes."""
    kinds = {part.target.scored.dtype.kind for part in (base, new)}
    shapes = {part.target.scored.shape[1:] for part in (base, new)}
    return len(kinds) == len(shapes) == 1 and base.target.schema == new.target.schema


def _agree(target: Target, other: Target) -> NDArray[np.bool_]:
    """Return which rows have the same target."""
    equal = target.scored == other.scored
    found: NDArray[np.bool_] = equal.reshape(len(equal), -1).all(axis=1)
    return found


def _take(part: Part, rows: NDArray[np.intp]) -> Part:
    return Part(
        part.ids[rows],
        part.target.take(rows),
        part.prediction.take(rows),
        part.units[rows],
    )
