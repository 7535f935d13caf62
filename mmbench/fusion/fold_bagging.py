"""Bagging over folds: a model from each cross-validation fold, and their mean."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import (
    BaseEstimator,
    MetaEstimatorMixin,
    RegressorMixin,
    clone,
    is_classifier,
)
from sklearn.model_selection import check_cv
from sklearn.utils import _safe_indexing, get_tags, indexable
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.combine import align_probabilities
from mmbench.fusion.composition import (
    ProbabilisticClassifier,
    checked_labels,
    checked_targets,
)

__all__ = ["FoldBaggingClassifier", "FoldBaggingRegressor"]


class _FoldBagging(MetaEstimatorMixin, BaseEstimator):
    """Bagging over folds of either kind.

    Parameters
    ----------
    estimator : estimator
        What is fitted.
    cv : int, splitter or list of (train, test), default=5
        The folds.
    """

    estimators_: list[Any]

    def __init__(self, estimator: Any, *, cv: Any = 5) -> None:
        self.estimator = estimator
        self.cv = cv

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Fit a model to the training part of each fold.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The training rows.
        y : array-like of shape (n_samples,)
            Their classes, or their numbers.

        Returns
        -------
        FoldBaggingClassifier or FoldBaggingRegressor
            The instance itself.
        """
        targets = self._checked(y)
        X, targets = indexable(X, targets)
        folds = check_cv(self.cv, targets, classifier=is_classifier(self))
        self.splits_ = list(folds.split(X, targets))
        self.estimators_ = [
            clone(self.estimator).fit(_safe_indexing(X, train), targets[train])
            for train, _ in self.splits_
        ]
        return self

    @property
    def n_features_in_(self) -> int:
        """The number of columns seen in ``fit``, if the models have it.

        Raises
        ------
        AttributeError
            Before ``fit``.
        """
        if not hasattr(self, "estimators_"):
            raise AttributeError(f"{type(self).__name__} is not fitted yet.")
        count: int = self.estimators_[0].n_features_in_
        return count

    def out_of_fold(self, X: Any) -> NDArray[np.float64]:
        """Answer for each training row by the model that was not fitted to it.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The training rows that ``fit`` was given.

        Returns
        -------
        ndarray of shape (n_samples, n_classes) or (n_samples,), float64
            Probabilities, or numbers.

        Raises
        ------
        ValueError
            When not every training row is in exactly one test part.
        """
        tested = np.concatenate([test for _, test in self.splits_])
        if not np.array_equal(np.sort(tested), np.arange(len(X))):
            raise ValueError(
                "cv must put every training row in exactly one test fold, because "
                "out-of-fold predictions are used."
            )
        parts = [
            self._asked(model, _safe_indexing(X, test))
            for model, (_, test) in zip(self.estimators_, self.splits_, strict=True)
        ]
        answers: NDArray[np.float64] = np.concatenate(parts)[np.argsort(tested)]
        return answers

    def _mean(self, X: Any) -> NDArray[np.float64]:
        check_is_fitted(self)
        asked = [self._asked(model, X) for model in self.estimators_]
        mean: NDArray[np.float64] = np.mean(asked, axis=0)
        return mean

    def _checked(self, y: ArrayLike) -> NDArray[Any]:
        """Learn what there is to answer; return checked targets."""
        raise NotImplementedError

    def _asked(self, model: Any, X: Any) -> NDArray[np.float64]:
        """Return what a fitted model answers."""
        raise NotImplementedError

    def __sklearn_tags__(self) -> Any:
        tags, inner = super().__sklearn_tags__(), get_tags(self.estimator).input_tags
        tags.input_tags.sparse, tags.input_tags.allow_nan = (
            inner.sparse,
            inner.allow_nan,
        )
        return tags


class FoldBaggingClassifier(ProbabilisticClassifier, _FoldBagging):
    """Average the classifiers of a cross-validation's folds.

    No model sees all training rows; in exchange there are several, and what each says
    of the rows that it never saw is known without another fit.

    Parameters
    ----------
    estimator : classifier
        A complete method over ``X``, with ``predict_proba``.
    cv : int, splitter or list of (train, test), default=5
        The folds, as :func:`~sklearn.model_selection.check_cv` takes them.

    Attributes
    ----------
    estimators_ : list of classifiers
        One per fold.
    splits_ : list of (ndarray, ndarray)
        The folds.
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted.

    References
    ----------
    B. Parmanto, P. Munro, H. Doyle (1996), "Reducing variance of committee prediction
    with resampling techniques", Connection Science 8, 405-425: cross-validation
    committees.
    N. Erickson et al. (2020), "AutoGluon-Tabular: robust and accurate AutoML for
    structured data": k-fold ensemble bagging.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> bag = FoldBaggingClassifier(GaussianNB(), cv=3).fit(X, y)
    >>> len(bag.estimators_), bag.predict(X[:2]).tolist()
    (3, [0, 0])
    """

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the mean of the models' probabilities.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The samples.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), dtype float64
            Columns in the order of ``classes_``; each row sums to one.
        """
        return self._mean(X)

    def _checked(self, y: ArrayLike) -> NDArray[Any]:
        labels = checked_labels(y)
        self.classes_ = np.unique(labels)
        return labels

    def _asked(self, model: Any, X: Any) -> NDArray[np.float64]:
        proba = model.predict_proba(X)
        return align_probabilities(proba, model.classes_, self.classes_)


class FoldBaggingRegressor(RegressorMixin, _FoldBagging):
    """Average the regressors of a cross-validation's folds.

    Parameters
    ----------
    estimator : regressor
        A complete method over ``X``.
    cv : int, splitter or list of (train, test), default=5
        The folds, as :func:`~sklearn.model_selection.check_cv` takes them.

    Attributes
    ----------
    estimators_ : list of regressors
        One per fold.
    splits_ : list of (ndarray, ndarray)
        The folds.

    See Also
    --------
    FoldBaggingClassifier : The same of classes.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.dummy import DummyRegressor
    >>> X = np.zeros((4, 1))
    >>> bag = FoldBaggingRegressor(DummyRegressor(), cv=2).fit(X, [0, 2, 4, 6])
    >>> bag.predict(X[:1]), bag.out_of_fold(X)
    (array([3.]), array([5., 5., 1., 1.]))
    """

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Return the mean of the models' numbers.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The samples.

        Returns
        -------
        ndarray of shape (n_samples,), dtype float64
        """
        return self._mean(X)

    def _checked(self, y: ArrayLike) -> NDArray[Any]:
        return checked_targets(y)

    def _asked(self, model: Any, X: Any) -> NDArray[np.float64]:
        numbers: NDArray[np.float64] = np.asarray(model.predict(X), np.float64)
        return numbers
