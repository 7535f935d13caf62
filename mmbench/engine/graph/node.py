"""Nodes: the distinct pieces of work under the trials.

A node says *what* is done (its work), *to what* (its inputs) and *on which rows*. Its
key is a digest of exactly that, so two trials that need the same work hold nodes of
the same key, and it is done once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol

from mmbench.engine.graph.values import Context, Rows, Split, View, answer_part
from mmbench.spec import digest_of
from mmbench.tasks import Prediction

_SHORT = 12


class Times(NamedTuple):
    """Wall time of one piece of work: learning, and answering; their processor time.

    Attributes
    ----------
    fit_s : float
        Learning, in seconds of wall time.
    apply_s : float
        Answering, in seconds of wall time.
    cpu_s : float
        Both, in seconds of processor time.
    """

    fit_s: float
    apply_s: float
    cpu_s: float


class Fitted(NamedTuple):
    """What a work has learnt.

    Attributes
    ----------
    train : object
        The value for the training rows; None from a classifier.
    answer : callable
        From the live inputs' values for some rows to the value for these rows.
    model : estimator
        What was fitted, if anything.
    needs : tuple of int, optional
        Which of the live inputs an answer looks at; all of them by default.
    """

    train: Any
    answer: Callable[[Sequence[Any]], Any]
    model: Any = None
    needs: tuple[int, ...] | None = None


class Work(Protocol):
    """What a node does.

    Attributes
    ----------
    kind : str
        Names the kind of work in node keys, whatever its class is called: changing it
        recomputes every cached value of that kind.
    """

    kind: ClassVar[str]

    @property
    def light(self) -> bool:
        """Whether doing it again costs less than keeping it would."""

    @property
    def uses_target(self) -> bool:
        """Whether learning needs the targets of the training rows."""

    @property
    def n_live(self) -> int | None:
        """How many of the inputs, the first ones, an answer needs; None for all."""

    @property
    def tolerant(self) -> bool:
        """Whether it can do without inputs that failed, given :class:`Failed` ones."""

    def identity(self) -> Any:
        """Return what the work is, for the node's key."""

    def learn(self, inputs: Sequence[Any], rows: Rows, context: Context) -> Fitted:
        """Learn from the training rows.

        Parameters
        ----------
        inputs : sequence of object
            The values of the node's inputs.
        rows : Rows
            Numbers of the training rows and of those that are answered for.
        context : Context
            The dataset and its target.

        Returns
        -------
        Fitted
            The value of the training rows, and how to answer for others.

        Raises
        ------
        UsageError
            When the method can't be fitted to these rows as it was asked for.
        """


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
        Of all rows, or split; or the prediction for the rows that are answered for.
    times : Times
        What it took, but for what the first call in a process has to do.
    fitted : Fitted or None
        What was learnt.

    Raises
    ------
    ValueError
        When a method answers for another number of rows than it was asked about.
    """
    if rows is None:
        whole: Any = work
        whole.warm_up(inputs)
        cpu, start = time.process_time(), time.perf_counter()
        value = whole.whole(inputs, context)
        wall_s, cpu_s = time.perf_counter() - start, time.process_time() - cpu
        return value, Times(0.0, wall_s, cpu_s), None
    cpu, start = time.process_time(), time.perf_counter()
    fitted = work.learn(inputs, rows, context)
    learnt = time.perf_counter()
    parts = [answer_part(value, rows) for value in inputs[: work.n_live]]
    answer = fitted.answer(parts)
    answered, cpu_s = time.perf_counter(), time.process_time() - cpu
    times = Times(learnt - start, answered - learnt, cpu_s)
    if isinstance(answer, Prediction):
        if len(answer) != len(rows.apply):
            raise ValueError(
                f"predict must return {len(rows.apply)} rows, got {len(answer)}."
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
    views : tuple of View, default=()
        Which question inside the target is asked, as :meth:`Context.seen_by` takes it.
    """

    __slots__ = ("dataset", "inputs", "key", "rows", "views", "work")
    key: str

    def __init__(
        self,
        work: Work,
        inputs: tuple[Node, ...],
        rows: Rows | None,
        dataset: str,
        views: tuple[View, ...] = (),
    ) -> None:
        self.work, self.inputs, self.rows, self.dataset = work, inputs, rows, dataset
        self.views = views
        self.key = digest_of(
            work.kind,
            work.identity(),
            [node.key for node in inputs],
            None if rows is None else rows.digest,
            dataset,
            *(view.key for view in views),
        )

    @property
    def short_key(self) -> str:
        """The first digits of the key, enough to tell the nodes of one run apart."""
        return self.key[:_SHORT]

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

    def light_inputs(self) -> Iterator[Node]:
        """Yield the nodes that are done again for this one."""
        for node in self.inputs:
            if node.light:
                yield node
                yield from node.light_inputs()

    def __repr__(self) -> str:
        return f"Node({self.work!r}, key={self.key[:8]})"


def walk(roots: Sequence[Node]) -> Iterator[Node]:
    """Yield every node under the roots once, inputs before what needs them.

    Parameters
    ----------
    roots : sequence of Node
        The nodes of methods' answers.

    Yields
    ------
    Node
        Each node once, by its key.
    """
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
