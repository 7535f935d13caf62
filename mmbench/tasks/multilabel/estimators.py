"""One classifier per label, whose own ``predict`` decides about the label."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.multiclass import OneVsRestClassifier
from sklearn.utils.validation import check_is_fitted

__all__ = ["LabelwiseClassifier"]


class LabelwiseClassifier(OneVsRestClassifier):
    """Fit one classifier per label, and let each decide about its label.

    scikit-learn's own one-vs-rest classifier looks at decisions or probabilities
    instead, and so passes over thresholds that a classifier was tuned to.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = np.array([[0], [1], [2], [3]])
    >>> y = np.array([[0, 1], [0, 1], [1, 1], [1, 0]])
    >>> LabelwiseClassifier(LogisticRegression(C=100)).fit(X, y).predict(X).tolist()
    [[0, 1], [0, 1], [1, 1], [1, 0]]
    """

    def predict(self, X: Any) -> NDArray[Any]:
        """Return an indicator of the labels, or the class of the greatest decision.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The samples.

        Returns
        -------
        ndarray of shape (n_samples, n_classes) or (n_samples,)
            One column per label where it was fitted to an indicator.
        """
        check_is_fitted(self)
        if not self.multilabel_:
            found: NDArray[Any] = super().predict(X)
            return found
        return np.column_stack([each.predict(X) for each in self.estimators_])
