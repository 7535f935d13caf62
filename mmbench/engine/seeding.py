"""Make a method ready for one trial: seeded, and told of groups or several labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.base import clone
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.pipeline import Pipeline

from mmbench.engine.inner_folds import inner_cvs, inner_folds
from mmbench.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sklearn.base import ClassifierMixin

_TAKE_SEVERAL_LABELS = (OneVsRestClassifier, ClassifierChain, MultiOutputClassifier)


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
    y : ndarray of shape (n_train,) or (n_train, n_classes)
        The labels of the rows that the copy will be fitted on. Where there are several
        a row, the method is put into a
        :class:`~sklearn.multiclass.OneVsRestClassifier`, unless it takes several labels
        by being one, a chain or a multi-output classifier; its inner cross-validation
        is replaced by folds that are stratified by all labels and the same for each.
    groups : ndarray of shape (n_train,), optional
        Their groups. With groups, the inner cross-validation of the method (its ``cv``)
        is replaced by folds that keep each group whole, as many as there are groups
        where these are fewer.

    Returns
    -------
    classifier
        A clone; plain scikit-learn's ``fit`` and ``predict_proba`` of it are what the
        engine's answer must equal.

    Raises
    ------
    UsageError
        When there are groups and one cross-validation stands inside another, since the
        inner one could not be told about the groups; or when there is one group only.

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
    if groups is not None or y.ndim == 2:
        copy.set_params(**_fixed_cv(copy, seed=seed, y=y, groups=groups))
    if y.ndim == 2 and not isinstance(_decider(copy), _TAKE_SEVERAL_LABELS):
        return OneVsRestClassifier(copy)
    return copy


def _decider(method: Any) -> Any:
    """Return the last step of a pipeline, or the method itself."""
    return _decider(method.steps[-1][1]) if isinstance(method, Pipeline) else method


def _fixed_cv(
    method: Any,
    *,
    seed: int,
    y: NDArray[Any],
    groups: NDArray[Any] | None,
) -> dict[str, Any]:
    """Return ``cv`` parameters as explicit folds."""
    found = inner_cvs(method)
    nested = {
        inner.name: outer.name
        for outer in found
        for inner in found
        if inner.name != outer.name and inner.name.startswith(outer.prefix)
    }
    if nested and groups is not None:
        other, name = next(iter(nested.items()))
        raise UsageError(
            f"{other} is a cross-validation inside another ({name}), so its folds "
            "can't keep groups together; choose a classifier without inner "
            "cross-validation, or drop the groups. "
            f"Got groups and {other}={method.get_params()[other]!r}."
        )
    fixed = {}
    for each in found:
        n_splits = each.n_splits(groups)
        if each.name not in nested and n_splits is not None:
            fixed[each.name] = inner_folds(n_splits, y, groups, seed)
    return fixed
