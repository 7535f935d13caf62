"""Throughput and latency, measured with the machine to itself after the trials.

What methods share is measured once and composed: the time of a method's answer is the
sum of the times of the pieces that answer for it. One thread, one process.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.engine.after.fitted_nodes import (
    FittedNodes,
    all_live,
    forget,
    last,
    live_inputs,
    no_warnings,
)
from mmbench.engine.execution.local_executor import all_results
from mmbench.engine.execution.progress import SILENT, Progress
from mmbench.engine.execution.worker import Result, contexts, heartbeat
from mmbench.engine.execution.yardstick import yardstick_s
from mmbench.engine.graph.node import Node
from mmbench.engine.graph.works import Source
from mmbench.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.engine.cache.store import Cache
    from mmbench.engine.execution.executor import Executor
    from mmbench.engine.plan import Plan

_REPEATS = 5
_SINGLE_ROWS = 20
# A batch this large is large enough: bigger ones only take longer to repeat.
_MOST_ROWS = 512
# How many of the first items are ranked for a query.
_DEPTH = 10


@dataclass(frozen=True, kw_only=True)
class Throughput:
    """How fast a fitted method answers, from raw rows to probabilities.

    Parameters
    ----------
    n_rows : int
        Rows in a full batch.
    samples_per_s, samples_per_s_q1, samples_per_s_q3 : float
        Rows answered for a second in full batches: median and quartiles.
    latency_p50_s, latency_p95_s : float
        Time for a single row.
    cpu_s : float
        Processor time of a full batch: the mean.
    yardstick_s : float
        Processor time of a fixed piece of work that was timed beside it.
    repeats : int
        Timed runs of the full batch, after one that is not counted.
    threads : int
        Threads that numerical libraries were allowed.
    model_bytes : int
        The size of all that was fitted and can be pickled.
    queries_per_s : float, optional
        Where a task ranks: queries that are answered and ranked a second, among the
        items of the batch. `samples_per_s` is then how many rows are indexed.
    """

    n_rows: int
    samples_per_s: float
    samples_per_s_q1: float
    samples_per_s_q3: float
    latency_p50_s: float
    latency_p95_s: float
    cpu_s: float
    yardstick_s: float
    repeats: int = _REPEATS
    threads: int = 1
    model_bytes: int = 0
    queries_per_s: float | None = None


@dataclass
class _Timed:
    """The times of one node's answers."""

    batch_s: NDArray[np.float64]
    single_s: NDArray[np.float64]
    batch: Any
    singles: list[Any]
    cpu_s: float = 0.0
    yardsticks: float = 0.0
    model_bytes: int = 0


@dataclass
class Stopwatch:
    """Times the nodes of one dataset and fold, each once.

    Parameters
    ----------
    learnt : FittedNodes
        What they have learnt.
    """

    learnt: FittedNodes
    _timed: dict[str, _Timed] = field(default_factory=dict)

    @property
    def batch(self) -> NDArray[np.intp]:
        """The rows of a full batch."""
        return self.learnt.rows.apply[:_MOST_ROWS]

    def throughput(self, root: Node) -> Throughput:
        """Return how fast the method answers whose root this is.

        Parameters
        ----------
        root : Node
            The node of a method's answer.

        Returns
        -------
        Throughput
            Sums over all nodes that take part.
        """
        self._time(root)
        under = [
            self._timed[node.key] for node in all_live(root, self.learnt.needed_inputs)
        ]
        batch_s = np.sum([timed.batch_s for timed in under], axis=0)
        cpu_s = sum(timed.cpu_s for timed in under)
        yardsticks = sum(timed.yardsticks for timed in under)
        single_s = np.sum([timed.single_s for timed in under], axis=0)
        n_rows = len(self.batch)
        q1, median, q3 = np.quantile(n_rows / batch_s, [0.25, 0.5, 0.75])
        ranking_s = self._ranking_s(self._timed[root.key].batch)
        return Throughput(
            n_rows=n_rows,
            samples_per_s=float(median),
            samples_per_s_q1=float(q1),
            samples_per_s_q3=float(q3),
            latency_p50_s=float(np.quantile(single_s, 0.5)),
            latency_p95_s=float(np.quantile(single_s, 0.95)),
            cpu_s=cpu_s,
            yardstick_s=cpu_s / yardsticks if yardsticks else 0.0,
            model_bytes=sum(timed.model_bytes for timed in under),
            queries_per_s=ranking_s and float(1 / (1 / median + ranking_s)),
        )

    def _ranking_s(self, said: Any) -> float | None:
        """Return how long it takes to rank for a query, where a task ranks."""
        context = self.learnt.context
        target, times = context.target.take(self.batch), []
        try:
            for _ in range(_REPEATS):
                start = time.perf_counter()
                found = context.answers.rankings(target, said, _DEPTH)
                n_queries = sum(1 for _ in found)
                times.append((time.perf_counter() - start) / max(n_queries, 1))
                heartbeat()
        except UsageError:
            return None
        return float(np.median(times))

    def _time(self, node: Node) -> _Timed:
        if node.key not in self._timed:
            inputs = [self._time(inner) for inner in live_inputs(node)]
            self._timed[node.key] = self._measured(node, inputs)
        return self._timed[node.key]

    def _measured(self, node: Node, inputs: Sequence[_Timed]) -> _Timed:
        singles = self.batch[:_SINGLE_ROWS]
        if isinstance(node.work, Source):
            X = self.learnt.context.X
            rows = [X.iloc[[row]] for row in singles]
            nothing = np.zeros(_REPEATS), np.zeros(len(rows))
            return _Timed(*nothing, X.iloc[self.batch], rows)
        fitted = self.learnt.fitted(node)
        parts = [timed.batch for timed in inputs]
        batch = _clocked(fitted.answer, parts)[1]  # warm-up
        now_s, start = yardstick_s(), time.process_time()
        batch_s = [_clocked(fitted.answer, parts)[0] for _ in range(_REPEATS)]
        cpu_s = (time.process_time() - start) / _REPEATS
        rows = [[timed.singles[i] for timed in inputs] for i in range(len(singles))]
        _clocked(fitted.answer, rows[0])  # warm-up
        clocked = [_clocked(fitted.answer, row) for row in rows]
        single_s, answers = [s for s, _ in clocked], [answer for _, answer in clocked]
        size = _pickled_size(fitted.model)
        return _Timed(
            np.array(batch_s),
            np.array(single_s),
            batch,
            answers,
            cpu_s=cpu_s,
            yardsticks=cpu_s / now_s,
            model_bytes=size,
        )


@dataclass(frozen=True, kw_only=True)
class Timing:
    """The task of measuring how fast a method answers.

    Parameters
    ----------
    key : str
        The trial's key.
    root : Node
        Of the method.
    folder : path
        Where this run left what it learnt.
    """

    key: str
    root: Node
    folder: Path

    def perform(self, cache: Cache) -> Result:
        """Measure it, together with those that were measured on the same fold."""
        root, rows = self.root, self.root.rows
        assert rows is not None  # noqa: S101

        def make() -> Stopwatch:
            context = contexts[root.dataset]
            return Stopwatch(FittedNodes(context, rows, cache, self.folder))

        with no_warnings():
            watch = last(("timed", root.dataset, rows.digest, self.folder), make)
            return Result(key=self.key, status="ok", value=watch.throughput(root))


def measure(
    plan: Plan,
    executor: Executor,
    finished: Container[str],
    folder: Path,
    progress: Progress = SILENT,
) -> dict[str, dict[str, Throughput | str]]:
    """Measure how fast every method answers, on the first fold of every dataset.

    Parameters
    ----------
    plan : Plan
        What was run.
    executor : Executor
        Where to measure: one method at a time, so that it is alone.
    finished : container of str
        Keys of the trials that are ok; others can't be measured.
    folder : path
        Where this run left what it learnt.
    progress : Progress, default=silent
        Is notified of every method that was measured.

    Returns
    -------
    dict of str to dict of str to (Throughput or str)
        By dataset and method; or the reason why it can't be measured.
    """
    found: dict[str, dict[str, Throughput | str]] = {}
    keys = {
        dataset.name: [k for k in plan.first_trials(dataset.name) if k in finished]
        for dataset in plan.suite.datasets
    }
    progress.enter("throughput", sum(map(len, keys.values())))
    for dataset in plan.suite.datasets:
        for key, root in plan.roots(keys[dataset.name]).items():
            if root.rows is not None:
                task = Timing(key=key, root=root, folder=folder)
                for result in all_results(executor, [[task]]):
                    is_ok = result.status == "ok"
                    answer = result.value if is_ok else str(result.reason)
                    method = plan.trials[key].method
                    found.setdefault(dataset.name, {})[method] = answer
            progress.advance(worked=root.rows is not None)
    forget()
    return found


def as_json(measured: Mapping[str, Mapping[str, Throughput | str]]) -> dict[str, Any]:
    """Return measurements as ``throughput.json`` holds them.

    Parameters
    ----------
    measured : mapping of str to mapping of str to Throughput or str
        By dataset and method, the speed or why there is none.

    Returns
    -------
    dict of str to object
        In JSON's types.
    """
    return {
        dataset: {method: _as_json(speed) for method, speed in methods.items()}
        for dataset, methods in measured.items()
    }


def _as_json(speed: Throughput | str) -> dict[str, Any]:
    if isinstance(speed, str):
        return {"reason": speed}
    return {name: each for name, each in asdict(speed).items() if each is not None}


def _clocked(
    answer: Callable[[Sequence[Any]], Any], parts: Sequence[Any]
) -> tuple[float, Any]:
    heartbeat()
    start = time.perf_counter()
    answered = answer(parts)
    return time.perf_counter() - start, answered


def _pickled_size(model: Any) -> int:
    if model is None:
        return 0
    import cloudpickle

    try:
        return len(cloudpickle.dumps(model))
    except Exception:  # noqa: BLE001 - a model's own __reduce__
        return 0
