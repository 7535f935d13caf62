"""Ensemble selection: the voters that help, each as often as it helps."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone, is_classifier
from sklearn.model_selection import check_cv

from mmbench.fusion.combine import Rule
from mmbench.fusion.combine_numbers import NumberRule
from mmbench.fusion.fold_bagging import FoldBaggingClassifier, FoldBaggingRegressor
from mmbench.fusion.late import LateFusion, LateFusionClassifier, LateFusionRegressor
from mmbench.fusion.selection import (
    CLASS_SCORES,
    Selection,
    select_number_voters,
    select_voters,
)

__all__ = ["GreedyEnsembleClassifier", "GreedyEnsembleRegressor"]


class _GreedyEnsemble(LateFusion):
    """Ensemble selection among voters of either kind."""

    replace: bool
    n_rounds: int
    scoring: str = "f1_macro"

    @property
    def learns_weights(self) -> bool:
        """Whether voters are weighed by what they answer out of fold: always."""
        return True

    def _fit_voters(self, X: Any, y: NDArray[Any]) -> None:
        if not self.bagged:
            super()._fit_voters(X, y)
            return
        folds = check_cv(self.cv, y, classifier=is_classifier(self))
        bag = FoldBaggingClassifier if is_classifier(self) else FoldBaggingRegressor
        splits = list(folds.split(X, y))
        self.estimators_ = [
            bag(clone(voter), cv=splits).fit(X, y) for _, voter in self.estimators
        ]
        out_of_fold = [voter.out_of_fold(X) for voter in self.estimators_]
        self.weights_ = self._learn_weights(out_of_fold, y, self._present(X))

    def selection(self) -> Selection:
        """Return how voters are selected.

        Returns
        -------
        Selection
            The parameters that it depends on.
        """
        return Selection(self.scoring, self.replace, self.n_rounds)

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Select among the voters out of fold, and fit them on all rows.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The training rows.
        y : array-like of shape (n_samples,)
            Their classes, strings or integers, or their numbers.

        Returns
        -------
        GreedyEnsembleClassifier or GreedyEnsembleRegressor
            The instance itself.

        Raises
        ------
        ValueError
            When a parameter is wrong, a voter can't answer as the rule wants it to, or
            ``y`` is not what the voters learn.
        """
        if self.rule == "weighted":
            raise ValueError(
                "rule must be one without weights of its own, got 'weighted'; the "
                "selection learns them, so rule='mean' is the weighted mean."
            )
        if not isinstance(self.n_rounds, int | np.integer) or self.n_rounds < 1:
            raise ValueError(
                f"n_rounds must be a positive integer, got {self.n_rounds!r}."
            )
        if self.scoring not in CLASS_SCORES:
            raise ValueError(
                f"scoring must be one of {list(CLASS_SCORES)}, got {self.scoring!r}."
            )
        fitted: Self = super().fit(X, y)
        return fitted


class GreedyEnsembleClassifier(_GreedyEnsemble, LateFusionClassifier):
    """Combine the classifiers whose combination is best out of fold.

    Starting from nothing, the voter is added with which the combination scores best on
    training rows that no voter was fitted on. A voter that never helps gets no weight,
    so the ensemble is hardly ever worse than the best of its voters. Voters are
    complete methods over ``X``; a row on which every selected voter's columns are
    missing is answered by the others.

    Parameters
    ----------
    estimators : list of (str, classifier)
        Names and voters, at least one, with ``predict_proba``.
    rule : {"max", "mean", "product", "vote"}, default="mean"
        How the voters' probabilities are combined; see
        :func:`~mmbench.fusion.combine`.
    scoring : {"accuracy", "f1_macro", "neg_log_loss"}, default="f1_macro"
        What is maximised.
    replace : bool, default=True
        Whether a voter may be selected more than once, and so weigh more. False leaves
        voters out, and nothing else.
    n_rounds : int, default=25
        The most selections.
    cv : int, splitter or list of (train, test), default=5
        The folds, as in :class:`~mmbench.fusion.LateFusionClassifier`.
    bagged : bool, default=False
        Whether a voter is, instead of one model fitted on all rows, the mean of those
        fitted in the folds, as :class:`~mmbench.fusion.FoldBaggingClassifier` has it.

    Attributes
    ----------
    estimators_ : list of classifiers
        The fitted voters, those without weight included.
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted.
    class_prior_ : ndarray of shape (n_classes,)
        Their shares of the training rows.
    weights_ : ndarray of shape (n_voters,)
        How often each voter was selected, as shares that sum to one.
    n_features_in_ : int
        The number of columns seen in ``fit``, if the first voter has it.

    See Also
    --------
    LateFusionClassifier : Combines all voters.

    References
    ----------
    R. Caruana, A. Niculescu-Mizil, G. Crew, A. Ksikes (2004), "Ensemble selection from
    libraries of models", ICML.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.naive_bayes import GaussianNB
    >>> X = pd.DataFrame({"width": [1, 2, 1, 8, 9, 8]})
    >>> voters = [("dummy", DummyClassifier()), ("size", GaussianNB())]
    >>> ensemble = GreedyEnsembleClassifier(voters, cv=3)
    >>> ensemble.fit(X, ["cup", "cup", "cup", "sky", "sky", "sky"]).weights_
    array([0., 1.])
    """

    def __init__(
        self,
        estimators: list[tuple[str, Any]],
        *,
        rule: Rule = "mean",
        scoring: str = "f1_macro",
        replace: bool = True,
        n_rounds: int = 25,
        cv: Any = 5,
        bagged: bool = False,
    ) -> None:
        super().__init__(estimators, rule=rule, cv=cv)
        self.scoring = scoring
        self.replace = replace
        self.n_rounds = n_rounds
        self.bagged = bagged

    def _learn_weights(self, out_of_fold: Any, y: Any, present: Any) -> Any:
        y_index = np.searchsorted(self.classes_, y)
        return select_voters(out_of_fold, y_index, present, self.rule, self.selection())


class GreedyEnsembleRegressor(_GreedyEnsemble, LateFusionRegressor):
    """Combine the regressors whose combination has the least error out of fold.

    Parameters
    ----------
    estimators : list of (str, regressor)
        Names and voters, at least one.
    rule : {"mean", "median"}, default="mean"
        How the voters' numbers are combined; see
        :func:`~mmbench.fusion.combine_numbers`.
    replace, n_rounds, cv, bagged
        As in :class:`GreedyEnsembleClassifier`; folds that are a number are in the
        order of the rows. Squared error is minimised.

    Attributes
    ----------
    estimators_ : list of regressors
        The fitted voters, those without weight included.
    prior_ : float
        The mean of the training rows.
    weights_ : ndarray of shape (n_voters,)
        How often each voter was selected, as shares that sum to one.
    n_features_in_ : int
        The number of columns seen in ``fit``, if the first voter has it.

    See Also
    --------
    LateFusionRegressor : Combines all voters.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.dummy import DummyRegressor
    >>> from sklearn.linear_model import LinearRegression
    >>> X = pd.DataFrame({"width": [1.0, 2.0, 3.0, 4.0]})
    >>> voters = [("dummy", DummyRegressor()), ("line", LinearRegression())]
    >>> GreedyEnsembleRegressor(voters, cv=2).fit(X, [10.0, 20.0, 30.0, 40.0]).weights_
    array([0., 1.])
    """

    def __init__(
        self,
        estimators: list[tuple[str, Any]],
        *,
        rule: NumberRule = "mean",
        replace: bool = True,
        n_rounds: int = 25,
        cv: Any = 5,
        bagged: bool = False,
    ) -> None:
        super().__init__(estimators, rule=rule, cv=cv)
        self.replace = replace
        self.n_rounds = n_rounds
        self.bagged = bagged

    def _learn_weights(self, out_of_fold: Any, y: Any, present: Any) -> Any:
        return select_number_voters(
            out_of_fold, y, present, self.rule, self.selection()
        )
