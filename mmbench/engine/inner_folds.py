"""The cross-validation inside a method: which there is, and whether it can be had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import check_cv

from mmbench.engine.folds import shuffled_splitter
from mmbench.errors import UsageError
from mmbench.fusion import HybridFusionClassifier, LateFusionClassifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

DEFAULT = 5
"""How many inner folds ``cv=None`` means, as in scikit-learn."""

Folds = list[tuple["NDArray[np.intp]", "NDArray[np.intp]"]]


class InnerCV(NamedTuple):
    """A parameter ``cv`` of a method that its ``fit`` looks at.

    Attributes
    ----------
    name : str
        The parameter, such as ``"voter__cv"``.
    owner : estimator
        Whose it is.
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
        """Return the number of folds, None where the value is a list of them."""
        if self.cv is None:
            return DEFAULT
        if hasattr(self.cv, "get_n_splits"):
            return int(self.cv.get_n_splits(groups=groups))
        return self.cv if isinstance(self.cv, int) else None


def inner_cvs(method: Any) -> list[InnerCV]:
    """Return the cross-validations inside a method, nested ones included.

    Late fusion has a ``cv`` under every rule, but looks at it under one only.
    """
    params: Mapping[str, Any] = method.get_params(deep=True)
    found = []
    for name, cv in params.items():
        prefix, _, last = name.rpartition("__")
        owner = params.get(prefix, method) if prefix else method
        fusion = isinstance(owner, LateFusionClassifier | HybridFusionClassifier)
        if last == "cv" and not (fusion and owner.rule != "weighted"):
            found.append(InnerCV(name, owner, cv))
    return found


def n_inner_folds(method: Any, groups: NDArray[Any] | None) -> list[int]:
    """Return how many inner folds the cross-validations inside a method ask for."""
    numbers = []
    for each in inner_cvs(method):
        try:
            numbers.append(each.n_splits(groups))
        except Exception:  # noqa: BLE001, S112 - a splitter's own; fails its trials
            continue
    return [number for number in numbers if number is not None]


def inner_folds(
    n_splits: int, y: NDArray[Any], groups: NDArray[Any] | None, seed: int
) -> Folds:
    """Return inner folds: as many as asked for, or fewer where groups are few.

    Parameters
    ----------
    n_splits : int
        How many are asked for.
    y, groups : ndarray
        The labels of the training rows and, where there are any, their groups.
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
    if groups is None:
        return _folds(n_splits, y, None, seed)
    n_groups = len(np.unique(groups))
    if n_groups < 2:
        raise UsageError(
            "inner folds need at least 2 groups among the training rows, got "
            f"{n_groups}; choose a method without inner cross-validation."
        )
    most = min(n_splits, n_groups)
    tried = (_folds(n, y, groups, seed) for n in range(most, 1, -1))
    first = next(tried)
    if not lacking(first, y):
        return first
    return next((folds for folds in tried if not lacking(folds, y)), first)


def lacking(folds: Folds, y: NDArray[Any]) -> list[Any]:
    """Return the classes that folds answer for mostly without having trained on them.

    Parameters
    ----------
    folds : list of (ndarray, ndarray)
        Row numbers that train and that are answered.
    y : ndarray of shape (n_rows,) or (n_rows, n_classes)
        The labels, or an indicator of several, whose columns then are the classes.

    Returns
    -------
    list
        Classes of two rows and more; a single row can't be on both sides.

    Examples
    --------
    >>> y = np.array(["a", "a", "b", "b"])
    >>> lacking([(np.array([0, 1]), np.array([2, 3]))], y)
    ['b']
    """
    names: NDArray[Any]
    if y.ndim == 2:
        names, has = np.arange(y.shape[1]), y.astype(bool)
    else:
        names, codes = np.unique(y, return_inverse=True)
        has = codes[:, None] == np.arange(len(names))
    unseen = np.zeros(len(names), dtype=np.intp)
    for train, test in folds:
        unseen += has[test].sum(axis=0) * ~has[train].any(axis=0)
    n_rows = has.sum(axis=0)
    mostly: list[Any] = names[(n_rows > 1) & (2 * unseen > n_rows)].tolist()
    return mostly


def check_inner_folds(method: Any, y: NDArray[Any]) -> None:
    """Check that a method's inner folds can be had, and train on what they answer for.

    Parameters
    ----------
    method : classifier
        Its ``cv`` may be numbers, splitters or lists of folds.
    y : ndarray of shape (n_rows,) or (n_rows, n_classes)
        The labels of the training rows.

    Raises
    ------
    UsageError
        When they don't; the message names the parameter and a class.
    """
    found = inner_cvs(method)
    for each in found:
        around = [other for other in found if _is_around(other, each)]
        if isinstance(each.owner, CalibratedClassifierCV):
            _check_calibration(each, around, y)
        is_stratified = each.cv is None or isinstance(each.cv, int | str)
        if around or is_stratified or _only_scores(each.owner):
            continue
        if hasattr(each.cv, "get_n_splits") or isinstance(each.cv, list | tuple):
            splitter = check_cv(each.cv, y, classifier=True)
            require_every_class(each, list(splitter.split(np.zeros(len(y)), y)), y)


def require_every_class(inner: InnerCV, folds: Folds, y: NDArray[Any]) -> None:
    """Raise `UsageError` where folds answer for a class that they don't train on."""
    classes = lacking(folds, y)
    if classes:
        noun = "class" if y.ndim == 1 else "label number"
        others = f" (and {len(classes) - 1} more)" if len(classes) > 1 else ""
        raise UsageError(
            f"the inner folds of {type(inner.owner).__name__} ({inner.name}) would "
            f"answer for {noun} {classes[0]!r}{others} without having trained on it, "
            "so what is learnt from their answers would be wrong; choose a method "
            "without inner folds, more outer folds, or get rows of this class in "
            "more groups."
        )


def _folds(
    n_splits: int, y: NDArray[Any], groups: NDArray[Any] | None, seed: int
) -> Folds:
    splitter = shuffled_splitter(
        n_splits, grouped=groups is not None, multilabel=y.ndim == 2, seed=seed
    )
    return list(splitter.split(y, y, groups))


def _only_scores(owner: Any) -> bool:
    """Tell whether an estimator takes its inner folds to choose parameters alone."""
    return hasattr(owner, "param_grid") or hasattr(owner, "param_distributions")


def _is_around(outer: InnerCV, inner: InnerCV) -> bool:
    return outer.name != inner.name and inner.name.startswith(outer.prefix)


def _check_calibration(
    inner: InnerCV, around: Sequence[InnerCV], y: NDArray[Any]
) -> None:
    """Refuse a calibration with more folds than a class has rows to train on."""
    n_splits = inner.n_splits() if isinstance(inner.cv, int | None) else None
    if n_splits is None or y.ndim == 2:
        return
    classes, n_rows = np.unique(y, return_counts=True)
    for outer in around:
        n_outer = outer.n_splits() or len(outer.cv)
        n_rows = n_rows - -(-n_rows // n_outer)
    if n_rows.min() < n_splits:
        rarest = int(n_rows.argmin())
        where = " of the folds inside the training rows" if around else ""
        raise UsageError(
            f"{inner.name}={inner.cv}: calibration, as in the preset linear_svm, needs "
            f"{n_splits} training rows of every class{where}, but class "
            f"{classes[rarest].item()!r} has {n_rows[rarest]}; set a smaller cv (at "
            "least 2), as with make_classifier('linear_svm', cv=2), merge rare "
            "classes, or choose another classifier."
        )
