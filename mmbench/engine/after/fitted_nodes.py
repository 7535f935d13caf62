"""What the nodes of one dataset and fold have learnt, for the phases after the trials.

A run leaves it in a folder of its own; what is not there is learnt again.
"""

from __future__ import annotations

import contextlib
import pickle
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mmbench.engine.execution.foreign import reason_of
from mmbench.engine.execution.worker import heartbeat
from mmbench.engine.graph.node import Fitted, Node, perform
from mmbench.engine.graph.predicting import Predict
from mmbench.engine.graph.values import Context, Failed, Rows
from mmbench.engine.graph.works import Concatenate, Source, Transform

if TYPE_CHECKING:
    from mmbench.engine.cache.store import Cache

T = TypeVar("T")


@dataclass(frozen=True)
class FittedNodes:
    """What the nodes of one dataset and fold have learnt.

    Parameters
    ----------
    context : Context
        The dataset.
    rows : Rows
        The fold.
    cache : Cache
        Where values are; what is not there is computed.
    folder : path
        Where this run left what it learnt; what is not there is learnt again.
    """

    context: Context
    rows: Rows
    cache: Cache
    folder: Path
    _values: dict[str, Any] = field(default_factory=dict)

    def fitted(self, node: Node) -> Fitted:
        """Return what a node has learnt.

        Parameters
        ----------
        node : Node
            One that learns from training rows.

        Returns
        -------
        Fitted
            Read from the run's folder or, where it is not there, learnt again.
        """
        if isinstance(node.work, Concatenate):
            # Rows in chunks are one transformer, which any chunk stands for.
            return Fitted(None, lambda parts: parts[0])
        path = self.folder / node.key
        if path.exists():
            # Written minutes ago by a worker of this run, where nobody else can write.
            # A model that can be pickled, but not unpickled, is learnt again.
            with contextlib.suppress(Exception):
                fitted: Fitted = pickle.loads(path.read_bytes())  # noqa: S301
                return fitted
        inputs = self.inputs(node)
        heartbeat()
        # Of a bag, each model has training rows of its own.
        rows = node.rows or self.rows
        return node.work.learn(inputs, rows, self.context.seen_by(node.views))

    def needed_inputs(self, node: Node) -> Sequence[Node]:
        """Return the live inputs that a node looks at, given what it has learnt.

        Parameters
        ----------
        node : Node
            One that takes part in an answer.

        Returns
        -------
        sequence of Node
            Some of its inputs, in their order.
        """
        inputs = live_inputs(node)
        if not node.work.tolerant:
            return inputs
        needs = self.fitted(node).needs
        return inputs if needs is None else [inputs[i] for i in needs]

    def inputs(self, node: Node) -> list[Any]:
        """Return the values of a node's inputs.

        Parameters
        ----------
        node : Node
            A node on this dataset and fold.

        Returns
        -------
        list of object
            In their order; what failed is replaced where the node can do without it.
        """
        value = self._value_or_failed if node.work.tolerant else self.value
        return [value(inner) for inner in node.inputs]

    def _value_or_failed(self, node: Node) -> Any:
        try:
            return self.value(node)
        except Exception as error:  # noqa: BLE001 - of a candidate that fails
            return Failed(reason_of(error))

    def value(self, node: Node) -> Any:
        """Return a node's value: from the cache, or computed.

        Parameters
        ----------
        node : Node
            A node on this dataset and fold.

        Returns
        -------
        object
            Computed once, and kept in memory.
        """
        if node.key not in self._values:
            value = None if node.light else self.cache.read(node.key)
            if value is None:
                inputs = self.inputs(node)
                context = self.context.seen_by(node.views)
                heartbeat()
                value, _, _ = perform(node.work, inputs, node.rows, context)
            self._values[node.key] = value
        return self._values[node.key]


_last: dict[Any, Any] = {}


def last(key: Any, make: Callable[[], T]) -> T:
    """Return what was made for the same key, if that was the last; else make it.

    What one method learnt and answered is used again for the next on the same fold.

    Parameters
    ----------
    key : hashable
        Names what is made.
    make : callable
        Makes it, from nothing.

    Returns
    -------
    object
        What ``make`` returned.
    """
    if key not in _last:
        _last.clear()
        _last[key] = make()
    kept: T = _last[key]
    return kept


def forget() -> None:
    """Let go of what was made last."""
    _last.clear()


@contextlib.contextmanager
def no_warnings() -> Iterator[None]:
    """Keep quiet: what there is to warn about was told by the trial."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def live_inputs(node: Node) -> Sequence[Node]:
    """Return the inputs that take part when a node answers for new rows.

    Parameters
    ----------
    node : Node
        A node of a method's answer.

    Returns
    -------
    sequence of Node
        Its first inputs; of chunks of rows, one.
    """
    if isinstance(node.work, Concatenate):
        return node.inputs[:1]
    return node.inputs[: node.work.n_live]


def reads_columns(node: Node) -> bool:
    """Return whether a node that is not looked into starts from columns as they are.

    Parameters
    ----------
    node : Node
        A node of a method's answer.

    Returns
    -------
    bool
        Whether its answer for changed rows has to start from the columns.
    """
    work = node.work
    if getattr(work, "reads_columns", False):
        return True
    return isinstance(work, Predict | Transform) and any(
        isinstance(inner.work, Source) for inner in live_inputs(node)
    )


def all_live(
    root: Node, inputs: Callable[[Node], Sequence[Node]] = live_inputs
) -> Iterator[Node]:
    """Yield every node that takes part in an answer, once.

    Parameters
    ----------
    root : Node
        What gives the answer.
    inputs : callable, default=live_inputs
        Maps a node to those of its inputs that take part.

    Yields
    ------
    Node
        The root first.
    """
    seen: set[str] = set()
    open_nodes = [root]
    while open_nodes:
        node = open_nodes.pop()
        if node.key not in seen:
            seen.add(node.key)
            yield node
            open_nodes += inputs(node)
