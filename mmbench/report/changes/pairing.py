"""What two runs answered to the samples that they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmbench.report.answers import predicted_labels
from mmbench.results import Predictions, Record, ResultStore
from mmbench.stats import rows_right

__all__ = ["Place", "SharedAnswers", "Side", "shared_answers"]

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
        """Return the trials of a pair that are ok, by seed and fold."""
        found = {}
        for trial in self.plan["trials"]:
            record = self.records.get(trial["key"])
            is_one = (trial["dataset"], trial["method"]) == (dataset, method)
            if is_one and record is not None and record.status == "ok":
                found[trial["seed"], trial["fold"]] = record
        return found


class SharedAnswers(NamedTuple):
    """Answers to the samples that two runs share.

    Attributes
    ----------
    y, base, new : ndarray of shape (n_rows,), intp, or (n_rows, n_classes), bool
        The true labels and those that each run predicts; classes by number, or
        indicators where a sample may have several.
    units : ndarray of shape (n_rows,)
        The sample of each row.
    n_classes : int
        The classes of the base run, and one for any other.
    """

    y: NDArray[Any]
    base: NDArray[Any]
    new: NDArray[Any]
    units: NDArray[np.intp]
    n_classes: int


def shared_answers(
    base: Side,
    new: Side,
    trials: Mapping[Place, Record],
    others: Mapping[Place, Record],
) -> SharedAnswers | None:
    """Return the answers to the samples that both runs tested.

    Parameters
    ----------
    base, new : Side
        The runs.
    trials, others : mapping
        The trials of one dataset and method that are ok, in each.

    Returns
    -------
    SharedAnswers or None
        None when they share no sample with the same label.

    Raises
    ------
    StoreError
        When predictions are missing or corrupt.
    """
    y, answers, units, classes = [], [], [], _classes(base, trials)
    for seed, other_seed in _seeds(trials, others):
        ids, truth, answer = _pooled(base, trials, seed, classes)
        other_ids, other_truth, other = _pooled(new, others, other_seed, classes)
        if truth.ndim != other_truth.ndim:
            return None
        _, here, there = np.intersect1d(ids, other_ids, return_indices=True)
        agree = rows_right(truth[here], other_truth[there])
        here, there = here[agree], there[agree]
        y.append(truth[here])
        answers.append((answer[here], other[there]))
        units.append(ids[here])
    if not sum(map(len, y)):
        return None
    return SharedAnswers(
        y=np.concatenate(y),
        base=np.concatenate([one for one, _ in answers]),
        new=np.concatenate([other for _, other in answers]),
        units=np.concatenate(units),
        n_classes=len(classes) + 1,
    )


def _seeds(trials: Iterable[Place], others: Iterable[Place]) -> list[tuple[int, int]]:
    """Pair the seeds: with themselves, or, where none is in both, in their order."""
    seeds, other_seeds = ({seed for seed, _ in places} for places in (trials, others))
    both = sorted(seeds & other_seeds)
    if both:
        return [(seed, seed) for seed in both]
    return list(zip(sorted(seeds), sorted(other_seeds), strict=False))


def _classes(side: Side, trials: Mapping[Place, Record]) -> NDArray[Any]:
    first = next(iter(trials.values()))
    return side.store.predictions(first.key).classes


def _pooled(
    side: Side, trials: Mapping[Place, Record], seed: int, classes: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return sample ids, truth and answers of all folds of a seed.

    A label that is none of `classes` gets the number, or column, behind the last.
    """
    parts = [
        side.store.predictions(trials[place].key)
        for place in sorted(trials)
        if place[0] == seed
    ]
    ids = np.concatenate([part.sample_ids for part in parts])
    told = [_told(part, classes) for part in parts]
    truth, answers = (np.concatenate(each) for each in zip(*told, strict=True))
    return ids, truth, answers


def _told(
    part: Predictions, classes: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return truth and answers of one trial, in terms of `classes`."""
    answers = predicted_labels(part)
    if answers.ndim == 2:
        columns = _number(part.classes, classes)
        n = len(classes)
        return _columns(part.y_true, columns, n), _columns(answers, columns, n)
    return _number(part.y_true, classes), _number(part.classes[answers], classes)


def _columns(
    indicator: NDArray[Any], columns: NDArray[np.intp], n_classes: int
) -> NDArray[np.bool_]:
    """Put the columns of an indicator to their places among those of `n_classes`."""
    placed = np.zeros((len(indicator), n_classes + 1), np.bool_)
    for values, column in zip(indicator.T, columns, strict=True):
        placed[:, column] |= values != 0
    return placed


def _number(labels: NDArray[Any], classes: NDArray[Any]) -> NDArray[np.intp]:
    if labels.dtype.kind != classes.dtype.kind:
        return np.full(len(labels), len(classes))
    places = np.minimum(np.searchsorted(classes, labels), len(classes) - 1)
    numbers: NDArray[np.intp] = np.where(
        classes[places] == labels, places, len(classes)
    )
    return numbers
