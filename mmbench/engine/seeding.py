"""Make a method ready for one trial: seeded, and its inner folds aware of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.base import clone

from mmbench.engine.folds import shuffled_splitter
from mmbench.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sklearn.base import ClassifierMixin


def prepared(
    method: ClassifierMixin,
    *,
    seed: int,
    y: NDArray[Any],
    groups: NDArray[Any] | None = None,
) -> ClassifierMixin:
    """Return an unfitted copy of a method that is ready to be fitted for one trial.

    Parameters
    ----------
    method : classifier
        It is left as it is.
    seed : int
        Given to every ``random_state`` that is None, at any depth.
    y : ndarray of shape (n_train,)
        The labels of the rows that the copy will be fitted on.
    groups : ndarray of shape (n_train,), optional
        Their groups. With groups, the inner cross-validation of the method (its ``cv``)
        is replaced by folds that keep each group whole.

    Returns
    -------
    classifier
        A clone; plain scikit-learn's ``fit`` and ``predict_proba`` of it are what the
        engine's answer must equal.

    Raises
    ------
    UsageError
        When there are groups and one cross-validation stands inside another, since the
        inner one could not be told about the groups.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> prepared(DecisionTreeClassifier(), seed=7, y=np.array([0, 1]))
    DecisionTreeClassifier(random_state=7)
    """
    copy = clone(method)
    params = copy.get_params(deep=True)
    seeds = {
        name: seed
        for name, value in params.items()
        if name.rpartition("__")[2] == "random_state" and value is None
    }
    copy.set_params(**seeds)
    if groups is not None:
        copy.set_params(**_grouped_cv(params, seed=seed, y=y, groups=groups))
    return copy


def _grouped_cv(
    params: dict[str, Any], *, seed: int, y: NDArray[Any], groups: NDArray[Any]
) -> dict[str, Any]:
    """Return ``cv`` parameters as explicit folds of whole groups."""
    names = [name for name in params if name.rpartition("__")[2] == "cv"]
    for name in names:
        owner = name.rpartition("cv")[0]
        for other in names:
            if other != name and other.startswith(owner):
                raise UsageError(
                    f"{other} is a cross-validation inside another ({name}), so its "
                    "folds can't keep groups together; choose a classifier without "
                    f"inner cross-validation, or drop the groups. Got groups and "
                    f"{other}={params[other]!r}."
                )
    grouped = {}
    for name in names:
        cv = params[name]
        n_splits = 5 if cv is None else cv
        if hasattr(cv, "get_n_splits"):
            n_splits = cv.get_n_splits(groups=groups)
        if isinstance(n_splits, int):
            splitter = shuffled_splitter(n_splits, grouped=True, seed=seed)
            grouped[name] = list(splitter.split(y, y, groups))
    return grouped
