"""Late fusion: a classifier per branch, and a rule that combines what they say."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, clone, is_classifier
from sklearn.model_selection import check_cv, cross_val_predict
from sklearn.utils import check_array, get_tags
from sklearn.utils.metaestimators import _BaseComposition
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d

from mmbench.fusion.columns import columns_of, missing_rows
from mmbench.fusion.combine import (
    RULES,
    Rule,
    align_probabilities,
    combine,
    learn_weights,
)

__all__ = ["LateFusionClassifier"]


class LateFusionClassifier(ClassifierMixin, _BaseComposition):
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
        The number of columns seen in ``fit``, if the first voter tells it.

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

    def __init__(
        self,
        estimators: list[tuple[str, Any]],
        *,
        rule: Rule = "mean",
        cv: Any = 5,
    ) -> None:
        self.estimators = estimators
        self.rule = rule
        self.cv = cv

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters, and with ``deep`` those of the voters by their names.

        Parameters
        ----------
        deep : bool, default=True
            Whether ``name`` and ``name__parameter`` of every voter are included.

        Returns
        -------
        dict of str to object
            The parameters.
        """
        params: dict[str, Any] = self._get_params("estimators", deep=deep)
        return params

    def set_params(self, **params: Any) -> Self:
        """Set parameters, replace voters by name, or set the voters' parameters.

        Parameters
        ----------
        **params : object
            ``rule="max"``, ``text=new_voter``, ``text__classifier__C=1.0``.

        Returns
        -------
        LateFusionClassifier
            Itself.
        """
        self._set_params("estimators", **params)
        return self

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Fit every voter on all rows, and learn the weights if the rule has any.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The training rows.
        y : array-like of shape (n_samples,)
            Their classes, strings or integers.

        Returns
        -------
        LateFusionClassifier
            Itself.

        Raises
        ------
        ValueError
            When a parameter is wrong, a voter lacks ``predict_proba`` (but for
            ``vote``), or ``y`` holds no classes.
        """
        self._check_parameters()
        labels: NDArray[Any] = check_array(
            column_or_1d(y, warn=True), ensure_2d=False, dtype=None, input_name="y"
        )
        check_classification_targets(labels)
        self.classes_, y_index = np.unique(labels, return_inverse=True)
        self.class_prior_ = np.bincount(y_index) / y_index.size
        self.weights_ = None
        if self.rule == "weighted":
            self.weights_ = learn_weights(
                self._out_of_fold(X, labels), y_index, self._present(X)
            )
        self.estimators_ = [clone(voter).fit(X, labels) for _, voter in self.estimators]
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
        votes = [self._vote(voter, X) for voter in self.estimators_]
        return combine(
            votes, self._present(X), self.rule, self.weights_, self.class_prior_
        )

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
        most_probable = self.predict_proba(X).argmax(axis=1)
        chosen: NDArray[Any] = self.classes_[most_probable]
        return chosen

    @property
    def n_features_in_(self) -> int:
        """The number of columns seen in ``fit``, if the first voter tells it."""
        if not hasattr(self, "estimators_"):
            raise AttributeError(f"{type(self).__name__} is not fitted yet.")
        count: int = self.estimators_[0].n_features_in_
        return count

    def _check_parameters(self) -> None:
        if self.rule not in RULES:
            raise ValueError(f"rule must be one of {list(RULES)}, got {self.rule!r}.")
        check_named("estimators", self.estimators)
        self._validate_names([name for name, _ in self.estimators])
        for name, voter in self.estimators:
            kind = type(voter).__name__
            if not is_classifier(voter):
                raise ValueError(f"voter {name!r} must be a classifier, got {kind}.")
            if self.rule != "vote" and not hasattr(voter, "predict_proba"):
                raise ValueError(
                    f"rule={self.rule!r} needs probabilities, but voter {name!r} "
                    f"({kind}) has no predict_proba; wrap its classifier in "
                    "sklearn.calibration.CalibratedClassifierCV or set rule='vote'."
                )

    def _vote(self, voter: Any, X: Any) -> NDArray[np.float64]:
        if hasattr(voter, "predict_proba"):
            proba = voter.predict_proba(X)
            return align_probabilities(proba, voter.classes_, self.classes_)
        is_chosen = np.asarray(voter.predict(X))[:, None] == self.classes_
        ballots: NDArray[np.float64] = is_chosen.astype(float)
        return ballots

    def _present(self, X: Any) -> NDArray[np.bool_]:
        columns = [columns_of(voter) for _, voter in self.estimators]
        return ~np.array([missing_rows(X, each) for each in columns])

    def _out_of_fold(self, X: Any, y: NDArray[Any]) -> list[NDArray[np.float64]]:
        splits = list(check_cv(self.cv, y, classifier=True).split(X, y))
        return [
            cross_val_predict(voter, X, y, cv=splits, method="predict_proba")
            for _, voter in self.estimators
        ]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        voters = self.estimators if isinstance(self.estimators, list) else []
        inputs = [get_tags(voter).input_tags for _, voter in voters]
        tags.input_tags.sparse = all(each.sparse for each in inputs)
        tags.input_tags.allow_nan = all(each.allow_nan for each in inputs)
        return tags


def check_named(parameter: str, estimators: Any) -> None:
    """Check that a parameter is a list of (name, estimator), and not empty.

    Parameters
    ----------
    parameter : str
        Its name.
    estimators : object
        Its value.

    Raises
    ------
    ValueError
        When it isn't.
    """
    is_pairs = (
        isinstance(estimators, list)
        and estimators
        and all(isinstance(pair, tuple) and len(pair) == 2 for pair in estimators)
    )
    if not is_pairs:
        raise ValueError(
            f"{parameter} must be a list of at least one (name, estimator), "
            f"got {estimators!r}."
        )
