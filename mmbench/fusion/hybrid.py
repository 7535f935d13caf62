"""Hybrid fusion: late fusion in which an early fusion has a vote."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, clone
from sklearn.utils.metaestimators import _BaseComposition
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.combine import Rule
from mmbench.fusion.early import early_fusion
from mmbench.fusion.late import LateFusionClassifier, check_named
from mmbench.fusion.select import append_step

__all__ = ["HybridFusionClassifier"]


class HybridFusionClassifier(ClassifierMixin, _BaseComposition):
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
        The number of columns seen in ``fit``, if the first branch tells it.

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

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters, with ``deep`` those of the branches by their names.

        Parameters
        ----------
        deep : bool, default=True
            Whether ``name`` and ``name__parameter`` of every branch, and
            ``classifier__parameter``, are included.

        Returns
        -------
        dict of str to object
            The parameters.
        """
        params: dict[str, Any] = self._get_params("branches", deep=deep)
        return params

    def set_params(self, **params: Any) -> Self:
        """Set parameters, replace branches by name, or set what is inside.

        Parameters
        ----------
        **params : object
            ``rule="max"``, ``text=new_branch``, ``classifier__C=1.0``.

        Returns
        -------
        HybridFusionClassifier
            Itself.
        """
        self._set_params("branches", **params)
        return self

    def late_estimators(self) -> list[tuple[str, Any]]:
        """Return the voters, unfitted.

        Returns
        -------
        list of (str, Pipeline)
            ``branch(columns, ..., classifier)`` for every branch, which is the same
            work as that modality alone, then ``early_fusion(branches, classifier)``
            under the name ``early``.

        Raises
        ------
        ValueError
            When ``branches`` is not a list of (name, transformer), or one is named
            ``early``.
        """
        check_named("branches", self.branches)
        names = [name for name, _ in self.branches]
        self._validate_names(names)
        if "early" in names:
            raise ValueError(
                "branches must not use the name 'early', which the voter over all "
                "branches has; rename that branch."
            )
        alone = [
            (name, append_step(clone(branch), clone(self.classifier)))
            for name, branch in self.branches
        ]
        return [*alone, ("early", early_fusion(self.branches, self.classifier))]

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Fit every voter on all rows.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The training rows.
        y : array-like of shape (n_samples,)
            Their classes, strings or integers.

        Returns
        -------
        HybridFusionClassifier
            Itself.

        Raises
        ------
        ValueError
            As :meth:`late_estimators` and :meth:`LateFusionClassifier.fit` do.
        """
        late = LateFusionClassifier(self.late_estimators(), rule=self.rule, cv=self.cv)
        self.late_ = late.fit(X, y)
        self.classes_ = self.late_.classes_
        return self

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
        check_is_fitted(self)
        return self.late_.predict(X)

    @property
    def n_features_in_(self) -> int:
        """The number of columns seen in ``fit``, if the first branch tells it."""
        if not hasattr(self, "late_"):
            raise AttributeError(f"{type(self).__name__} is not fitted yet.")
        return self.late_.n_features_in_
