"""What the wrappers of the gradient boosting libraries have in common."""

from __future__ import annotations

import importlib
from abc import ABCMeta, abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from mmbench.errors import MissingDependencyError

__all__ = ["BoostedTreesClassifier"]


class BoostedTreesClassifier(ClassifierMixin, BaseEstimator, metaclass=ABCMeta):
    """A library's classifier behind labels of any kind and scikit-learn's checks."""

    @abstractmethod
    def _make_booster(self, seed: int) -> Any:
        """Import the library and return its classifier, unfitted."""

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Boost trees.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The training rows. NaN means missing.
        y : array-like of shape (n_samples,)
            Their classes, strings or integers; at least two.

        Returns
        -------
        object
            Itself.

        Raises
        ------
        MissingDependencyError
            When the library is not installed.
        ValueError
            When there is but one class.
        """
        X, y = self._validate(X, y)
        check_classification_targets(y)
        X = _as_matrix(X)
        self.classes_, y_index = np.unique(y, return_inverse=True)
        if self.classes_.size < 2:
            raise ValueError(
                f"y must hold at least 2 classes, got one class: {self.classes_[0]!r}."
            )
        seed = check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        self.booster_ = self._make_booster(seed).fit(X, y_index)
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the probabilities of the classes.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), dtype float64
            Columns in the order of ``classes_``; each row sums to one.
        """
        check_is_fitted(self)
        proba = np.asarray(
            self._predict_proba(_as_matrix(self._validate(X))), dtype=float
        )
        proba /= proba.sum(axis=1, keepdims=True)
        return proba

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the most probable class of every row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Classes.
        """
        most_probable = self.predict_proba(X).argmax(axis=1)
        chosen: NDArray[Any] = self.classes_[most_probable]
        return chosen

    def _predict_proba(self, X: Any) -> Any:
        return self.booster_.predict_proba(X)

    def _validate(self, X: Any, y: ArrayLike | str = "no_validation") -> Any:
        # All three libraries compute in float32 or quantise, and take float64 as well.
        return validate_data(
            self,
            X,
            y,
            reset=not isinstance(y, str),
            accept_sparse="csr",
            accept_large_sparse=False,
            dtype=[np.float64, np.float32],
            ensure_all_finite="allow-nan",
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        return tags


def _as_matrix(X: Any) -> Any:
    # Not every library takes SciPy's sparse arrays yet.
    return sparse.csr_matrix(X) if sparse.issparse(X) else X


def import_booster(package: str) -> Any:
    """Import a boosting library, or say how to install it."""
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise MissingDependencyError(package, extra="boosting") from error
