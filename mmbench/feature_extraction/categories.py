"""Categories as numbers: how frequent each is."""

from __future__ import annotations

from collections import Counter
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from mmbench.columns import is_missing

__all__ = ["FrequencyEncoder"]


class FrequencyEncoder(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Replace each category by its share of the training rows.

    It looks at no target, so that nothing leaks; categories that no training row has
    count as 0, and missing cells as a category of their own.

    Attributes
    ----------
    shares_ : list of dict
        By category, for each column; missing cells are None.
    n_features_in_ : int
        The number of columns.

    See Also
    --------
    sklearn.preprocessing.TargetEncoder : Replaces categories by the target's means.

    References
    ----------
    F. Pargent, F. Pfisterer, J. Thomas, B. Bischl (2022), "Regularized target encoding
    outperforms traditional methods in supervised machine learning with high
    cardinality features", Computational Statistics 37, 2671-2692: compares encodings,
    this one among them.

    Examples
    --------
    >>> encoder = FrequencyEncoder().fit([["a"], ["b"], ["a"], [None]])
    >>> encoder.transform([["a"], [None], ["new"]]).tolist()
    [[0.5], [0.25], [0.0]]
    """

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002
        """Count the categories.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_columns)
            Categories.
        y : ignored
            Present for scikit-learn's sake.

        Returns
        -------
        FrequencyEncoder
            The instance itself.
        """
        cells = self._cells(X, reset=True)
        self.shares_ = [
            {key: count / len(column) for key, count in Counter(column).items()}
            for column in cells
        ]
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Look the categories' shares up.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_columns)
            Categories.

        Returns
        -------
        ndarray of shape (n_samples, n_columns), dtype float64
            Between 0 and 1.
        """
        check_is_fitted(self)
        pairs = zip(self._cells(X, reset=False), self.shares_, strict=True)
        columns = [[shares.get(key, 0.0) for key in cells] for cells, shares in pairs]
        return np.array(columns, np.float64).T

    def _cells(self, X: Any, *, reset: bool) -> list[list[Any]]:
        """Return the cells of each column, None where one is missing."""
        checked = validate_data(
            self, X, dtype=None, ensure_all_finite="allow-nan", reset=reset
        )
        return [
            [None if is_missing(cell) else cell for cell in column]
            for column in checked.T.tolist()
        ]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        return tags
