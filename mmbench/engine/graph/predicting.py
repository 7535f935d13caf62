"""The kinds of work that end in a prediction: predictors, and their fusions."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from mmbench.engine.graph.light_work import LightWork
from mmbench.engine.graph.node import Fitted
from mmbench.engine.graph.values import Context, Rows, split, take
from mmbench.errors import DataWarning
from mmbench.fusion import Selection, missing_rows
from mmbench.fusion.embedding.taught import joined, lesson
from mmbench.spec import spec_of
from mmbench.tasks import Prediction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Predict(LightWork):
    """A predictor, or any estimator that the engine does not look into, run whole.

    Attributes
    ----------
    estimator : estimator
        A predictor, unfitted.
    """

    kind: ClassVar[str] = "Classify"

    estimator: Any
    light = False
    uses_target = True

    def identity(self) -> Any:
        """Return what the work is."""
        return spec_of(self.estimator)

    def learn(self, inputs: Sequence[Any], rows: Rows, context: Context) -> Fitted:
        """Fit on the training rows."""
        X = self._features([split(value, rows).train for value in inputs])
        weight = context.target.take(rows.train).weight
        model = clone(self.estimator)
        model.fit(X, context.y[rows.train], **weight_params(model, weight))
        predict, target = context.answers.predict, context.target
        return Fitted(
            None, lambda parts: predict(model, self._features(parts), target), model
        )

    def _features(self, parts: Sequence[Any]) -> Any:
        """Return what the predictor calls X, out of the inputs' values."""
        return parts[0]


@dataclass(frozen=True)
class PredictBlocks(Predict):
    """A predictor whose X is a list of feature blocks.

    Attributes
    ----------
    estimator : estimator
        The predictor, unfitted.
    """

    kind: ClassVar[str] = "ClassifyBlocks"

    def _features(self, parts: Sequence[Any]) -> Any:
        return list(parts)


@dataclass(frozen=True)
class Average(LightWork):
    """Voting: the (weighted) mean of what the voters answer.

    Attributes
    ----------
    weights : tuple of float or None
        The voters' weights; None for equal ones.
    """

    kind: ClassVar[str] = "Average"

    weights: tuple[float, ...] | None

    def identity(self) -> Any:
        """Return what the work is."""
        return self.weights

    def learn(self, _inputs: Sequence[Any], _rows: Rows, context: Context) -> Fitted:
        """Learn nothing."""
        average, target = context.answers.average, context.target
        return Fitted(None, lambda parts: average(parts, self.weights, target))


@dataclass(frozen=True)
class Fuse(LightWork):
    """Late fusion: one rule over what the voters answer.

    The inputs are the columns and the voters; under a rule with weights followed by
    each voter's inner folds, voter by voter.

    Parameters
    ----------
    rule : str
        A rule of :func:`mmbench.fusion.combine`.
    columns : tuple of tuple of str
        What each voter looks at; where all of it is missing, the voter has no say.
    folds : tuple of Rows
        The inner folds.
    selection : Selection, optional
        How voters are selected; by default all of them speak.
    """

    kind: ClassVar[str] = "Fuse"

    rule: str
    columns: tuple[tuple[str, ...], ...]
    folds: tuple[Rows, ...] = ()
    selection: Selection | None = None
    uses_target = True

    @property
    def n_live(self) -> int:
        """The inputs that an answer needs: the columns and the voters."""
        return 1 + len(self.columns)

    def identity(self) -> Any:
        """Return what the work is."""
        plain = [self.rule, self.columns, [fold.digest for fold in self.folds]]
        return plain if self.selection is None else [*plain, self.selection]

    def learn(self, inputs: Sequence[Any], rows: Rows, context: Context) -> Fitted:
        """Learn the weights, if the rule has any."""
        answers, target = context.answers, context.target
        oof = present = None
        if self.folds:
            parts = inputs[self.n_live :]
            n = len(self.columns)
            oof = out_of_fold(parts, self.folds, rows.train, n, answers.out_of_fold)
            present = self._present(take(inputs[0], rows.train))
        learnt = answers.learn_fusion(
            self.rule, target.take(rows.train), oof, present, self.selection
        )

        def answer(parts: Sequence[Any]) -> Prediction:
            present = self._present(parts[0])
            return answers.fuse(self.rule, learnt, parts[1:], present, target)

        return Fitted(None, answer)

    def _present(self, X: Any) -> NDArray[np.bool_]:
        return ~np.array([missing_rows(X, columns) for columns in self.columns])


@dataclass(frozen=True)
class StackingFeatures(LightWork):
    """Stacking's features: the voters' out-of-fold answers, side by side.

    The inputs are the voters, followed by each voter's inner folds, voter by voter.

    Attributes
    ----------
    n_voters : int
        How many voters there are.
    folds : tuple of Rows
        The inner folds, whose test parts make up the training rows.
    """

    kind: ClassVar[str] = "Meta"

    n_voters: int
    folds: tuple[Rows, ...]
    uses_target = True

    @property
    def n_live(self) -> int:
        """The inputs that an answer needs: the voters."""
        return self.n_voters

    def identity(self) -> Any:
        """Return what the work is."""
        return [fold.digest for fold in self.folds]

    def learn(self, inputs: Sequence[Any], rows: Rows, context: Context) -> Fitted:
        """Lay the out-of-fold answers out as scikit-learn's stacking does."""
        parts = inputs[self.n_voters :]
        joined = context.answers.out_of_fold
        oof = out_of_fold(parts, self.folds, rows.train, self.n_voters, joined)
        stack, trained = context.answers.stack, context.target.take(rows.train)
        return Fitted(stack(oof, trained), lambda parts: stack(parts, trained))


@dataclass(frozen=True)
class JoinParts(LightWork):
    """What is answered to each part of a target, put together.

    The inputs are the answers to the parts whose training rows differ, in their order.

    Parameters
    ----------
    constants : tuple of (float or None)
        The value of each part that all training rows share; None for the others.
    """

    kind: ClassVar[str] = "BesideLabels"

    constants: tuple[float | None, ...]

    def identity(self) -> Any:
        """Return what the work is."""
        return self.constants

    def learn(self, _inputs: Sequence[Any], _rows: Rows, context: Context) -> Fitted:
        """Learn nothing, and warn of parts about which nothing can be learnt."""
        parts = context.answers.parts(context.target)
        for part, value in zip(parts, self.constants, strict=True):
            if value is not None:
                have = "all training rows have" if value else "no training row has"
                message = f"{have} {part.name}, so it is predicted for all test rows."
                warnings.warn(message, DataWarning, stacklevel=2)

        def answer(known: Sequence[Prediction]) -> Prediction:
            found, n_rows = iter(known), len(known[0])
            answers = [
                next(found)
                if value is None
                else part.task.answers.constant(int(value), n_rows)
                for part, value in zip(parts, self.constants, strict=True)
            ]
            return context.answers.join(answers, context.target)

        return Fitted(None, answer)


@dataclass(frozen=True)
class Teach(LightWork):
    """A regression on what a classifier of the other side answers out of fold.

    The inputs are the features of the taught side, the teacher, a classifier of the
    taught side if it has one, and the teacher's inner folds.

    Parameters
    ----------
    estimator : estimator
        The regression, unfitted.
    teacher : int
        The part of the target that the teacher answers.
    label_share : float
        As in :class:`~mmbench.fusion.embedding.TaughtMatching`.
    own_share : float or None
        Likewise; None without a classifier of the taught side.
    folds : tuple of Rows
        The inner folds.
    """

    kind: ClassVar[str] = "Teach"

    estimator: Any
    teacher: int
    label_share: float
    own_share: float | None
    folds: tuple[Rows, ...]
    light = False
    uses_target = True

    @property
    def n_live(self) -> int:
        """The inputs that an answer needs: all but the inner folds."""
        return 2 if self.own_share is None else 3

    def identity(self) -> Any:
        """Return what the work is."""
        folds = [fold.digest for fold in self.folds]
        shares = [self.label_share, self.own_share]
        return [spec_of(self.estimator), self.teacher, *shares, folds]

    def learn(self, inputs: Sequence[Any], rows: Rows, context: Context) -> Fitted:
        """Fit the regression to the teacher's answers for the training rows."""
        answers, target = context.answers, context.target
        part = answers.parts(target)[self.teacher]
        (taught,) = out_of_fold(inputs[self.n_live :], self.folds, rows.train, 1)
        codes = part.task.data.codes(part.target.take(rows.train))
        found = lesson(taught["proba"], codes, self.label_share)
        model = clone(self.estimator)
        model.fit(split(inputs[0], rows).train, found.wanted)

        def answer(parts: Sequence[Any]) -> Prediction:
            own = None if self.own_share is None else parts[2]["proba"]
            said = joined(model.predict(parts[0]), own, self.own_share or 0.0)
            both = [found.sharpened(parts[1]["proba"]), said]
            sides = both if self.teacher == 0 else both[::-1]
            return answers.join([Prediction({"proba": p}) for p in sides], target)

        return Fitted(None, answer, model)


def weight_params(
    estimator: Any, weight: NDArray[np.float64] | None
) -> Mapping[str, Any]:
    """Return what hands sample weights to an estimator's ``fit``; warn if nothing does.

    Parameters
    ----------
    estimator : estimator
        A predictor, unfitted. In a pipeline, it is the last step that takes weights.
    weight : ndarray of float64, shape (n_rows,), or None
        Of the training rows; None where there are none.

    Returns
    -------
    mapping of str to ndarray
        Keyword arguments of ``fit``; empty where it takes no weights.
    """
    name, last = "sample_weight", estimator
    while isinstance(last, Pipeline) and weight is not None:
        name, last = f"{last.steps[-1][0]}__{name}", last.steps[-1][1]
    if weight is None:
        return {}
    if has_fit_parameter(last, "sample_weight"):
        return {name: weight}
    message = (
        f"sample weights change nothing in {type(last).__name__}, whose fit does not "
        f"take them."
    )
    warnings.warn(message, DataWarning, stacklevel=2)
    return {}


def constants_of(columns: Sequence[NDArray[Any]]) -> tuple[float | None, ...]:
    """Return the value that all rows of each column share, None where they differ.

    Parameters
    ----------
    columns : sequence of ndarray of shape (n_rows,)
        The parts of a target.

    Returns
    -------
    tuple of float or None
        One for each column.
    """
    return tuple(
        float(each[0]) if (each == each[0]).all() else None for each in columns
    )


def out_of_fold(
    parts: Sequence[Prediction],
    folds: Sequence[Rows],
    train: NDArray[Any],
    n_voters: int,
    joined: Callable[[Sequence[Prediction]], Prediction] = Prediction.concatenate,
) -> list[Prediction]:
    """Return each voter's answers for the training rows, put in their order.

    Parameters
    ----------
    parts : sequence of Prediction
        Answers for the test part of each fold, voter by voter.
    folds : sequence of Rows
        The inner folds.
    train : ndarray of int, shape (n_rows,)
        The training rows.
    n_voters : int
        How many voters there are.
    joined : callable, default=Prediction.concatenate
        Puts a voter's answers of all folds together, as its task does.

    Returns
    -------
    list of Prediction
        One a voter, each of all training rows.
    """
    per_voter = np.array_split(np.arange(len(parts)), n_voters)
    answered = np.concatenate([fold.apply for fold in folds])
    order = np.argsort(answered)[np.argsort(np.argsort(train))]
    return [joined([parts[i] for i in of_voter]).take(order) for of_voter in per_voter]
