"""The kinds of work that nodes do: the ones that make features.

A work that answers for each row by itself is *whole*: it is done once for all rows. Any
other *learns* from the training rows and then answers for others. Joining features is
in :mod:`mmbench.engine.graph.blocks`, predicting in
:mod:`mmbench.engine.graph.predicting`.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from sklearn.base import clone

from mmbench.engine.graph.blocks import stacked
from mmbench.engine.graph.light_work import LightWork
from mmbench.engine.graph.node import Fitted
from mmbench.engine.graph.values import Context, Rows, split, take
from mmbench.errors import UsageError
from mmbench.spec import spec_of


@dataclass(frozen=True)
class Source(LightWork):
    """All columns of the dataset, as they are."""

    kind: ClassVar[str] = "Source"

    def identity(self) -> Any:
        """Return what the work is."""
        return "X"

    def whole(self, _inputs: Sequence[Any], context: Context) -> Any:
        """Return the frame.

        Parameters
        ----------
        _inputs : sequence
            Empty.
        context : Context
            The dataset.

        Returns
        -------
        DataFrame of shape (n_samples, n_columns)
            The columns as they are.
        """
        return context.X

    def learn(self, _inputs: Sequence[Any], _rows: Rows, _context: Context) -> Fitted:
        """Learn nothing."""
        raise NotImplementedError


@dataclass(frozen=True)
class Refuse(LightWork):
    """A method that can't be fitted to these rows as it was asked for.

    Attributes
    ----------
    reason : str
        Why it can't.
    """

    kind: ClassVar[str] = "Refuse"
    reason: str
    light = False

    def identity(self) -> Any:
        """Return what the work is."""
        return self.reason

    def learn(self, _inputs: Sequence[Any], _rows: Rows, _context: Context) -> Fitted:
        """Give the reason."""
        raise UsageError(self.reason)


@dataclass(frozen=True)
class Map(LightWork):
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

    kind: ClassVar[str] = "Map"
    estimator: Any
    light: bool = False
    chunk: tuple[int, int] | None = None

    def identity(self) -> Any:
        """Return what the work is."""
        return [spec_of(self.estimator), self.chunk]

    def whole(self, inputs: Sequence[Any], _context: Context) -> Any:
        """Transform every row.

        Parameters
        ----------
        inputs : sequence
            One value of all rows.
        _context : Context
            Not needed.

        Returns
        -------
        object
            What the transformer returns, a row for each row.
        """
        X = self._rows(inputs[0])
        return clone(self.estimator).fit(X).transform(X)

    def warm_up(self, inputs: Sequence[Any]) -> None:
        """Import torch and load the network, or whatever it is."""
        if not self.light:
            first = take(self._rows(inputs[0]), np.arange(1))
            with _no_collection():
                clone(self.estimator).fit(first).transform(first)

    def _rows(self, X: Any) -> Any:
        return X if self.chunk is None else take(X, np.arange(*self.chunk))

    def learn(self, inputs: Sequence[Any], rows: Rows, _context: Context) -> Fitted:
        """Learn nothing."""
        model = clone(self.estimator).fit(split(inputs[0], rows).train)
        return Fitted(None, lambda parts: model.transform(parts[0]), model)


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Look for no garbage meanwhile: importing torch is a third faster then."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass(frozen=True)
class Concatenate(LightWork):
    """Chunks of rows, one after another."""

    kind: ClassVar[str] = "Concatenate"
    light = False

    def identity(self) -> Any:
        """Return what the work is."""
        return None

    def whole(self, inputs: Sequence[Any], _context: Context) -> Any:
        """Put the chunks together.

        Parameters
        ----------
        inputs : sequence of ndarray or sparse matrix
            Chunks of rows, in their order.
        _context : Context
            Not needed.

        Returns
        -------
        ndarray or csr_matrix
            All rows.
        """
        return stacked(inputs)

    def learn(self, _inputs: Sequence[Any], _rows: Rows, _context: Context) -> Fitted:
        """Learn nothing."""
        return Fitted(None, lambda parts: parts[0])


@dataclass(frozen=True)
class Transform(LightWork):
    """A transformer that learns from the training rows.

    Attributes
    ----------
    estimator : estimator
        A transformer, unfitted.
    light : bool, default=False
        Whether its values are quicker to make than to keep.
    uses_target : bool, default=True
        Whether what it learns depends on the target.
    """

    kind: ClassVar[str] = "Transform"
    estimator: Any
    light: bool = False
    uses_target: bool = True

    def identity(self) -> Any:
        """Return what the work is."""
        return spec_of(self.estimator)

    def learn(self, inputs: Sequence[Any], rows: Rows, context: Context) -> Fitted:
        """Fit and transform the training rows."""
        X = self._features([split(value, rows).train for value in inputs])
        y, model = context.y[rows.train], clone(self.estimator)
        if hasattr(model, "fit_transform"):
            train = model.fit_transform(X, y)
        else:
            train = model.fit(X, y).transform(X)
        return Fitted(
            train, lambda parts: model.transform(self._features(parts)), model
        )

    def _features(self, parts: Sequence[Any]) -> Any:
        """Return what the transformer calls X, out of the inputs' values."""
        return parts[0]


@dataclass(frozen=True)
class TransformBlocks(Transform):
    """A transformer whose X is a list of feature blocks.

    Attributes
    ----------
    estimator, light, uses_target
        As in :class:`Transform`.
    """

    kind: ClassVar[str] = "TransformBlocks"

    def _features(self, parts: Sequence[Any]) -> Any:
        return list(parts)


@dataclass(frozen=True)
class Inner(LightWork):
    """The rows of an inner fold, out of the part that was learnt from.

    Parameters
    ----------
    outer : Rows
        The rows of the input.
    """

    kind: ClassVar[str] = "Inner"
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
