"""Hybrid fusion: late fusion in which an early fusion has a vote."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import RegressorMixin, clone
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.combine import Rule
from mmbench.fusion.combine_numbers import NumberRule
from mmbench.fusion.composition import FusionComposition, ProbabilisticClassifier
from mmbench.fusion.early import early_fusion
from mmbench.fusion.late import LateFusionClassifier, LateFusionRegressor
from mmbench.fusion.select import append_step

__all__ = ["HybridFusionClassifier", "HybridFusionRegressor"]


class _HybridFusion(FusionComposition):
    """Hybrid fusion of voters of either kind."""

    _parts = "branches"
    _late: ClassVar[Any]
    """The class of the late fusion."""
    _predictor: ClassVar[str]
    """The parameter that is trained on each branch."""

    branches: list[tuple[str, Any]]
    rule: Any
    cv: Any

    @property
    def learns_weights(self) -> bool:
        """Whether voters are weighed by what they answer out of fold."""
        return bool(self.rule == "weighted")

    def selection(self) -> None:
        """Return how voters are selected: all of them speak."""

    def late_estimators(self) -> list[tuple[str, Any]]:
        """Return the voters, unfitted.

        Returns
        -------
        list of (str, Pipeline)
            ``branch(columns, ..., predictor)`` for every branch, which is the same
            work as that modality alone, then ``early_fusion(branches, predictor)``
            under the name ``early``.

        Raises
        ------
        ValueError
            When ``branches`` is not a list of (name, transformer), or one is named
            ``early``.
        """
        if "early" in self._names():
            raise ValueError(
                "branches must not use the name 'early', which is taken by the voter "
                "over all branches; rename that branch."
            )
        predictor = getattr(self, self._predictor)
        alone = [
            (name, append_step(clone(branch), clone(predictor)))
            for name, branch in self.branches
        ]
        return [*alone, ("early", early_fusion(self.branches, predictor))]

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Fit every voter on all rows.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The training rows.
        y : array-like of shape (n_samples,)
            Their classes, strings or integers, or their numbers.

        Returns
        -------
        HybridFusionClassifier or HybridFusionRegressor
            The instance itself.

        Raises
        ------
        ValueError
            As :meth:`late_estimators` and :meth:`LateFusionClassifier.fit` do.
        """
        late = self._late(self.late_estimators(), rule=self.rule, cv=self.cv)
        self.late_ = late.fit(X, y)
        return self

    def _first_fitted(self) -> Any:
        return getattr(self, "late_", None)


class HybridFusionClassifier(ProbabilisticClassifier, _HybridFusion):
    """Combine a classifier per branch with one over the features of all branches.

    The early model sees how modalities interact; the voters of single branches are
    simpler, and one of them is left when the other modality is missing.

    Parameters
    ----------
    branches : list of (str, transformer)
        Names and transformers from ``X`` to a matrix of features, as
        :func:`~mmbench.fusion.branch` makes them. At least one; none named ``early``.
    classifier : classifier
        What is trained on each branch and on all of them.
    rule : {"max", "mean", "product", "vote", "weighted"}, default="mean"
        As in :class:`~mmbench.fusion.LateFusionClassifier`.
    cv : int, splitter or list of (train, test), default=5
        As in :class:`~mmbench.fusion.LateFusionClassifier`.

    Attributes
    ----------
    late_ : LateFusionClassifier
        The fitted voters and their rule.
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted.
    n_features_in_ : int
        The number of columns seen in ``fit``, if the first branch has it.

    References
    ----------
    P. K. Atrey, M. A. Hossain, A. El Saddik, M. S. Kankanhalli (2010), "Multimodal
    fusion for multimedia analysis: a survey", Multimedia Systems 16, 345-379, sec. 3:
    early (feature level), late (decision level) and hybrid fusion.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.feature_extraction.text import TfidfVectorizer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from mmbench.fusion import branch
    >>> X = pd.DataFrame({"text": ["red", "red", "sky", "sky"], "width": [1, 2, 8, 9]})
    >>> branches = [("text", branch("text", TfidfVectorizer())),
    ...             ("size", branch(["width"], "passthrough"))]
    >>> method = HybridFusionClassifier(branches, LogisticRegression())
    >>> [name for name, _ in method.late_estimators()]
    ['text', 'size', 'early']
    >>> method.fit(X, ["cup", "cup", "sky", "sky"]).predict(X).tolist()
    ['cup', 'cup', 'sky', 'sky']
    """

    _late = LateFusionClassifier
    _predictor = "classifier"

    def __init__(
        self,
        branches: list[tuple[str, Any]],
        classifier: Any,
        *,
        rule: Rule = "mean",
        cv: Any = 5,
    ) -> None:
        self.branches = branches
        self.classifier = classifier
        self.rule = rule
        self.cv = cv

    @property
    def classes_(self) -> NDArray[Any]:  # type: ignore[override]
        """The classes, sorted."""
        classes: NDArray[Any] = self.late_.classes_
        return classes

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the combined probabilities of the classes.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The samples.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), dtype float64
            Columns in the order of ``classes_``; each row sums to one.
        """
        check_is_fitted(self)
        proba: NDArray[np.float64] = self.late_.predict_proba(X)
        return proba


class HybridFusionRegressor(RegressorMixin, _HybridFusion):
    """Combine a regressor per branch with one over the features of all branches.

    Parameters
    ----------
    branches : list of (str, transformer)
        As in :class:`HybridFusionClassifier`.
    regressor : regressor
        What is trained on each branch and on all of them.
    rule : {"mean", "median", "weighted"}, default="mean"
        As in :class:`~mmbench.fusion.LateFusionRegressor`.
    cv : int, splitter or list of (train, test), default=5
        As in :class:`~mmbench.fusion.LateFusionRegressor`.

    Attributes
    ----------
    late_ : LateFusionRegressor
        The fitted voters and their rule.
    n_features_in_ : int
        The number of columns seen in ``fit``, if the first branch has it.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LinearRegression
    >>> from mmbench.fusion import branch
    >>> X = pd.DataFrame({"width": [1.0, 2.0, 3.0], "height": [3.0, 2.0, 1.0]})
    >>> branches = [(each, branch([each], "passthrough")) for each in X]
    >>> method = HybridFusionRegressor(branches, LinearRegression())
    >>> method.fit(X, [10.0, 20.0, 30.0]).predict(X).round(6).tolist()
    [10.0, 20.0, 30.0]
    """

    _late = LateFusionRegressor
    _predictor = "regressor"

    def __init__(
        self,
        branches: list[tuple[str, Any]],
        regressor: Any,
        *,
        rule: NumberRule = "mean",
        cv: Any = 5,
    ) -> None:
        self.branches = branches
        self.regressor = regressor
        self.rule = rule
        self.cv = cv

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Return the combined numbers.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The samples.

        Returns
        -------
        ndarray of shape (n_samples,), dtype float64
        """
        check_is_fitted(self)
        numbers: NDArray[np.float64] = self.late_.predict(X)
        return numbers
