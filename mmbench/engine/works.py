"""The kinds of work that nodes do.

A work that answers for each row by itself is *whole*: it is done once for all rows. Any
other *learns* from the training rows and then answers for others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from sklearn.base import clone

from mmbench.engine.node import Context, Fitted, Rows, Votes, split, take
from mmbench.errors import UsageError
from mmbench.fusion import Rule, combine, learn_weights, missing_rows, row_products
from mmbench.spec import spec_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


class _Work:
    """What most works have in common: they are light, and all their inputs answer."""

    light: bool = True

    @property
    def n_live(self) -> int | None:
        """How many of the inputs, the first ones, an answer needs; None for all."""
        return None

    def warm_up(self, inputs: Sequence[Any]) -> None:
        """Do what only the first call in a process has to, outside the timing."""


@dataclass(frozen=True)
class Source(_Work):
    """All columns of the dataset, as they are."""

    def identity(self) -> Any:
        """Return what the work is."""
        return "X"

    def whole(self, _inputs: Sequence[Any], context: Context) -> Any:
        """Return the frame."""
        return context.X

    def learn(self, _inputs: Sequence[Any], _rows: Rows, _context: Context) -> Fitted:
        """Learn nothing."""
        raise NotImplementedError


@dataclass(frozen=True)
class Refuse(_Work):
    """A method that can't be fitted to these rows as it was asked for."""

    reason: str
    light = False

    def identity(self) -> Any:
        """Return what the work is."""
        return self.reason

    def learn(self, _inputs: Sequence[Any], _rows: Rows, _context: Context) -> Fitted:
        """Say why."""
        raise UsageError(self.reason)


@dataclass(frozen=True)
class Map(_Work):
    """A transformer that treats each row by itself, over all rows or a chunk of them.

    Parameters
    ----------
    estimator : transformer
        What transforms.
    light : bool, default=False
        Whether the value is not worth keeping.
    chunk : (int, int), optional
        The first row, and the row after the last; all rows by default.
    """

    estimator: Any
    light: bool = False
    chunk: tuple[int, int] | None = None

    def identity(self) -> Any:
        """Return what the work is."""
        return [spec_of(self.estimator), self.chunk]

    def whole(self, inputs: Sequence[Any], _context: Context) -> Any:
        """Transform every row."""
        X = self._rows(inputs[0])
        return clone(self.estimator).fit(X).transform(X)

    def warm_up(self, inputs: Sequence[Any]) -> None:
        """Import torch and load the network, or whatever it is."""
        if not self.light:
            first = take(self._rows(inputs[0]), np.arange(1))
            clone(self.estimator).fit(first).transform(first)

    def _rows(self, X: Any) -> Any:
        return X if self.chunk is None else take(X, np.arange(*self.chunk))

    def learn(self, inputs: Sequence[Any], rows: Rows, _context: Context) -> Fitted:
        """Learn nothing."""
        model = clone(self.estimator).fit(split(inputs[0], rows).train)
        return Fitted(None, lambda parts: model.transform(parts[0]), model)


@dataclass(frozen=True)
class Concatenate(_Work):
    """Chunks of rows, one after another."""

    light = False

    def identity(self) -> Any:
        """Return what the work is."""
        return None

    def whole(self, inputs: Sequence[Any], _context: Context) -> Any:
        """Put the chunks together."""
        if _is_sparse(inputs):
            return sparse.vstack(inputs).tocsr()
        return np.concatenate(inputs)

    def learn(self, _inputs: Sequence[Any], _rows: Rows, _context: Context) -> Fitted:
        """Learn nothing."""
        return Fitted(None, lambda parts: parts[0])


@dataclass(frozen=True)
class Transform(_Work):
    """A transformer that learns from the training rows."""

    estimator: Any
    light: bool = False

    def identity(self) -> Any:
        """Return what the work is."""
        return spec_of(self.estimator)

    def learn(self, inputs: Sequence[Any], rows: Rows, context: Context) -> Fitted:
        """Fit and transform the training rows."""
        X, y = split(inputs[0], rows).train, context.y[rows.train]
        model = clone(self.estimator)
        if hasattr(model, "fit_transform"):
            train = model.fit_transform(X, y)
        else:
            train = model.fit(X, y).transform(X)
        return Fitted(train, lambda parts: model.transform(parts[0]), model)


@dataclass(frozen=True)
class Classify(_Work):
    """A classifier, or any estimator that the engine does not look into, run whole."""

    estimator: Any
    light = False

    def identity(self) -> Any:
        """Return what the work is."""
        return spec_of(self.estimator)

    def learn(self, inputs: Sequence[Any], rows: Rows, context: Context) -> Fitted:
        """Fit on the training rows."""
        X = self._looked_at([split(value, rows).train for value in inputs])
        model = clone(self.estimator).fit(X, context.y[rows.train])
        seen = np.searchsorted(context.classes, model.classes_)
        n_classes = len(context.classes)

        def answer(parts: Sequence[Any]) -> Votes:
            X = self._looked_at(parts)
            if not hasattr(model, "predict_proba"):
                labels = np.asarray(model.predict(X))
                proba = (labels[:, None] == model.classes_).astype(float)
                return Votes(_spread(proba, seen, n_classes), seen, has_proba=False)
            proba = _checked(np.asarray(model.predict_proba(X), float), len(seen))
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
class Join(_Work):
    """Put feature blocks side by side, as FeatureUnion and ColumnTransformer do.

    Parameters
    ----------
    weights : tuple of (float or None)
        What each block is multiplied by.
    sparse_threshold : float, optional
        ColumnTransformer's rule for when the result is sparse; None for FeatureUnion's,
        which is sparse as soon as one block is.
    """

    weights: tuple[float | None, ...]
    sparse_threshold: float | None = None

    def identity(self) -> Any:
        """Return what the work is."""
        return [self.weights, self.sparse_threshold]

    def whole(self, inputs: Sequence[Any], _context: Context) -> Any:
        """Join the blocks of all rows."""
        return _beside(self._weighted(inputs), dense=not _is_sparse(inputs))

    def learn(self, inputs: Sequence[Any], rows: Rows, _context: Context) -> Fitted:
        """Join the blocks of the training rows, which decide whether it is sparse."""
        blocks = self._weighted([split(value, rows).train for value in inputs])
        dense = not self._stays_sparse(blocks)
        return Fitted(
            _beside(blocks, dense=dense),
            lambda parts: _beside(self._weighted(parts), dense=dense),
        )

    def _weighted(self, blocks: Sequence[Any]) -> list[Any]:
        pairs = zip(blocks, self.weights, strict=True)
        return [block if weight is None else block * weight for block, weight in pairs]

    def _stays_sparse(self, blocks: list[Any]) -> bool:
        if self.sparse_threshold is None or not _is_sparse(blocks):
            return _is_sparse(blocks)
        nonzero = sum(b.nnz if sparse.issparse(b) else b.size for b in blocks)
        total = sum(b.shape[0] * b.shape[1] for b in blocks)
        return bool(nonzero / total < self.sparse_threshold)


@dataclass(frozen=True)
class Multiply(_Work):
    """Put two feature blocks and their products side by side."""

    def identity(self) -> Any:
        """Return what the work is."""
        return None

    def whole(self, inputs: Sequence[Any], _context: Context) -> Any:
        """Multiply the blocks of all rows."""
        return row_products(*inputs)

    def learn(self, inputs: Sequence[Any], rows: Rows, _context: Context) -> Fitted:
        """Multiply the blocks of the training rows."""
        blocks = [split(value, rows).train for value in inputs]
        return Fitted(row_products(*blocks), lambda parts: row_products(*parts))


@dataclass(frozen=True)
class Inner(_Work):
    """The rows of an inner fold, out of the part that was learnt from.

    Parameters
    ----------
    outer : Rows
        The rows of the input.
    """

    outer: Rows

    def identity(self) -> Any:
        """Return what the work is."""
        return self.outer.digest

    def learn(self, inputs: Sequence[Any], rows: Rows, _context: Context) -> Fitted:
        """Pick the rows."""
        order = np.argsort(self.outer.train)
        train, apply = (
            order[np.searchsorted(self.outer.train, part, sorter=order)]
            for part in (rows.train, rows.apply)
        )
        learnt = inputs[0].train
        return Fitted(take(learnt, train), lambda _parts: take(learnt, apply))


@dataclass(frozen=True)
class Average(_Work):
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
class Fuse(_Work):
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
class Meta(_Work):
    """Stacking's features: the voters' out-of-fold probabilities, side by side.

    The inputs are the voters, followed by each voter's inner folds, voter by voter.
    """

    n_voters: int
    folds: tuple[Rows, ...]

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


def _checked(proba: NDArray[Any], n_seen: int) -> NDArray[Any]:
    if proba.ndim != 2 or proba.shape[1] != n_seen:
        raise ValueError(
            f"predict_proba must return {n_seen} columns, got shape {proba.shape}."
        )
    if not np.all(np.isfinite(proba)):
        raise ValueError("predict_proba must return finite numbers, got NaN or inf.")
    return proba


def _spread(proba: NDArray[Any], seen: NDArray[Any], n: int) -> NDArray[np.float64]:
    full = np.zeros((len(proba), n))
    full[:, seen] = proba
    return full


def _is_sparse(blocks: Sequence[Any]) -> bool:
    return any(sparse.issparse(block) for block in blocks)


def _beside(blocks: Sequence[Any], *, dense: bool) -> Any:
    if not dense:
        return sparse.hstack(blocks).tocsr()
    stack: Callable[..., Any] = np.hstack
    return stack([b.toarray() if sparse.issparse(b) else b for b in blocks])
