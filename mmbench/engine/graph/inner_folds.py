"""The cross-validation inside a method: which there is, and whether it is possible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import check_cv

from mmbench.errors import UsageError
from mmbench.fusion import (
    HybridFusionClassifier,
    HybridFusionRegressor,
    LateFusionClassifier,
    LateFusionRegressor,
)
from mmbench.fusion.generation import TextEnsemble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mmbench.tasks import Target, Task

DEFAULT = 5
"""How many inner folds ``cv=None`` means, as in scikit-learn."""

_FUSIONS = (
    HybridFusionClassifier,
    HybridFusionRegressor,
    LateFusionClassifier,
    LateFusionRegressor,
    TextEnsemble,
)

Folds = list[tuple["NDArray[np.intp]", "NDArray[np.intp]"]]


class InnerCV(NamedTuple):
    """A parameter ``cv`` of a method that its ``fit`` looks at.

    Attributes
    ----------
    name : str
        The parameter, such as ``"voter__cv"``.
    owner : estimator
        The estimator that asks for inner folds.
    cv : object
        Its value.
    """

    name: str
    owner: Any
    cv: Any

    @property
    def prefix(self) -> str:
        """What the parameters of the owner begin with."""
        return self.name.removesuffix("cv")

    def n_splits(self, groups: NDArray[Any] | None = None) -> int | None:
        """Return the number of folds, None where the value is a list of them.

        Parameters
        ----------
        groups : ndarray of shape (n_rows,) or None, default=None
            The group of each training row.

        Returns
        -------
        int or None
            A number of folds.
        """
        if self.cv is None:
            return DEFAULT
        if hasattr(self.cv, "get_n_splits"):
            return int(self.cv.get_n_splits(groups=groups))
        return self.cv if isinstance(self.cv, int) else None


def inner_cvs(method: Any) -> list[InnerCV]:
    """Return the cross-validations inside a method, nested ones included.

    Late fusion has a ``cv`` under every rule, but looks at it only where it learns
    weights, which a search may try.

    Parameters
    ----------
    method : estimator
        Unfitted.

    Returns
    -------
    list of InnerCV
        One for each parameter ``cv`` that is looked at.
    """
    params: Mapping[str, Any] = method.get_params(deep=True)
    is_tried = any(map(_tries_weights, params.items()))
    found = []
    for name, cv in params.items():
        prefix, _, last = name.rpartition("__")
        owner = params.get(prefix, method) if prefix else method
        fusion = isinstance(owner, _FUSIONS)
        is_ignored = fusion and not owner.learns_weights and not is_tried
        if last == "cv" and not is_ignored:
            found.append(InnerCV(name, owner, cv))
    return found


def around(inner: InnerCV, found: Sequence[InnerCV]) -> list[InnerCV]:
    """Return the cross-validations that another one stands inside of.

    Parameters
    ----------
    inner : InnerCV
        One of a method's.
    found : sequence of InnerCV
        All of them.

    Returns
    -------
    list of InnerCV
        The outermost first.
    """
    outer = [
        each
        for each in found
        if each.name != inner.name and inner.name.startswith(each.prefix)
    ]
    return sorted(outer, key=lambda each: len(each.name))


def _tries_weights(param: tuple[str, Any]) -> bool:
    """Return whether a parameter is a grid in which late fusion learns weights."""
    name, grid = param
    if name.rpartition("__")[2] not in ("param_grid", "param_distributions"):
        return False
    grids = [grid] if isinstance(grid, Mapping) else grid
    return any(
        name.rpartition("__")[2] == "rule"
        and isinstance(values, list | tuple)
        and "weighted" in values
        for each in grids
        for name, values in each.items()
    )


def n_inner_folds(method: Any, groups: NDArray[Any] | None) -> list[int]:
    """Return how many inner folds the cross-validations inside a method ask for.

    Parameters
    ----------
    method : estimator
        Unfitted.
    groups : ndarray of shape (n_rows,) or None
        The group of each training row.

    Returns
    -------
    list of int
        Without those that are not known.
    """
    numbers = []
    for each in inner_cvs(method):
        try:
            numbers.append(each.n_splits(groups))
        except Exception:  # noqa: BLE001, S112 - a splitter's own; fails its trials
            continue
    return [number for number in numbers if number is not None]


def inner_folds(
    n_splits: int,
    task: Task,
    target: Target,
    *,
    groups: NDArray[Any] | None,
    seed: int,
) -> Folds:
    """Return inner folds: as many as asked for, or fewer where groups are few.

    Parameters
    ----------
    n_splits : int
        How many are asked for.
    task : Task
        Knows how rows are split, and what folds may lack.
    target : Target
        Of the training rows.
    groups : ndarray of shape (n_rows,) or None
        Their groups, where there are any.
    seed : int
        Seeds the shuffling.

    Returns
    -------
    list of (ndarray, ndarray)
        Of whole groups. The most folds that all train on every class, where any number
        of them does.

    Raises
    ------
    UsageError
        When all rows are of one group.
    """

    def split(n_folds: int) -> Folds:
        folds = task.data.folds(target, n_folds=n_folds, groups=groups, seed=seed)
        return list(folds)

    if groups is None:
        return split(n_splits)
    n_groups = len(np.unique(groups))
    if n_groups < 2:
        raise UsageError(
            "inner folds need at least 2 groups among the training rows, got "
            f"{n_groups}; choose a method without inner cross-validation."
        )
    tried = map(split, range(min(n_splits, n_groups), 1, -1))
    first = next(tried)
    if not task.data.untrained(target, first):
        return first
    return next((f for f in tried if not task.data.untrained(target, f)), first)


def check_inner_folds(method: Any, task: Task, target: Target) -> None:
    """Check that a method's inner folds can be made, and train on what they answer for.

    Parameters
    ----------
    method : estimator
        Its ``cv`` may be numbers, splitters or lists of folds.
    task : Task
        Knows what folds may lack.
    target : Target
        Of the training rows.

    Raises
    ------
    UsageError
        When they don't; the message names the parameter and a class.
    """
    found = inner_cvs(method)
    for each in found:
        outer = around(each, found)
        if isinstance(each.owner, CalibratedClassifierCV):
            _check_calibration(each, outer, task.data.rarest(target))
        is_stratified = each.cv is None or isinstance(each.cv, int | str)
        if outer or is_stratified:
            continue
        if hasattr(each.cv, "get_n_splits") or isinstance(each.cv, list | tuple):
            y = target.y
            splitter = check_cv(each.cv, y, classifier=task.answers.is_classifier)
            folds = list(splitter.split(np.zeros(len(y)), y))
            require_training(each, task.data.untrained(target, folds))


def require_training(inner: InnerCV, untrained: Sequence[str]) -> None:
    """Check that folds train on all that they answer for, where that matters.

    Parameters
    ----------
    inner : InnerCV
        Whose folds they are. Those that only score candidates may lack something.
    untrained : sequence of str
        What they answer for and don't train on.

    Raises
    ------
    UsageError
        When there is any; the message names the parameter and what it is.
    """
    if untrained and not _only_scores(inner.owner):
        others = f" (and {len(untrained) - 1} more)" if len(untrained) > 1 else ""
        raise UsageError(
            f"the inner folds of {type(inner.owner).__name__} ({inner.name}) would "
            f"predict {untrained[0]}{others} without having trained on it, so what is "
            "learnt from their predictions would be wrong; choose a method without "
            "inner folds, more outer folds, or get rows of this class in more groups."
        )


def _only_scores(owner: Any) -> bool:
    """Return whether an estimator takes its inner folds to choose parameters alone."""
    return hasattr(owner, "param_grid") or hasattr(owner, "param_distributions")


def _check_calibration(
    inner: InnerCV, outer: Sequence[InnerCV], rarest: tuple[str, int] | None
) -> None:
    """Refuse a calibration with more folds than a class has rows to train on."""
    n_splits = inner.n_splits() if isinstance(inner.cv, int | None) else None
    if n_splits is None or rarest is None:
        return
    name, n_rows = rarest
    for each in outer:
        n_outer = each.n_splits() or len(each.cv)
        n_rows -= -(-n_rows // n_outer)
    if n_rows < n_splits:
        where = " of the folds inside the training rows" if outer else ""
        raise UsageError(
            f"{inner.name}={inner.cv}: calibration, as in the preset linear_svm, needs "
            f"{n_splits} training rows of every class{where}, but {name} has "
            f"{n_rows}; set a smaller cv (at least 2), as with "
            "make_classifier('linear_svm', cv=2), merge rare classes, or choose "
            "another classifier."
        )
