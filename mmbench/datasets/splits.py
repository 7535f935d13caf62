"""Groups, official splits, and whether there is enough of everything to split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.columns import Column, categorical_values, is_missing, numbers_of
from mmbench.columns.look_alikes import look_alikes
from mmbench.errors import DataError, UsageError
from mmbench.untrusted import short

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.checks import Finding
    from mmbench.datasets.samples import Samples
    from mmbench.tasks import Target, Task

__all__ = [
    "PARTS",
    "VALIDATION",
    "check_folds",
    "check_sides",
    "check_split",
    "check_weights",
    "group_array",
    "split_array",
    "weight_array",
]

VALIDATION = "validation"
_NO_WEIGHT = "a sample weight must be a finite number above 0"
PARTS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("test", "testing"), "test"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), VALIDATION),
}
"""The parts of an official split, by how they may be spelled, in lower case."""


def group_array(column: Column) -> tuple[NDArray[np.str_], tuple[Finding, ...]]:
    """Return groups as strings, and notices of those that look alike; 1.0 is ``"1"``.

    Parameters
    ----------
    column : Column
        The table's column of groups.

    Returns
    -------
    tuple of (ndarray, tuple of Finding)
        One string per row, and the notices.

    Raises
    ------
    DataError
        When a cell is missing, so that it is unknown whether its row may be split off,
        or holds something that is neither a string nor a number.
    """
    _require_all(column, "group")
    groups = categorical_values(column).values
    for position, group in enumerate(groups):
        if "\0" in group:
            raise column.error(position, f"{short(group)} holds a NUL character.")
    so = ", so a split can part their rows"
    return np.array(groups), look_alikes(column.name, groups, "groups", so)


def split_array(column: Column) -> NDArray[np.str_]:
    """Return ``"train"``, ``"test"`` or ``"validation"`` for every row.

    Parameters
    ----------
    column : Column
        The table's column of the official split.

    Returns
    -------
    ndarray of str, shape (n_rows,)
        The part of each row.

    Raises
    ------
    DataError
        When a cell is missing, or none of these in any usual spelling.
    """
    _require_all(column, "part")
    parts = []
    for position, cell in enumerate(column.cells):
        part = PARTS.get(str(cell).strip().lower())
        if part is None:
            raise column.error(
                position, f"a split must be 'train' or 'test', got {short(cell)}."
            )
        parts.append(part)
    return np.array(parts)


def weight_array(column: Column) -> NDArray[np.float64]:
    """Return sample weights as floats.

    Parameters
    ----------
    column : Column
        The table's column of sample weights.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        One weight per row.

    Raises
    ------
    DataError
        When a cell is missing, or no finite number above 0.
    """
    _require_all(column, "sample weight")
    weights = np.asarray(numbers_of(column, "leave sample_weight out"), np.float64)
    for position in np.flatnonzero(~(np.isfinite(weights) & (weights > 0))).tolist():
        cell = short(column.cells[position])
        raise column.error(position, f"{_NO_WEIGHT}, got {cell}.")
    return weights


def check_weights(weights: NDArray[Any]) -> None:
    """Check that sample weights are finite numbers above 0.

    Parameters
    ----------
    weights : ndarray of shape (n_rows,)
        One weight per row.

    Raises
    ------
    DataError
        When one is not.
    """
    found = np.asarray(weights)
    if found.dtype.kind not in "iuf" or not (np.isfinite(found) & (found > 0)).all():
        raise DataError(f"{_NO_WEIGHT}.")


def check_sides(split: NDArray[np.str_]) -> None:
    """Check that an official split has rows on both sides.

    Parameters
    ----------
    split : ndarray of str, shape (n_rows,)
        The part of each row.

    Raises
    ------
    DataError
        When it lacks one side.
    """
    for side in ("train", "test"):
        if side not in split:
            raise DataError(f"the official split has no {side!r} rows.")


def check_split(task: Task, samples: Samples) -> None:
    """Check that a model can be trained and tested on an official split.

    Parameters
    ----------
    task : Task
        The dataset's task.
    samples : Samples
        The samples; without an official split nothing is checked.

    Raises
    ------
    DataError
        When a side is empty, the task can't be learnt from the one or asked about the
        other, or a group lies on both sides.
    """
    if samples.split is None:
        return
    check_sides(samples.split)
    train, test = (samples.split == side for side in ("train", "test"))
    task.data.check_split(_whole_target(task, samples), train, test)
    if samples.groups is not None:
        both = np.intersect1d(samples.groups[train], samples.groups[test]).tolist()
        if both:
            raise DataError(
                f"the group {both[0]!r} is on both sides of the official split."
            )


def check_folds(task: Task, samples: Samples, n_folds: int) -> None:
    """Check that samples can be split into this many folds.

    Parameters
    ----------
    task : Task
        Knows what every fold needs.
    samples : Samples
        An official split needs no folds, so nothing is checked then.
    n_folds : int
        The number of folds, at least 2.

    Raises
    ------
    UsageError
        When there are fewer than two folds.
    DataError
        When there is too little of something, such as a class, to be in every fold.

    Examples
    --------
    >>> import pandas as pd
    >>> from mmbench.datasets import Samples
    >>> from mmbench.tasks import get_task
    >>> samples = Samples(pd.DataFrame({"text": list("abcd")}), np.array([0, 0, 0, 1]))
    >>> check_folds(get_task("classification"), samples, 2)
    Traceback (most recent call last):
    mmbench.errors.DataError: class 1 has fewer samples (1) than there are folds (2)...
    """
    if n_folds < 2:
        raise UsageError(f"the number of folds must be at least 2, got {n_folds!r}.")
    if samples.split is None:
        target = _whole_target(task, samples)
        task.data.check(target, groups=samples.groups, n_folds=n_folds)


def _require_all(column: Column, what: str) -> None:
    missing = [i for i, cell in enumerate(column.cells) if is_missing(cell)]
    if missing:
        raise DataError(column.notice(missing, f"are empty; every row needs a {what}"))


def _whole_target(task: Task, samples: Samples) -> Target:
    return task.data.completed(task.data.of_groups(samples.target, samples.groups))
