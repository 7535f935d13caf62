"""The kinds of work that end in class probabilities: classifiers, and their fusions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone

from mmbench.engine.light_work import LightWork
from mmbench.engine.node import Fitted
from mmbench.engine.probabilities import as_probabilities, positions_of
from mmbench.engine.several_labels import label_votes
from mmbench.engine.values import Context, Rows, Votes, split, take
from mmbench.fusion import Rule, combine, learn_weights, missing_rows
from mmbench.spec import spec_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Classify(LightWork):
    """A classifier, or any estimator that the engine does not look into, run whole."""

    estimator: Any
    light = False
    looks_at_labels = True

    def identity(self) -> Any:
        """Return what the work is."""
        return spec_of(self.estimator)

    def learn(self, inputs: Sequence[Any], rows: Rows, context: Context) -> Fitted:
        """Fit on the training rows."""
        X = self._looked_at([split(value, rows).train for value in inputs])
        model = clone(self.estimator).fit(X, context.y[rows.train])
        n_classes = len(context.classes)
        if context.y.ndim == 2:
            return Fitted(
                None,
                lambda parts: label_votes(model, self._looked_at(parts), n_classes),
                model,
            )
        seen = positions_of(model.classes_, context.classes, "classes_")

        def answer(parts: Sequence[Any]) -> Votes:
            X = self._looked_at(parts)
            if not hasattr(model, "predict_proba"):
                labels = positions_of(model.predict(X), context.classes, "predict")
                proba = np.eye(n_classes)[labels]
                return Votes(proba, seen, has_proba=False)
            given = model.predict_proba(X)
            proba = as_probabilities(given, len(seen), exclusive=True)
            return Votes(_spread(proba, seen, n_classes), seen)

        return Fitted(None, answer, model)

    def _looked_at(self, parts: Sequence[Any]) -> Any:
        """Return what the classifier calls X, out of the inputs' values."""
        return parts[0]


@dataclass(frozen=True)
class ClassifyBlocks(Classify):
    """A classifier whose X is a list of feature blocks."""

    def _looked_at(self, parts: Sequence[Any]) -> Any:
        return list(parts)


@dataclass(frozen=True)
class Average(LightWork):
    """Soft voting: the (weighted) mean of the voters' probabilities."""

    weights: tuple[float, ...] | None

    def identity(self) -> Any:
        """Return what the work is."""
        return self.weights

    def learn(self, _inputs: Sequence[Any], _rows: Rows, _context: Context) -> Fitted:
        """Learn nothing."""

        def answer(parts: Sequence[Votes]) -> Votes:
            stacked = np.asarray([votes.proba for votes in parts])
            proba = np.average(stacked, axis=0, weights=self.weights)
            return Votes(proba, parts[0].seen)

        return Fitted(None, answer)


@dataclass(frozen=True)
class Fuse(LightWork):
    """Late fusion: one rule over the voters' probabilities.

    The inputs are the columns and the voters; under the rule ``weighted`` followed by
    each voter's inner folds, voter by voter.

    Parameters
    ----------
    rule : str
        See :func:`mmbench.fusion.combine`.
    columns : tuple of tuple of str
        What each voter looks at; where all of it is missing, the voter has no say.
    folds : tuple of Rows
        The inner folds.
    """

    rule: Rule
    columns: tuple[tuple[str, ...], ...]
    folds: tuple[Rows, ...] = ()
    looks_at_labels = True

    @property
    def n_live(self) -> int:
        """The inputs that an answer needs: the columns and the voters."""
        return 1 + len(self.columns)

    def identity(self) -> Any:
        """Return what the work is."""
        return [self.rule, self.columns, [fold.digest for fold in self.folds]]

    def learn(self, inputs: Sequence[Any], rows: Rows, context: Context) -> Fitted:
        """Learn the weights, if the rule has any."""
        y = context.y[rows.train]
        seen = np.searchsorted(context.classes, np.unique(y))
        y_index = np.searchsorted(context.classes[seen], y)
        prior = np.bincount(y_index) / len(y_index)
        weights = None
        if self.rule == "weighted":
            votes = inputs[self.n_live :]
            oof = out_of_fold(votes, self.folds, rows.train, len(self.columns))
            present = self._present(take(inputs[0], rows.train))
            weights = learn_weights(np.array(oof)[:, :, seen], y_index, present)

        def answer(parts: Sequence[Any]) -> Votes:
            probas = np.array([votes.proba[:, seen] for votes in parts[1:]])
            present = self._present(parts[0])
            proba = combine(probas, present, self.rule, weights, prior)
            return Votes(_spread(proba, seen, len(context.classes)), seen)

        return Fitted(None, answer)

    def _present(self, X: Any) -> NDArray[np.bool_]:
        return ~np.array([missing_rows(X, columns) for columns in self.columns])


@dataclass(frozen=True)
class Meta(LightWork):
    """Stacking's features: the voters' out-of-fold probabilities, side by side.

    The inputs are the voters, followed by each voter's inner folds, voter by voter.
    """

    n_voters: int
    folds: tuple[Rows, ...]
    looks_at_labels = True

    @property
    def n_live(self) -> int:
        """The inputs that an answer needs: the voters."""
        return self.n_voters

    def identity(self) -> Any:
        """Return what the work is."""
        return [fold.digest for fold in self.folds]

    def learn(self, inputs: Sequence[Any], rows: Rows, context: Context) -> Fitted:
        """Lay the out-of-fold probabilities out as StackingClassifier does."""
        votes = inputs[self.n_voters :]
        oof = out_of_fold(votes, self.folds, rows.train, self.n_voters)
        seen = np.searchsorted(context.classes, np.unique(context.y[rows.train]))
        # The first of two columns says the same as the second, and is left out.
        kept = seen[1:] if len(seen) == 2 else seen

        def beside(probas: Sequence[Any]) -> NDArray[np.float64]:
            return np.concatenate([proba[:, kept] for proba in probas], axis=1)

        return Fitted(beside(oof), lambda parts: beside([v.proba for v in parts]))


def out_of_fold(
    votes: Sequence[Votes], folds: Sequence[Rows], train: NDArray[Any], n_voters: int
) -> list[NDArray[np.float64]]:
    """Return each voter's probabilities of the training rows, put in their order."""
    per_voter = np.array_split(np.arange(len(votes)), n_voters)
    answered = np.concatenate([fold.apply for fold in folds])
    order = np.argsort(answered)[np.argsort(np.argsort(train))]
    return [
        np.concatenate([votes[i].proba for i in of_voter])[order]
        for of_voter in per_voter
    ]


def _spread(proba: NDArray[Any], seen: NDArray[Any], n: int) -> NDArray[np.float64]:
    full = np.zeros((len(proba), n))
    full[:, seen] = proba
    return full
