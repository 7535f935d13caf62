"""Make a method ready for one trial: seeded, its inner folds keeping groups whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sklearn.base import clone

from mmbench.engine.graph.fixed_folds import FixedFolds
from mmbench.errors import RequirementError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.tasks import Target, Task


def prepared(
    method: Any,
    task: Task,
    target: Target,
    *,
    seed: int,
    groups: NDArray[Any] | None = None,
    folds: FixedFolds | None = None,
) -> Any:
    """Return an unfitted copy of a method that is ready to be fitted for one trial.

    Parameters
    ----------
    method : estimator
        It is left as it is.
    task : Task
        Knows how the method is fitted for it: several labels per sample need one
        classifier per label, for instance.
    target : Target
        Of the rows that the copy will be fitted on.
    seed : int
        Given to every ``random_state`` that is None, at any depth.
    groups : ndarray of shape (n_train,), optional
        Their groups. With groups, the inner cross-validation of the method (its ``cv``)
        is replaced by folds that keep each group whole, as many as there are groups
        where these are fewer. One inside another is replaced, too: see
        :class:`~mmbench.fusion.NestedFolds`.
    folds : FixedFolds, optional
        What makes these folds, and remembers those that it made for other methods.

    Returns
    -------
    estimator
        A clone; plain scikit-learn's ``fit`` and ``predict`` of it are what the
        engine's answer must equal.

    Raises
    ------
    UsageError
        When there is one group only, or when there are groups and one cross-validation
        stands inside another that doesn't say which rows it is about.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from mmbench.tasks import Target, get_task
    >>> task, target = get_task("classification"), Target(np.array([0, 1]))
    >>> prepared(DecisionTreeClassifier(), task, target, seed=7)
    DecisionTreeClassifier(random_state=7)
    """
    copy = _settled(clone(method), seed)
    if folds is None and (groups is not None or task.answers.fixes_inner_folds):
        folds = FixedFolds(task, target, groups=groups, seed=seed)
    if folds is not None:
        copy.set_params(**folds.params_of(copy))
    return task.answers.prepare(copy)


def _settled(method: Any, seed: int) -> Any:
    """Leave nothing open that decides what a method computes, in grids either.

    Every ``random_state`` that is None is given the seed, and what an estimator would
    choose for this machine is written into it: its precision and its device, which
    belong to the names of nodes.
    """
    params = method.get_params(deep=True)
    changes = _chosen("", method)
    for name, value in params.items():
        last = name.rpartition("__")[2]
        if last == "random_state" and value is None:
            changes[name] = seed
        elif last in ("param_grid", "param_distributions"):
            changes[name] = _settled_grid(value, seed)
        else:
            changes |= _chosen(f"{name}__", value)
    return method.set_params(**changes)


def _chosen(prefix: str, value: Any) -> dict[str, Any]:
    """Return what an estimator would choose for this machine, if it does."""
    if isinstance(value, type) or not hasattr(value, "chosen_params"):
        return {}
    try:
        return {prefix + name: each for name, each in value.chosen_params().items()}
    except (RequirementError, TypeError, ValueError):
        return {}  # Its trials will say what is wrong.


def _settled_grid(grid: Any, seed: int) -> Any:
    """Return a grid of parameters, the estimators among its values settled."""
    if isinstance(grid, Mapping):
        return {name: _settled_grid(values, seed) for name, values in grid.items()}
    if type(grid) in (list, tuple):
        return type(grid)(_settled_grid(each, seed) for each in grid)
    if hasattr(grid, "get_params") and not isinstance(grid, type):
        return _settled(clone(grid), seed)
    return grid
