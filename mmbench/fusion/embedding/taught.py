"""Semantic matching whose better side teaches the other: distillation between sides."""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from sklearn.base import clone
from sklearn.model_selection import check_cv
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.embedding.pairs import SIDES
from mmbench.fusion.embedding.semantic import SemanticMatching

__all__ = ["Lesson", "TaughtMatching", "joined", "lesson"]

Floats = NDArray[np.float64]


class Lesson(NamedTuple):
    """What a teacher's answers out of fold say.

    Attributes
    ----------
    exponent : float
        What the teacher's probabilities are raised to, so that they are as sure as they
        are right.
    wanted : ndarray of shape (n_rows, n_classes)
        What the taught side is to predict.
    """

    exponent: float
    wanted: Floats

    def sharpened(self, proba: Any) -> Floats:
        """Return probabilities raised to the exponent.

        Parameters
        ----------
        proba : array-like of shape (n_rows, n_classes)
            What the teacher answers.

        Returns
        -------
        ndarray of shape (n_rows, n_classes), dtype float64
            Rows sum to one.
        """
        return _raised(np.asarray(proba, np.float64), self.exponent)


class TaughtMatching(SemanticMatching):
    """Map one side to the probabilities of classes, and predict these from the other.

    A classifier of one side, the teacher, says for each training pair how probable the
    classes are, out of fold; a regression of the other side predicts just that. So it
    learns from what its partner shows of a pair, not from the pair's class alone: where
    pictures say little about the class, the article beside them says how much there is
    to say. Needs keys that are classes, each of many pairs.

    Parameters
    ----------
    sides : list of (str, estimator)
        ``text`` and ``image``: for the teacher a classifier over ``X`` that has
        ``predict_proba``, for the other a regression of several numbers over ``X``.
    teacher : {"text", "image"}, default="text"
        Which side teaches.
    label_share : float, default=0.25
        How much of what is predicted is the class itself.
    own : classifier or None, default=None
        A classifier of the taught side over ``X``, which learns the classes alone and
        has its say beside the regression.
    own_share : float, default=1/3
        How much it counts.
    cv : int, splitter or list of (train, test), default=3
        The folds out of which the teacher answers.

    Attributes
    ----------
    sides_ : list of estimator
        The fitted estimators.
    own_ : classifier or None
        The fitted classifier of the taught side.
    lesson_ : Lesson
        What was taught.

    References
    ----------
    D. Lopez-Paz, L. Bottou, B. Schölkopf, V. Vapnik (2016), "Unifying distillation and
    privileged information", ICLR. C. Guo, G. Pleiss, Y. Sun, K. Weinberger (2017), "On
    calibration of modern neural networks", ICML: the exponent.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LinearRegression, LogisticRegression
    >>> from mmbench.fusion import branch
    >>> X = pd.DataFrame({"cm": [1.0, 2.0, 4.0, 5.0], "inch": [0.4, 0.8, 1.6, 2.0]})
    >>> sides = [("text", branch(["cm"], LogisticRegression())),
    ...          ("image", branch(["inch"], LinearRegression()))]
    >>> method = TaughtMatching(sides, cv=2).fit(X, ["cat", "car", "cat", "car"])
    >>> method.embed(X, "image").shape
    (4, 2)
    """

    def __init__(
        self,
        sides: list[tuple[str, Any]],
        *,
        teacher: str = "text",
        label_share: float = 0.25,
        own: Any = None,
        own_share: float = 1 / 3,
        cv: Any = 3,
    ) -> None:
        super().__init__(sides)
        self.teacher = teacher
        self.label_share = label_share
        self.own = own
        self.own_share = own_share
        self.cv = cv

    @property
    def teacher_at(self) -> int:
        """The position of the teacher among the sides."""
        return SIDES.index(self.teacher)

    def roles(self) -> tuple[Any, Any]:
        """Return the teacher and the other side's regression, unfitted.

        Returns
        -------
        tuple of (classifier, regressor)

        Raises
        ------
        ValueError
            When ``sides`` is not one estimator for ``text`` and one for ``image``, or
            ``teacher`` is neither.
        """
        found = self.classifiers()
        if self.teacher not in SIDES:
            raise ValueError(
                f"teacher must be one of {list(SIDES)}, got {self.teacher!r}."
            )
        at = SIDES.index(self.teacher)
        return found[at], found[1 - at]

    def untaught(self) -> SemanticMatching | None:
        """Return the matching of both sides' own classifiers, to compare with.

        Returns
        -------
        SemanticMatching or None
            Unfitted; None without a classifier of the taught side.
        """
        if self.own is None:
            return None
        return SemanticMatching(
            [
                (side, estimator if side == self.teacher else self.own)
                for side, estimator in self.sides
            ]
        )

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Fit the teacher, out of fold and to all rows, and then the other side.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The training pairs.
        y : array-like of shape (n_samples,)
            Their keys: the classes.

        Returns
        -------
        TaughtMatching
            The instance itself.
        """
        teacher, taught = self.roles()
        classes, codes = np.unique(np.asarray(y), return_inverse=True)
        answers = np.zeros((len(codes), len(classes)))
        folds = check_cv(self.cv, codes, classifier=True)
        for train, test in folds.split(np.zeros(len(codes)), codes):
            model = clone(teacher).fit(X.iloc[train], np.asarray(y)[train])
            places = np.searchsorted(classes, model.classes_)
            answers[np.ix_(test, places)] = model.predict_proba(X.iloc[test])
        self.lesson_ = lesson(answers, codes, self.label_share)
        fitted = [
            clone(teacher).fit(X, y),
            clone(taught).fit(X, self.lesson_.wanted),
        ]
        self.own_ = None if self.own is None else clone(self.own).fit(X, y)
        self.sides_ = fitted if self.teacher == SIDES[0] else fitted[::-1]
        return self

    def embed(self, X: Any, side: str) -> Floats:
        """Return the embeddings of one side's cells, as :class:`SemanticMatching` does.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The rows; the columns of the other side don't count.
        side : {"text", "image"}
            Which side to embed.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), dtype float64
            Probabilities, and what is predicted of them.
        """
        check_is_fitted(self)
        model = self.sides_[SIDES.index(side)]
        if side == self.teacher:
            return self.lesson_.sharpened(model.predict_proba(X))
        own = None if self.own_ is None else self.own_.predict_proba(X)
        return joined(model.predict(X), own, self.own_share)


def joined(predicted: Any, own: Any, own_share: float) -> Floats:
    """Return what the taught side says.

    Parameters
    ----------
    predicted : array-like of shape (n_rows, n_classes)
        What its regression predicts.
    own : array-like of shape (n_rows, n_classes) or None
        The probabilities of its own classifier, if it has one.
    own_share : float
        How much that counts.

    Returns
    -------
    ndarray of shape (n_rows, n_classes), dtype float64
    """
    said = np.asarray(predicted, np.float64)
    if own is None:
        return said
    mean: Floats = (1 - own_share) * said + own_share * np.asarray(own, np.float64)
    return mean


def lesson(proba: Any, codes: NDArray[Any], label_share: float) -> Lesson:
    """Return what is to be learnt from a teacher's answers out of fold.

    Parameters
    ----------
    proba : array-like of shape (n_rows, n_classes)
        Its probabilities.
    codes : ndarray of int, shape (n_rows,)
        The class of each row.
    label_share : float
        How much of what is wanted is the class itself.

    Returns
    -------
    Lesson
        Its exponent makes the classes as probable as can be.
    """
    answers = np.asarray(proba, np.float64)

    def loss(exponent: float) -> float:
        right = _raised(answers, exponent)[np.arange(len(codes)), codes]
        return -float(np.log(np.maximum(right, 1e-12)).mean())

    exponent = float(minimize_scalar(loss, bounds=(0.2, 5.0), method="bounded").x)
    labels = np.eye(answers.shape[1])[codes]
    soft = _raised(answers, exponent)
    return Lesson(exponent, (1 - label_share) * soft + label_share * labels)


def _raised(proba: Floats, exponent: float) -> Floats:
    raised = np.maximum(proba, 1e-12) ** exponent
    sharp: Floats = raised / raised.sum(axis=1, keepdims=True)
    return sharp
