"""What the methods predicted on one dataset, over all its folds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.errors import AlteredError, StoreError
from mmbench.results import Predictions
from mmbench.stats import Resamples
from mmbench.tasks import (
    Counted,
    MethodPredictions,
    Metric,
    PooledPredictions,
    Prediction,
    Target,
    Task,
    sums_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "Part",
    "contributions_of",
    "pooled_target",
    "read_part",
    "read_pooled",
]

Place = tuple[int, int]
"""The seed and the fold of a trial."""


class Part(NamedTuple):
    """What one trial predicted.

    Attributes
    ----------
    ids : ndarray of shape (n_test,)
        The samples.
    target : Target
        What is true of them.
    prediction : Prediction
        What was answered.
    units : ndarray of shape (n_contributions,)
        What each row of a metric's contributions is resampled with.
    """

    ids: NDArray[Any]
    target: Target
    prediction: Prediction
    units: NDArray[Any]


def read_part(task: Task, predictions: Predictions) -> Part:
    """Read what a trial predicted as its task has it.

    Parameters
    ----------
    task : Task
        The dataset's task.
    predictions : Predictions
        Those that were stored.

    Returns
    -------
    Part

    Raises
    ------
    StoreError
        When the arrays are not those of the task.
    """
    ids, arrays, groups, weight = predictions
    try:
        target, prediction = task.answers.load(arrays)
        target = target._replace(weight=weight)
        units = task.data.units(target, ids if groups is None else groups)
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise StoreError(
            f"its predictions do not fit the task {task.name!r}: {error}"
        ) from error
    return Part(ids, target, prediction, units)


def read_pooled(
    task: Task,
    trials: Iterable[Mapping[str, Any]],
    methods: Iterable[str],
    read: Callable[[str], Predictions],
    metrics: Iterable[Metric] = (),
) -> PooledPredictions | None:
    """Read the predictions of some methods on one dataset.

    Parameters
    ----------
    task : Task
        The dataset's task.
    trials : iterable of mapping
        The dataset's trials, as ``plan.json`` lists them.
    methods : iterable of str
        The methods to read: those whose trials are all ok.
    read : callable
        Returns the predictions of a key; `ResultStore.predictions`.
    metrics : iterable of Metric, default=()
        Those to count for, besides the task's.

    Returns
    -------
    PooledPredictions or None
        None when no method's predictions can be read.

    Raises
    ------
    AlteredError
        When predictions are not those that their record is of.
    """
    keys: dict[str, dict[Place, str]] = defaultdict(dict)
    for trial in trials:
        keys[trial["method"]][trial["seed"], trial["fold"]] = trial["key"]
    metrics = [*task.metrics, *metrics]
    first: dict[Place, Part] = {}
    resamples = None
    found: dict[str, MethodPredictions] = {}
    excluded: dict[str, str] = {}
    for method in methods:
        try:
            parts = {
                place: read_part(task, read(key))
                for place, key in sorted(keys[method].items())
            }
        except AlteredError:
            raise  # a table of these scores beside others' predictions would lie
        except StoreError as error:
            excluded[method] = str(error)
            continue
        first = first or parts
        resamples = resamples or Resamples(_units([*first.values()]))
        if not _are_alike(first, parts):
            excluded[method] = "its predictions are for other samples or targets."
            continue
        found[method] = _of_method(task, [*parts.values()], metrics, resamples)
    if not first:
        return None
    parts_of_first = [*first.values()]
    return PooledPredictions(
        target=pooled_target([part.target for part in parts_of_first]),
        samples=_numbers([part.ids for part in parts_of_first]),
        units=_units(parts_of_first),
        folds=np.repeat(
            np.arange(len(parts_of_first)), [len(each.ids) for each in parts_of_first]
        ),
        methods=found,
        excluded=excluded,
    )


def pooled_target(targets: Sequence[Target]) -> Target:
    """Return the rows of several targets of one schema, one after another.

    Parameters
    ----------
    targets : sequence of Target, not empty
        The test rows of each trial.

    Returns
    -------
    Target
        All rows, with the schema of the first.
    """
    truths = [target.truth for target in targets if target.truth is not None]
    weights = [target.weight for target in targets if target.weight is not None]
    return Target(
        np.concatenate([target.y for target in targets]),
        targets[0].schema,
        np.concatenate(truths) if truths else None,
        np.concatenate(weights) if weights else None,
    )


def contributions_of(
    task: Task, parts: Sequence[tuple[Target, Prediction]], count: Callable[..., Any]
) -> Any:
    """Return the contributions of the rows of several folds, one after another.

    Parameters
    ----------
    task : Task
        Says whether rows may be pooled before they are scored.
    parts : sequence of (Target, Prediction)
        One per fold.
    count : callable
        The contributions of a metric.

    Returns
    -------
    ndarray or csr_array of shape (n_contributions, k)
    """
    if task.independent_rows:
        targets, predictions = zip(*parts, strict=True)
        return count(pooled_target(targets), Prediction.concatenate(predictions))
    return _stacked([count(*part) for part in parts])


def _of_method(
    task: Task,
    parts: Sequence[Part],
    metrics: Iterable[Metric],
    resamples: Resamples,
) -> MethodPredictions:
    pairs = [(part.target, part.prediction) for part in parts]
    ends = np.cumsum([len(part.units) for part in parts])
    counted: dict[Any, Counted] = {}
    for metric in metrics:
        count = metric.contributions
        if count is None or count in counted:
            continue
        if not all(metric.is_defined(*pair) for pair in pairs):
            continue
        rows = contributions_of(task, pairs, count)
        by_block = resamples.by_block(rows)
        starts = (0, *ends[:-1])
        folds = [sums_of(rows[a:b]) for a, b in zip(starts, ends, strict=True)]
        counted[count] = Counted(np.array(folds), by_block)
    shown = task.shown()
    if not task.independent_rows:
        return MethodPredictions(counted, None, [shown.kept(*pair) for pair in pairs])
    pooled = Prediction.concatenate([part.prediction for part in parts])
    target = pooled_target([part.target for part in parts])
    return MethodPredictions(
        counted, shown.right(target, pooled), shown.kept(target, pooled)
    )


def _are_alike(first: Mapping[Place, Part], found: Mapping[Place, Part]) -> bool:
    return first.keys() == found.keys() and all(
        np.array_equal(part.ids, found[place].ids)
        and np.array_equal(part.units, found[place].units)
        and np.array_equal(part.target.scored, found[place].target.scored)
        and part.target.schema == found[place].target.schema
        for place, part in first.items()
    )


def _numbers(labels: Sequence[NDArray[Any]]) -> NDArray[np.intp]:
    return np.unique(np.concatenate(labels), return_inverse=True)[1].reshape(-1)


def _units(parts: Sequence[Part]) -> NDArray[np.intp]:
    return _numbers([part.units for part in parts])


def _stacked(parts: Sequence[Any]) -> Any:
    from scipy import sparse

    if any(sparse.issparse(part) for part in parts):
        return sparse.vstack(parts, format="csr")
    return np.concatenate(parts)
