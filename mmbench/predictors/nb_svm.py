"""A linear SVM on features weighed by their naive Bayes log-count ratios."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.svm import LinearSVC
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    check_consistent_length,
    check_non_negative,
    validate_data,
)

from mmbench.predictors.linear_svm import LinearSVMClassifier

__all__ = ["NBSVMClassifier"]

_Floats = NDArray[np.float64]


class NBSVMClassifier(LinearSVC):
    """Linear SVM over log-count ratios, interpolated with naive Bayes.

    Each feature is multiplied by the logarithm of how much more often it occurs in the
    class than elsewhere, as in multinomial naive Bayes. A linear SVM is trained on
    that, and its weights are drawn towards their mean magnitude, which would be naive
    Bayes [1]_. With more than two classes, one model separates each from all others.

    The paper interpolates the weights and says nothing of the intercept. Here it is
    interpolated likewise, between the SVM's and that of naive Bayes (the logarithm of
    the classes' ratio, on the scale of the weights): without that, weights and
    intercept don't fit each other where classes are of unequal size.

    Parameters
    ----------
    C : float, default=1.0
        The SVM's inverse regularisation.
    alpha : float, default=1.0
        What is added to each count.
    beta : float, default=0.25
        The share of the SVM; 0 is naive Bayes, 1 the SVM alone.
    class_weight : {"balanced"} or dict, optional
        How much the rows of each class count.
    max_iter : int, default=10_000
        The most iterations of the SVM.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted.
    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        Weights of the features as they come; one row for two classes.
    intercept_ : ndarray of shape (1,) or (n_classes,)
        Intercepts.
    n_features_in_ : int
        The number of columns seen in ``fit``.
    n_iter_ : int
        The most iterations that an SVM took.

    References
    ----------
    .. [1] S. Wang and C. D. Manning, "Baselines and bigrams: simple, good sentiment
       and topic classification", ACL 2012. Its features are words and pairs of words,
       1 where they occur and 0 elsewhere.

    Examples
    --------
    >>> X = [[1, 0, 1], [1, 1, 0], [0, 1, 1], [0, 1, 0]]
    >>> NBSVMClassifier().fit(X, ["for", "for", "against", "against"]).predict(X[1:3])
    array(['for', 'against'], dtype='<U7')
    """

    def __init__(
        self,
        *,
        C: float = 1.0,
        alpha: float = 1.0,
        beta: float = 0.25,
        class_weight: Literal["balanced"] | dict[Any, float] | None = None,
        max_iter: int = 10_000,
    ) -> None:
        self.C = C
        self.alpha = alpha
        self.beta = beta
        self.class_weight = class_weight
        self.max_iter = max_iter

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit a model for each class against all others, or one for two classes.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The training rows, without negative numbers.
        y : array-like of shape (n_samples,)
            Their classes.
        sample_weight : array-like of shape (n_samples,), optional
            How much each row counts.

        Returns
        -------
        NBSVMClassifier
            Itself.

        Raises
        ------
        ValueError
            When a number is negative, there are fewer than two classes, `alpha` is not
            above 0, or `beta` not within 0 and 1.
        """
        if self.alpha <= 0:
            raise ValueError(f"alpha must be above 0, got {self.alpha!r}.")
        if not 0 <= self.beta <= 1:
            raise ValueError(f"beta must be within 0 and 1, got {self.beta!r}.")
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=np.float64)
        check_non_negative(X, type(self).__name__)
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise ValueError(
                "y must have at least two classes, got one class: "
                f"{self.classes_[0]!r}."
            )
        weights = compute_sample_weight(self.class_weight, y)
        if sample_weight is not None:
            check_consistent_length(sample_weight, y)
            weights = weights * np.asarray(sample_weight, np.float64)
        if not weights.any():
            raise ValueError("sample_weight must contain at least one non-zero weight.")
        for each in self.classes_:
            if weights[y == each].sum() <= 0:
                raise ValueError(f"no row of class {each!r} has a weight above 0.")
        told = self.classes_[1:] if len(self.classes_) == 2 else self.classes_
        models = [self._one(X, y == each, weights) for each in told]
        self.coef_ = np.array([coefficients for coefficients, _, _ in models])
        self.intercept_ = np.array([intercept for _, intercept, _ in models])
        self.n_iter_ = max(n_iter for _, _, n_iter in models)
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        tags.classifier_tags.poor_score = True  # on numbers that aren't counts
        return tags

    def _one(
        self, X: Any, inside: NDArray[np.bool_], weights: _Floats
    ) -> tuple[_Floats, float, int]:
        """Return weights and intercept of one class against the others, iterations."""
        shares = []
        for part in (inside, ~inside):
            counts = X.T @ (weights * part) + self.alpha
            shares.append(counts / counts.sum())
        ratios = np.log(shares[0] / shares[1])
        weighed = X.multiply(ratios).tocsr() if sparse.issparse(X) else X * ratios
        svm = LinearSVMClassifier(C=self.C, max_iter=self.max_iter, random_state=0)
        svm.fit(weighed, inside, sample_weight=weights)
        magnitude = np.abs(svm.coef_[0]).mean()
        prior = np.log(weights[inside].sum() / weights[~inside].sum())
        naive = (1 - self.beta) * magnitude
        intercept = self.beta * svm.intercept_[0] + naive * prior
        coefficients = ratios * (self.beta * svm.coef_[0] + naive)
        return coefficients, float(intercept), int(svm.n_iter_)
