"""What all fusions have in common: named parts, and classes by probability."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils import check_array
from sklearn.utils.metaestimators import _BaseComposition
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

__all__ = [
    "FusionComposition",
    "ProbabilisticClassifier",
    "checked_labels",
    "checked_targets",
]


class FusionComposition(_BaseComposition):
    """An estimator that is made of named estimators."""

    _parts: ClassVar[str]
    """The parameter that lists them, as (name, estimator)."""

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters, and with ``deep`` those of the parts by their names.

        Parameters
        ----------
        deep : bool, default=True
            Whether ``name`` and ``name__parameter`` of every part are included.

        Returns
        -------
        dict of str to object
            The parameters.
        """
        params: dict[str, Any] = self._get_params(self._parts, deep=deep)
        return params

    def set_params(self, **params: Any) -> Self:
        """Set parameters, replace parts by name, or set the parts' parameters.

        Parameters
        ----------
        **params : object
            ``rule="max"``, ``text=new_part``, ``text__classifier__C=1.0``.

        Returns
        -------
        FusionComposition
            The instance itself.
        """
        self._set_params(self._parts, **params)
        return self

    @property
    def n_features_in_(self) -> int:
        """The number of columns seen in ``fit``, if the first part has it.

        Raises
        ------
        AttributeError
            Before ``fit``.
        """
        first = self._first_fitted()
        if first is None:
            raise AttributeError(f"{type(self).__name__} is not fitted yet.")
        count: int = first.n_features_in_
        return count

    def _first_fitted(self) -> Any:
        """Return the first fitted part, None before ``fit``."""
        raise NotImplementedError

    def _names(self) -> list[str]:
        """Return the parts' names, after checking that they are in order."""
        parts = getattr(self, self._parts)
        _check_named(self._parts, parts)
        names = [name for name, _ in parts]
        self._validate_names(names)
        return names


class ProbabilisticClassifier(ClassifierMixin):
    """A classifier that answers with the most probable class."""

    classes_: NDArray[Any]

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the probabilities of the classes.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The samples.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), dtype float64
            Columns in the order of ``classes_``; each row sums to one.
        """
        raise NotImplementedError

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the most probable class of every sample.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The samples.

        Returns
        -------
        ndarray of shape (n_samples,)
            Of equally probable classes, the first in ``classes_``.
        """
        most_probable = self.predict_proba(X).argmax(axis=1)
        chosen: NDArray[Any] = self.classes_[most_probable]
        return chosen


def _check_named(parameter: str, estimators: Any) -> None:
    """Check that a parameter is a list of (name, estimator), and not empty.

    Parameters
    ----------
    parameter : str
        Its name.
    estimators : object
        Its value.

    Raises
    ------
    ValueError
        When it isn't.
    """
    is_pairs = (
        isinstance(estimators, list)
        and estimators
        and all(isinstance(pair, tuple) and len(pair) == 2 for pair in estimators)
    )
    if not is_pairs:
        raise ValueError(
            f"{parameter} must be a list of at least one (name, estimator), "
            f"got {estimators!r}."
        )


def checked_labels(y: ArrayLike) -> NDArray[Any]:
    """Return labels as an array.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Classes, strings or integers; a column of them is flattened with a warning.

    Returns
    -------
    ndarray of shape (n_samples,)
        The labels, in their own dtype.

    Raises
    ------
    ValueError
        When they are not one-dimensional, or are not classes but numbers.
    """
    labels: NDArray[Any] = check_array(
        column_or_1d(y, warn=True), ensure_2d=False, dtype=None, input_name="y"
    )
    check_classification_targets(labels)
    return labels


def checked_targets(y: ArrayLike) -> NDArray[np.float64]:
    """Return numbers to predict as an array.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Finite numbers; a column of them is flattened with a warning.

    Returns
    -------
    ndarray of shape (n_samples,), float64
        The numbers, flat.

    Raises
    ------
    ValueError
        When they are not one-dimensional, not numbers or not finite.
    """
    numbers: NDArray[np.float64] = check_array(
        column_or_1d(y, warn=True), ensure_2d=False, dtype=np.float64, input_name="y"
    )
    return numbers
