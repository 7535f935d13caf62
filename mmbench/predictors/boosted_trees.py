"""What the wrappers of the gradient boosting libraries have in common."""

from __future__ import annotations

import importlib
from abc import ABCMeta, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    RegressorMixin,
    is_classifier,
    is_regressor,
)
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    validate_data,
)

from mmbench.errors import MissingDependencyError, require_installed

__all__ = ["BoostedTrees", "BoostedTreesClassifier", "BoostedTreesRegressor"]


class BoostedTrees(BaseEstimator, metaclass=ABCMeta):
    """A library's predictor behind scikit-learn's checks."""

    random_state: Any
    booster_: Any
    _package: ClassVar[str]

    def check_requirements(self) -> None:
        """Look for the library.

        Raises
        ------
        MissingDependencyError
            When it is not installed.
        """
        require_installed(self._package, extra="boosting")

    @abstractmethod
    def _make_booster(self, seed: int) -> Any:
        """Import the library and return its predictor, unfitted."""

    def _library_class(self, prefix: str) -> Any:
        """Return the library's class of this kind of predictor."""
        kind = "Classifier" if is_classifier(self) else "Regressor"
        return getattr(_import_booster(self._package), prefix + kind)

    def _asked(self, X: Any) -> Any:
        """Return the predictions of the fitted predictor."""
        return self.booster_.predict(X)

    def _drawn_seed(self) -> int:
        rng = check_random_state(self.random_state)
        return int(rng.randint(np.iinfo(np.int32).max))

    def _validate(self, X: Any, y: ArrayLike | str = "no_validation") -> Any:
        is_fit = not isinstance(y, str)
        numeric: dict[str, Any] = {}
        if is_fit and is_regressor(self):
            numeric = {"y_numeric": True, "ensure_min_samples": 2}
        # All three libraries compute in float32 or quantise, and take float64 as well.
        return validate_data(
            self,
            X,
            y,
            reset=is_fit,
            **numeric,
            accept_sparse="csr",
            accept_large_sparse=False,
            dtype=[np.float64, np.float32],
            ensure_all_finite="allow-nan",
        )

    @staticmethod
    def _validate_weight(weight: ArrayLike | None, X: Any) -> Any:
        return None if weight is None else _check_sample_weight(weight, X)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        return tags


class BoostedTreesClassifier(ClassifierMixin, BoostedTrees):
    """Boosted trees for labels of any kind."""

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Boost trees.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The training rows. NaN means missing.
        y : array-like of shape (n_samples,)
            Their classes, strings or integers; at least two.
        sample_weight : array-like of shape (n_samples,), optional
            How much each row counts; equally much by default.

        Returns
        -------
        object
            The instance itself.

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
        weight = self._validate_weight(sample_weight, X)
        booster = self._make_booster(self._drawn_seed())
        self.booster_ = booster.fit(X, y_index, sample_weight=weight)
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
        proba = np.asarray(self._asked(_as_matrix(self._validate(X))), dtype=float)
        if proba.ndim == 1:
            proba = np.column_stack([1 - proba, proba])
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

    def _asked(self, X: Any) -> Any:
        return self.booster_.predict_proba(X)


class BoostedTreesRegressor(RegressorMixin, BoostedTrees):
    """Boosted trees for numbers of any size: the libraries see them standardised.

    They compute in single precision, which has no digits left for differences of a few
    in targets of a billion.
    """

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Boost trees.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The training rows. NaN means missing.
        y : array-like of shape (n_samples,)
            Their numbers.
        sample_weight : array-like of shape (n_samples,), optional
            How much each row counts; equally much by default.

        Returns
        -------
        object
            The instance itself.

        Raises
        ------
        MissingDependencyError
            When the library is not installed.
        """
        X, y = self._validate(X, y)
        y = np.asarray(y, np.float64)
        self.mean_, self.scale_ = float(y.mean()), float(y.std()) or 1.0
        weight = self._validate_weight(sample_weight, X)
        booster = self._make_booster(self._drawn_seed())
        standardised = (y - self.mean_) / self.scale_
        self.booster_ = booster.fit(_as_matrix(X), standardised, sample_weight=weight)
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Return a number for every row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,), dtype float64
        """
        check_is_fitted(self)
        found = np.asarray(self._asked(_as_matrix(self._validate(X))), dtype=float)
        return found * self.scale_ + self.mean_


def _as_matrix(X: Any) -> Any:
    # Not every library takes SciPy's sparse arrays yet.
    return sparse.csr_matrix(X) if sparse.issparse(X) else X


def _import_booster(package: str) -> Any:
    """Import a boosting library, or say how to install it."""
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise MissingDependencyError(package, extra="boosting") from error
