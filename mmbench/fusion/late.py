"""Late fusion: a model per branch, and a rule that combines what they say."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import RegressorMixin, clone, is_classifier, is_regressor
from sklearn.model_selection import check_cv, cross_val_predict
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.columns import columns_of, missing_rows
from mmbench.fusion.combine import RULES, align_probabilities, combine
from mmbench.fusion.combine_numbers import NUMBER_RULES, combine_numbers
from mmbench.fusion.composition import (
    FusionComposition,
    ProbabilisticClassifier,
    checked_labels,
    checked_targets,
)
from mmbench.fusion.selection import Selection
from mmbench.fusion.weights import learn_number_weights, learn_weights

__all__ = ["LateFusionClassifier", "LateFusionRegressor"]


class LateFusion(FusionComposition, metaclass=ABCMeta):
    """Late fusion of voters of either kind.

    Parameters
    ----------
    estimators : list of (str, estimator)
        Names and voters, at least one.
    rule : str, default="mean"
        How the voters' answers are combined.
    cv : int, splitter or list of (train, test), default=5
        The folds out of which weights are learnt.
    """

    _parts = "estimators"
    _rules: ClassVar[tuple[str, ...]]
    _asked: ClassVar[str]
    """The method that voters answer with out of fold."""

    def __init__(
        self,
        estimators: list[tuple[str, Any]],
        *,
        rule: Any = "mean",
        cv: Any = 5,
    ) -> None:
        self.estimators = estimators
        self.rule = rule
        self.cv = cv

    bagged: bool = False
    """Whether each voter is the mean of the models of its folds."""

    @property
    def learns_weights(self) -> bool:
        """Whether voters are weighed by what they answer out of fold."""
        return bool(self.rule == "weighted")

    def selection(self) -> Selection | None:
        """Return how voters are selected, None where all of them speak."""
        return None

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Fit every voter on all rows, and learn the weights if the rule has any.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The training rows.
        y : array-like of shape (n_samples,)
            Their classes, strings or integers, or their numbers.

        Returns
        -------
        LateFusionClassifier or LateFusionRegressor
            The instance itself.

        Raises
        ------
        ValueError
            When a parameter is wrong, a voter can't answer as the rule wants it to, or
            ``y`` is not what the voters learn.
        """
        if self.rule not in self._rules:
            raise ValueError(
                f"rule must be one of {list(self._rules)}, got {self.rule!r}."
            )
        self._names()
        for name, voter in self.estimators:
            self._check_voter(name, voter)
        y = self._learn_prior(y)
        self.weights_ = None
        self._fit_voters(X, y)
        return self

    def _fit_voters(self, X: Any, y: NDArray[Any]) -> None:
        """Learn the weights out of fold, if there are any; fit the voters."""
        if self.learns_weights:
            self.weights_ = self._learn_weights(
                self._out_of_fold(X, y), y, self._present(X)
            )
        self.estimators_ = [clone(voter).fit(X, y) for _, voter in self.estimators]

    @abstractmethod
    def _check_voter(self, name: str, voter: Any) -> None:
        """Raise a `ValueError` where a voter can't answer."""

    @abstractmethod
    def _learn_prior(self, y: ArrayLike) -> NDArray[Any]:
        """Learn what is said where nobody has a say; return checked targets."""

    @abstractmethod
    def _learn_weights(self, out_of_fold: Any, y: Any, present: Any) -> Any:
        """Learn the weights from what voters said of rows they never saw."""

    def _first_fitted(self) -> Any:
        return getattr(self, "estimators_", [None])[0]

    def _present(self, X: Any) -> NDArray[np.bool_]:
        columns = [columns_of(voter) for _, voter in self.estimators]
        return ~np.array([missing_rows(X, each) for each in columns])

    def _out_of_fold(self, X: Any, y: NDArray[Any]) -> list[NDArray[np.float64]]:
        folds = check_cv(self.cv, y, classifier=is_classifier(self))
        splits = list(folds.split(X, y))
        return [
            cross_val_predict(voter, X, y, cv=splits, method=self._asked)
            for _, voter in self.estimators
        ]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        voters = self.estimators if isinstance(self.estimators, list) else []
        inputs = [get_tags(voter).input_tags for _, voter in voters]
        tags.input_tags.sparse = all(each.sparse for each in inputs)
        tags.input_tags.allow_nan = all(each.allow_nan for each in inputs)
        return tags


class LateFusionClassifier(ProbabilisticClassifier, LateFusion):
    """Combine the class probabilities of several classifiers by a rule.

    Every voter is a complete method over ``X``, fitted on all training rows, as it
    would be alone. A voter whose columns (those that its
    :class:`~mmbench.fusion.SelectColumns` steps pick) are all missing in a row has no
    say there. A row on which no voter has a say gets the classes' shares of the
    training rows.

    Parameters
    ----------
    estimators : list of (str, classifier)
        Names and voters, at least one.
    rule : {"max", "mean", "product", "vote", "weighted"}, default="mean"
        How the voters' probabilities are combined; see
        :func:`~mmbench.fusion.combine`. ``weighted`` learns the weights from
        predictions out of fold, see :func:`~mmbench.fusion.learn_weights`. With
        ``vote``, voters may lack ``predict_proba``.
    cv : int, splitter or list of (train, test), default=5
        The folds for ``weighted``, as :func:`~sklearn.model_selection.check_cv` takes
        them: a number means that many stratified folds in the order of the rows. Every
        training row must be in exactly one test part. Where rows belong to groups, give
        a list of splits that respects them.

    Attributes
    ----------
    estimators_ : list of classifiers
        The fitted voters.
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted.
    class_prior_ : ndarray of shape (n_classes,)
        Their shares of the training rows.
    weights_ : ndarray of shape (n_voters,) or None
        The learned weights, of sum one; None for the other rules.
    n_features_in_ : int
        The number of columns seen in ``fit``, if the first voter has it.

    See Also
    --------
    HybridFusionClassifier : An early fusion as a further voter.
    stacked_fusion : A classifier learns how to combine.
    sklearn.ensemble.VotingClassifier : The same for voters that see everything.

    References
    ----------
    J. Kittler, M. Hatef, R. P. W. Duin, J. Matas (1998), "On combining classifiers",
    IEEE Transactions on Pattern Analysis and Machine Intelligence 20(3), 226-239.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.feature_extraction.text import TfidfVectorizer
    >>> from sklearn.naive_bayes import GaussianNB, MultinomialNB
    >>> from mmbench.fusion import LateFusionClassifier, branch
    >>> X = pd.DataFrame({"text": ["red", "red", "sky", "sky"], "width": [1, 2, 8, 9]})
    >>> voters = [("text", branch("text", TfidfVectorizer(), MultinomialNB())),
    ...           ("size", branch(["width"], GaussianNB()))]
    >>> method = LateFusionClassifier(voters).fit(X, ["cup", "cup", "sky", "sky"])
    >>> unseen = pd.DataFrame({"text": ["red", ""], "width": [1, 9]})
    >>> method.predict(unseen).tolist()
    ['cup', 'sky']

    Without missing cells, the mean is what scikit-learn's soft voting gives:

    >>> from sklearn.ensemble import VotingClassifier
    >>> soft = VotingClassifier(voters, voting="soft").fit(X, method.predict(X))
    >>> bool(np.allclose(soft.predict_proba(X), method.predict_proba(X)))
    True
    """

    _rules = RULES
    _asked = "predict_proba"

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
        votes = [self._vote(voter, X) for voter in self.estimators_]
        return combine(
            votes, self._present(X), self.rule, self.weights_, self.class_prior_
        )

    def _check_voter(self, name: str, voter: Any) -> None:
        kind = type(voter).__name__
        if not is_classifier(voter):
            raise ValueError(f"voter {name!r} must be a classifier, got {kind}.")
        if self.rule != "vote" and not hasattr(voter, "predict_proba"):
            raise ValueError(
                f"rule={self.rule!r} needs probabilities, but voter {name!r} "
                f"({kind}) has no predict_proba; wrap its classifier in "
                "sklearn.calibration.CalibratedClassifierCV or set rule='vote'."
            )

    def _learn_prior(self, y: ArrayLike) -> NDArray[Any]:
        labels = checked_labels(y)
        self.classes_, y_index = np.unique(labels, return_inverse=True)
        self.class_prior_ = np.bincount(y_index) / y_index.size
        return labels

    def _learn_weights(self, out_of_fold: Any, y: Any, present: Any) -> Any:
        return learn_weights(out_of_fold, np.searchsorted(self.classes_, y), present)

    def _vote(self, voter: Any, X: Any) -> NDArray[np.float64]:
        if hasattr(voter, "predict_proba"):
            proba = voter.predict_proba(X)
            return align_probabilities(proba, voter.classes_, self.classes_)
        is_chosen = np.asarray(voter.predict(X))[:, None] == self.classes_
        ballots: NDArray[np.float64] = is_chosen.astype(float)
        return ballots


class LateFusionRegressor(RegressorMixin, LateFusion):
    """Combine the numbers that several regressors predict by a rule.

    Every voter is a complete method over ``X``, fitted on all training rows, as it
    would be alone. A voter whose columns are all missing in a row has no say there. A
    row on which no voter has a say gets the mean of the training rows.

    Parameters
    ----------
    estimators : list of (str, regressor)
        Names and voters, at least one.
    rule : {"mean", "median", "weighted"}, default="mean"
        How the voters' numbers are combined; see
        :func:`~mmbench.fusion.combine_numbers`. ``weighted`` learns the weights from
        predictions out of fold, see :func:`~mmbench.fusion.learn_number_weights`.
    cv : int, splitter or list of (train, test), default=5
        The folds for ``weighted``, as in :class:`LateFusionClassifier`; a number means
        that many folds in the order of the rows.

    Attributes
    ----------
    estimators_ : list of regressors
        The fitted voters.
    prior_ : float
        The mean of the training rows.
    weights_ : ndarray of shape (n_voters,) or None
        The learned weights, of sum one; None for the other rules.
    n_features_in_ : int
        The number of columns seen in ``fit``, if the first voter has it.

    See Also
    --------
    LateFusionClassifier : The same of classes.
    sklearn.ensemble.VotingRegressor : The mean of voters that see everything.

    References
    ----------
    L. Breiman (1996), "Stacked regressions", Machine Learning 24, 49-64.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LinearRegression
    >>> from mmbench.fusion import LateFusionRegressor, branch
    >>> X = pd.DataFrame({"width": [1.0, 2.0, 3.0], "height": [3.0, 2.0, 1.0]})
    >>> voters = [(each, branch([each], LinearRegression())) for each in X]
    >>> method = LateFusionRegressor(voters).fit(X, [10.0, 20.0, 30.0])
    >>> unseen = pd.DataFrame({"width": [4.0, 4.0], "height": [0.0, 2.0]})
    >>> method.predict(unseen).round(6).tolist()
    [40.0, 30.0]
    """

    _rules = NUMBER_RULES
    _asked = "predict"

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
        numbers = [voter.predict(X) for voter in self.estimators_]
        return combine_numbers(
            numbers, self._present(X), self.rule, self.weights_, self.prior_
        )

    def _check_voter(self, name: str, voter: Any) -> None:
        if not is_regressor(voter):
            kind = type(voter).__name__
            raise ValueError(f"voter {name!r} must be a regressor, got {kind}.")

    def _learn_prior(self, y: ArrayLike) -> NDArray[Any]:
        numbers = checked_targets(y)
        self.prior_ = float(np.mean(numbers))
        return numbers

    def _learn_weights(self, out_of_fold: Any, y: Any, present: Any) -> Any:
        return learn_number_weights(out_of_fold, y, present)
