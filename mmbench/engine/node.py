"""Nodes: the distinct pieces of work under the trials.

A node says *what* is done (its work), *to what* (its inputs) and *on which rows*. Its
key is a digest of exactly that, so two trials that need the same work hold nodes of
the same key, and it is done once.

A value is either *whole*, one entry for every row of the dataset, or *split*, a part
for the rows that were learnt from and a part for the rows that are answered for.
"""

from __future__ import annotations

import functools
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from mmbench.spec import digest_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows a node learns from, and the rows it answers for.

    Parameters
    ----------
    train, apply : ndarray of int, shape (n_train,) and (n_apply,)
        Row numbers of the dataset, in the order in which they are handed over.
    """

    train: NDArray[np.intp]
    apply: NDArray[np.intp]

    @functools.cached_property
    def digest(self) -> str:
        """Names the rows."""
        parts = (
            np.ascontiguousarray(part, np.int64) for part in (self.train, self.apply)
        )
        return hashlib.sha256(b"|".join(part.tobytes() for part in parts)).hexdigest()


class Split(NamedTuple):
    """A value in two parts."""

    train: Any
    apply: Any


class Votes(NamedTuple):
    """Class probabilities of the rows that a classifier answered for.

    Attributes
    ----------
    proba : ndarray of shape (n_apply, n_classes)
        Over all classes of the dataset; a class that was not learnt has zero.
    seen : ndarray of int, shape (n_seen,)
        The positions of the classes that were learnt.
    has_proba : bool
        False when `proba` only marks predicted labels.
    """

    proba: NDArray[np.float64]
    seen: NDArray[np.intp]
    has_proba: bool = True


class Context(NamedTuple):
    """What a node needs beside its inputs: all rows of its dataset.

    Attributes
    ----------
    X : DataFrame of shape (n_samples, n_columns)
    y : ndarray of shape (n_samples,)
    classes : ndarray of shape (n_classes,)
        The labels of the dataset, sorted.
    """

    X: Any
    y: NDArray[Any]
    classes: NDArray[Any]


class Times(NamedTuple):
    """Wall time of one piece of work: learning, and answering."""

    fit_s: float
    apply_s: float


class Fitted(NamedTuple):
    """What a work has learnt.

    Attributes
    ----------
    train : object
        The value for the training rows; None from a classifier.
    answer : callable
        From the live inputs' values for some rows to the value for these rows.
    model : object
        What was fitted, if anything.
    """

    train: Any
    answer: Callable[[Sequence[Any]], Any]
    model: Any = None


class Work(Protocol):
    """What a node does."""

    @property
    def light(self) -> bool:
        """Whether doing it again costs less than keeping it would."""

    @property
    def n_live(self) -> int | None:
        """How many of the inputs, the first ones, an answer needs; None for all."""

    def identity(self) -> Any:
        """Return what the work is, for the node's key."""

    def learn(self, inputs: Sequence[Any], rows: Rows, context: Context) -> Fitted:
        """Learn from the training rows."""


def perform(
    work: Work, inputs: Sequence[Any], rows: Rows | None, context: Context
) -> tuple[Any, Times, Fitted | None]:
    """Do a node's work, and time it.

    Parameters
    ----------
    work : Work
        What to do.
    inputs : sequence of value
        The values of the node's inputs.
    rows : Rows or None
        None for all rows at once, by a work that has a method ``whole``.
    context : Context
        The dataset.

    Returns
    -------
    value : object
        Of all rows, or split; or the votes for the rows that are answered for.
    times : Times
        Wall time.
    fitted : Fitted or None
        What was learnt.
    """
    if rows is None:
        whole: Any = work
        whole.warm_up(inputs)
        start = time.perf_counter()
        value = whole.whole(inputs, context)
        return value, Times(0.0, time.perf_counter() - start), None
    start = time.perf_counter()
    fitted = work.learn(inputs, rows, context)
    learnt = time.perf_counter()
    parts = [answer_part(value, rows) for value in inputs[: work.n_live]]
    answer = fitted.answer(parts)
    times = Times(learnt - start, time.perf_counter() - learnt)
    if isinstance(answer, Votes):
        if len(answer.proba) != len(rows.apply):
            raise ValueError(
                f"predict must answer for {len(rows.apply)} rows, "
                f"got {len(answer.proba)}."
            )
        return answer, times, fitted
    return Split(fitted.train, answer), times, fitted


class Node:
    """One distinct piece of work.

    Parameters
    ----------
    work : Work
        What is done.
    inputs : tuple of Node
        What it is done to.
    rows : Rows or None
        None for a value of all rows.
    dataset : str
        The digest of the dataset's identity.
    """

    __slots__ = ("dataset", "inputs", "key", "rows", "work")
    key: str

    def __init__(
        self, work: Work, inputs: tuple[Node, ...], rows: Rows | None, dataset: str
    ) -> None:
        self.work, self.inputs, self.rows, self.dataset = work, inputs, rows, dataset
        self.key = digest_of(
            type(work).__name__,
            work.identity(),
            [node.key for node in inputs],
            None if rows is None else rows.digest,
            dataset,
        )

    @property
    def light(self) -> bool:
        """Whether the node is done again wherever it is needed, rather than kept."""
        return self.work.light

    def heavy_inputs(self) -> Iterator[Node]:
        """Yield the kept nodes that this one needs, straight or through light ones."""
        for node in self.inputs:
            if node.light:
                yield from node.heavy_inputs()
            else:
                yield node

    def __repr__(self) -> str:
        return f"Node({self.work!r}, key={self.key[:8]})"


def walk(roots: Sequence[Node]) -> Iterator[Node]:
    """Yield every node under the roots once, inputs before what needs them."""
    seen: set[str] = set()
    for root in roots:
        yield from _walk(root, seen)


def _walk(node: Node, seen: set[str]) -> Iterator[Node]:
    if node.key in seen:
        return
    seen.add(node.key)
    for inner in node.inputs:
        yield from _walk(inner, seen)
    yield node


def take(value: Any, rows: NDArray[np.intp]) -> Any:
    """Return some rows of a frame, a series, an array or a sparse matrix."""
    return value.iloc[rows] if hasattr(value, "iloc") else value[rows]


def answer_part(value: Any, rows: Rows) -> Any:
    """Return the part of a value for the rows that are answered for."""
    return value if isinstance(value, Votes) else split(value, rows).apply


def split(value: Any, rows: Rows) -> Split:
    """Return the two parts of a value, whole or split."""
    if isinstance(value, Split):
        return value
    return Split(take(value, rows.train), take(value, rows.apply))
