"""Labels as numbers for the classifiers of libraries that take no others."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone, is_classifier
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

__all__ = ["EncodedLabels", "with_encoded_labels"]

# XGBoost refuses labels that are not 0 to n - 1, and CatBoost answers in a column.
_LIBRARIES = frozenset({"catboost", "xgboost"})


def with_encoded_labels(method: Any) -> Any:
    """Let classifiers of XGBoost and CatBoost in a method take labels of any kind.

    Parameters
    ----------
    method : estimator
        It may be changed.

    Returns
    -------
    estimator
        Such a classifier stands in an :class:`EncodedLabels`, at any depth.
    """
    if _needs_numbers(method):
        return EncodedLabels(method)
    params = method.get_params(deep=True)
    found = {name: value for name, value in params.items() if _needs_numbers(value)}
    return method.set_params(**{name: EncodedLabels(v) for name, v in found.items()})


def _needs_numbers(value: Any) -> bool:
    if isinstance(value, type) or not hasattr(value, "get_params"):
        return False
    modules = {base.__module__.partition(".")[0] for base in type(value).__mro__}
    return bool(modules & _LIBRARIES) and bool(is_classifier(value))


class EncodedLabels(ClassifierMixin, BaseEstimator):
    """A classifier that learns and answers the numbers of labels, for labels.

    Its parameters are the classifier's own, so that a search for these goes on working.

    Parameters
    ----------
    classifier : classifier
        One that needs labels from 0 to n - 1.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    classifier_ : classifier
        The fitted classifier; its classes are positions in ``classes_``.
    """

    def __init__(self, classifier: Any) -> None:
        self.classifier = classifier

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the classifier and, if asked for, its parameters under their names.

        Parameters
        ----------
        deep : bool, default=True
            Whether to return the classifier's own, too.

        Returns
        -------
        dict of str to object
        """
        own = {"classifier": self.classifier}
        return {**self.classifier.get_params(), **own} if deep else own

    def set_params(self, **params: Any) -> Self:
        """Set the classifier, or parameters of it.

        Parameters
        ----------
        **params
            By name.

        Returns
        -------
        EncodedLabels
            The instance itself.
        """
        self.classifier = params.pop("classifier", self.classifier)
        if params:
            self.classifier.set_params(**params)
        return self

    def fit(self, X: Any, y: ArrayLike, sample_weight: Any = None) -> Self:
        """Fit the classifier on the labels' numbers.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The training rows.
        y : array-like of shape (n_samples,)
            Their labels.
        sample_weight : array-like of shape (n_samples,), optional
            Their weights.

        Returns
        -------
        EncodedLabels
            The instance itself.
        """
        self.classes_, numbers = np.unique(np.asarray(y), return_inverse=True)
        how = {} if sample_weight is None else {"sample_weight": sample_weight}
        self.classifier_ = clone(self.classifier).fit(X, numbers, **how)
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the labels of rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        check_is_fitted(self, "classifier_")
        numbers = np.ravel(self.classifier_.predict(X)).astype(np.intp)
        labels: NDArray[Any] = self.classes_[numbers]
        return labels

    @available_if(lambda self: hasattr(self.classifier, "predict_proba"))  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the probabilities of the labels.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Columns in the order of ``classes_``.
        """
        check_is_fitted(self, "classifier_")
        proba: NDArray[np.float64] = np.asarray(self.classifier_.predict_proba(X))
        return proba
