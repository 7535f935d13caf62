"""Prior correction and tuned thresholds, for two classes or more."""

from __future__ import annotations

import warnings
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    MetaEstimatorMixin,
    clone,
)
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.utils import assert_all_finite, get_tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d

__all__ = ["LogitAdjustedClassifier"]

_Floats = NDArray[np.float64]

_FACTORS = np.exp(np.linspace(-3, 3, 25))
_SWEEPS = 2


class LogitAdjustedClassifier(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """Multiply a classifier's probabilities by one factor per class.

    Where classes are rare, the most probable class is seldom one of them, and macro-F1
    is low. For two classes, factors are a moved threshold.

    Parameters
    ----------
    estimator : classifier
        With ``predict_proba``.
    adjustment : {"balanced", "f1_macro"}, default="balanced"
        ``balanced`` divides by the classes' shares of the training rows, as if all were
        equally frequent. ``f1_macro`` chooses the factors of the best macro-F1 out of
        fold; where a class has one row, it changes nothing.
    cv : int, splitter or list of (train, test), default=5
        The folds for ``f1_macro``. A number means that many stratified, shuffled folds,
        or fewer where the rarest class has fewer rows.

    Attributes
    ----------
    estimator_ : classifier
        Fitted on all rows.
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted.
    factors_ : ndarray of shape (n_classes,)
        What probabilities are multiplied by before they are divided by their sum.

    See Also
    --------
    sklearn.model_selection.TunedThresholdClassifierCV : For two classes and any score.

    References
    ----------
    A. K. Menon et al. (2021), "Long-tail learning via logit adjustment", ICLR. M.
    Saerens, P. Latinne, C. Decaestecker (2002), "Adjusting the outputs of a classifier
    to new a priori probabilities", Neural Computation 14(1), 21-41.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> X, y = [[0.0], [0.1], [0.2], [0.9]], ["common", "common", "common", "rare"]
    >>> LogitAdjustedClassifier(GaussianNB(var_smoothing=1)).fit(X, y).factors_
    array([0.66666667, 2.        ])
    """

    def __init__(
        self,
        estimator: Any,
        adjustment: Literal["balanced", "f1_macro"] = "balanced",
        cv: Any = 5,
    ) -> None:
        self.estimator = estimator
        self.adjustment = adjustment
        self.cv = cv

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Fit the classifier, and learn the factors.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The training rows.
        y : array-like of shape (n_samples,)
            Their classes.

        Returns
        -------
        LogitAdjustedClassifier
            The instance itself.

        Raises
        ------
        ValueError
            When ``adjustment`` is unknown.
        """
        if self.adjustment not in ("balanced", "f1_macro"):
            raise ValueError(
                f"adjustment must be 'balanced' or 'f1_macro', got {self.adjustment!r}."
            )
        y = column_or_1d(y, warn=True)
        assert_all_finite(y, input_name="y")
        check_classification_targets(y)
        # The classifier checks the rows.
        self.estimator_ = clone(self.estimator).fit(X, y)
        if hasattr(self.estimator_, "n_features_in_"):
            self.n_features_in_ = self.estimator_.n_features_in_
        self.classes_, y_index, counts = np.unique(
            y, return_inverse=True, return_counts=True
        )
        balanced = counts.mean() / counts
        if self.adjustment == "balanced":
            self.factors_ = balanced
        elif counts.min() < 2:
            self.factors_ = np.ones(counts.size)
        else:
            proba = self._out_of_fold(X, y, int(counts.min()))
            self.factors_ = _tuned(proba, y_index, balanced)
        return self

    def _out_of_fold(self, X: Any, y: Any, rarest: int) -> _Floats:
        cv = self.cv
        if isinstance(cv, int):
            cv = StratifiedKFold(min(cv, rarest), shuffle=True, random_state=0)
        with warnings.catch_warnings():
            # A class that a fold lacks gets no probability there, which is right.
            warnings.filterwarnings("ignore", "Number of classes in training fold")
            proba: _Floats = cross_val_predict(
                self.estimator, X, y, cv=cv, method="predict_proba"
            )
        return proba

    def predict_proba(self, X: Any) -> _Floats:
        """Return the adjusted probabilities of the classes.

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
        proba = self.estimator_.predict_proba(X) * self.factors_
        adjusted: _Floats = proba / proba.sum(axis=1, keepdims=True)
        return adjusted

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the class of the greatest adjusted probability of every row.

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

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator).input_tags
        tags.input_tags.sparse = inner.sparse
        tags.input_tags.allow_nan = inner.allow_nan
        return tags


def _tuned(proba: _Floats, truth: NDArray[np.intp], balanced: _Floats) -> _Floats:
    """Return the factors of the best macro-F1, one class after another."""

    def score(factors: _Floats) -> float:
        said = (proba * factors).argmax(axis=1)
        return float(f1_score(truth, said, average="macro", zero_division=0.0))

    best = max((np.ones_like(balanced), balanced), key=score)
    reached = score(best)
    for _ in range(_SWEEPS):
        for which in balanced.argsort()[::-1]:
            for factor in _FACTORS:
                tried = np.where(np.arange(best.size) == which, best * factor, best)
                found = score(tried)
                if found > reached:
                    best, reached = tried, found
    return best
