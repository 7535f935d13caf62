"""The kinds of work that nodes do."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from sklearn.base import clone

from mmbench.engine.node import Context, Rows, Split, Times, Votes, split, take
from mmbench.fusion import Rule, combine, learn_weights, missing_rows
from mmbench.spec import spec_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NO_TIME = Times(0.0, 0.0)


@dataclass(frozen=True)
class Source:
    """All columns of the dataset, as they are."""

    light = True

    def identity(self) -> Any:
        """Return what the work is."""
        return "X"

    def run(
        self, _inputs: Sequence[Any], _rows: Rows | None, context: Context
    ) -> tuple[Any, Times]:
        """Return the frame."""
        return context.X, _NO_TIME


@dataclass(frozen=True)
class Map:
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

    def run(
        self, inputs: Sequence[Any], _rows: Rows | None, _context: Context
    ) -> tuple[Any, Times]:
        """Transform every row."""
        X = inputs[0]
        if self.chunk is not None:
            X = take(X, np.arange(*self.chunk))
        start = time.perf_counter()
        value = clone(self.estimator).fit(X).transform(X)
        return value, Times(0.0, time.perf_counter() - start)


@dataclass(frozen=True)
class Concatenate:
    """Chunks of rows, one after another."""

    light = False

    def identity(self) -> Any:
        """Return what the work is."""
        return None

    def run(
        self, inputs: Sequence[Any], _rows: Rows | None, _context: Context
    ) -> tuple[Any, Times]:
        """Put the chunks together."""
        if _is_sparse(inputs):
            return sparse.vstack(inputs).tocsr(), _NO_TIME
        return np.concatenate(inputs), _NO_TIME


@dataclass(frozen=True)
class Transform:
    """A transformer that learns from the training rows."""

    estimator: Any
    light: bool = False

    def identity(self) -> Any:
        """Return what the work is."""
        return spec_of(self.estimator)

    def run(
        self, inputs: Sequence[Any], rows: Rows | None, context: Context
    ) -> tuple[Split, Times]:
        """Fit and transform the training rows, transform the others."""
        rows = _needed(rows)
        X, y = split(inputs[0], rows), context.y[rows.train]
        model = clone(self.estimator)
        start = time.perf_counter()
        if hasattr(model, "fit_transform"):
            train = model.fit_transform(X.train, y)
        else:
            train = model.fit(X.train, y).transform(X.train)
        fitted = time.perf_counter()
        apply = model.transform(X.apply)
        return Split(train, apply), _times(start, fitted)


@dataclass(frozen=True)
class Classify:
    """A classifier, or any estimator that the engine does not look into, run whole."""

    estimator: Any
    light = False

    def identity(self) -> Any:
        """Return what the work is."""
        return spec_of(self.estimator)

    def run(
        self, inputs: Sequence[Any], rows: Rows | None, context: Context
    ) -> tuple[Votes, Times]:
        """Fit on the training rows and answer for the others."""
        rows = _needed(rows)
        X, y = split(inputs[0], rows), context.y[rows.train]
        model = clone(self.estimator)
        start = time.perf_counter()
        model.fit(X.train, y)
        fitted = time.perf_counter()
        has_proba = hasattr(model, "predict_proba")
        output = model.predict_proba(X.apply) if has_proba else model.predict(X.apply)
        times = _times(start, fitted)
        seen = np.searchsorted(context.classes, model.classes_)
        if has_proba:
            proba = _checked(
                np.asarray(output, dtype=float), len(rows.apply), len(seen)
            )
        else:
            proba = (np.asarray(output)[:, None] == model.classes_).astype(float)
        return Votes(_spread(proba, seen, len(context.classes)), seen, has_proba), times


@dataclass(frozen=True)
class Join:
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
    light = True

    def identity(self) -> Any:
        """Return what the work is."""
        return [self.weights, self.sparse_threshold]

    def run(
        self, inputs: Sequence[Any], rows: Rows | None, _context: Context
    ) -> tuple[Any, Times]:
        """Join the blocks."""
        whole = not any(isinstance(value, Split) for value in inputs)
        if whole and rows is None:
            blocks = self._weighted(inputs)
            return _beside(blocks, dense=not _is_sparse(blocks)), _NO_TIME
        parts = [split(value, _needed(rows)) for value in inputs]
        train = self._weighted([part.train for part in parts])
        apply = self._weighted([part.apply for part in parts])
        # What the training rows look like decides for all rows.
        dense = not self._stays_sparse(train)
        return Split(_beside(train, dense=dense), _beside(apply, dense=dense)), _NO_TIME

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
class Inner:
    """The rows of an inner fold, out of the part that was learnt from.

    Parameters
    ----------
    outer : Rows
        The rows of the input.
    """

    outer: Rows
    light = True

    def identity(self) -> Any:
        """Return what the work is."""
        return self.outer.digest

    def run(
        self, inputs: Sequence[Any], rows: Rows | None, _context: Context
    ) -> tuple[Split, Times]:
        """Pick the rows."""
        rows = _needed(rows)
        order = np.argsort(self.outer.train)
        places = (
            order[np.searchsorted(self.outer.train, part, sorter=order)]
            for part in (rows.train, rows.apply)
        )
        return Split(*(take(inputs[0].train, place) for place in places)), _NO_TIME


@dataclass(frozen=True)
class Average:
    """Soft voting: the (weighted) mean of the voters' probabilities."""

    weights: tuple[float, ...] | None
    light = True

    def identity(self) -> Any:
        """Return what the work is."""
        return self.weights

    def run(
        self, inputs: Sequence[Votes], _rows: Rows | None, _context: Context
    ) -> tuple[Votes, Times]:
        """Average."""
        stacked = np.asarray([votes.proba for votes in inputs])
        proba = np.average(stacked, axis=0, weights=self.weights)
        return Votes(proba, inputs[0].seen), _NO_TIME


@dataclass(frozen=True)
class Fuse:
    """Late fusion: one rule over the voters' probabilities.

    The inputs are the voters; under the rule ``weighted`` followed by each voter's
    inner folds, voter by voter.

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
    light = True

    def identity(self) -> Any:
        """Return what the work is."""
        return [self.rule, self.columns, [fold.digest for fold in self.folds]]

    def run(
        self, inputs: Sequence[Votes], rows: Rows | None, context: Context
    ) -> tuple[Votes, Times]:
        """Combine the voters."""
        rows = _needed(rows)
        start = time.perf_counter()
        n_voters = len(self.columns)
        y = context.y[rows.train]
        seen = np.searchsorted(context.classes, np.unique(y))
        y_index = np.searchsorted(context.classes[seen], y)
        weights = None
        if self.rule == "weighted":
            oof = out_of_fold(inputs[n_voters:], self.folds, rows.train, n_voters)
            weights = learn_weights(
                np.array(oof)[:, :, seen], y_index, self._present(context, rows.train)
            )
        fitted = time.perf_counter()
        proba = combine(
            np.array([votes.proba[:, seen] for votes in inputs[:n_voters]]),
            self._present(context, rows.apply),
            self.rule,
            weights,
            np.bincount(y_index) / len(y_index),
        )
        n_classes = len(context.classes)
        return Votes(_spread(proba, seen, n_classes), seen), _times(start, fitted)

    def _present(self, context: Context, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        X = context.X.iloc[rows]
        return ~np.array([missing_rows(X, columns) for columns in self.columns])


@dataclass(frozen=True)
class Meta:
    """Stacking's features: the voters' out-of-fold probabilities, side by side.

    The inputs are the voters, followed by each voter's inner folds, voter by voter.
    """

    n_voters: int
    folds: tuple[Rows, ...]
    light = True

    def identity(self) -> Any:
        """Return what the work is."""
        return [fold.digest for fold in self.folds]

    def run(
        self, inputs: Sequence[Votes], rows: Rows | None, context: Context
    ) -> tuple[Split, Times]:
        """Lay the probabilities out as StackingClassifier does."""
        rows = _needed(rows)
        oof = out_of_fold(
            inputs[self.n_voters :], self.folds, rows.train, self.n_voters
        )
        seen = np.searchsorted(context.classes, np.unique(context.y[rows.train]))
        # The first of two columns says the same as the second, and is left out.
        kept = seen[1:] if len(seen) == 2 else seen
        full = [votes.proba for votes in inputs[: self.n_voters]]
        train, apply = (
            np.concatenate([proba[:, kept] for proba in probas], axis=1)
            for probas in (oof, full)
        )
        return Split(train, apply), _NO_TIME


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


def _needed(rows: Rows | None) -> Rows:
    if rows is None:
        raise TypeError("this work learns, so its node needs rows.")
    return rows


def _times(start: float, fitted: float) -> Times:
    return Times(fitted - start, time.perf_counter() - fitted)


def _checked(proba: NDArray[Any], n_rows: int, n_seen: int) -> NDArray[Any]:
    if proba.shape != (n_rows, n_seen):
        raise ValueError(
            f"predict_proba must return shape {(n_rows, n_seen)}, got {proba.shape}."
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
