"""Where batches of tasks run on this machine: in this process, or on own workers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from mmbench.engine.execution import worker
from mmbench.engine.execution.foreign import reason_of
from mmbench.engine.execution.levels import Levels
from mmbench.engine.execution.limits import NO_LIMITS, Limits
from mmbench.engine.execution.local_workers import LocalWorkers, PickledTask, Place
from mmbench.engine.execution.parts import Parts
from mmbench.engine.execution.shipped_files import readings
from mmbench.engine.execution.worker import Result, Task, kept_inputs, run_task
from mmbench.errors import StoreError

if TYPE_CHECKING:
    from mmbench.engine.execution.executor import Executor
    from mmbench.engine.graph.values import Context


MOMENT_S = 0.5


class InProcess:
    """Run batches in this very process, one after another: for debugging.

    Parameters
    ----------
    place : Place
        Where values are kept.
    """

    def __init__(self, place: Place) -> None:
        self._cache = worker.cache_at(*place[:4])
        self._tasks: list[Task] = []

    def has_room(self) -> bool:
        """Return whether another batch would start soon."""
        return not self._tasks

    def submit(self, tasks: Sequence[Task]) -> None:
        """Start a batch."""
        self._tasks += tasks

    def is_idle(self) -> bool:
        """Return whether nothing runs."""
        return not self._tasks

    def wait(self) -> list[Result]:
        """Run what was submitted."""
        tasks, self._tasks = self._tasks, []
        return stored(run_task(task, self._cache, interruptible=True) for task in tasks)


class OnWorkers:
    """Run batches on worker processes of this machine.

    Parameters
    ----------
    workers : LocalWorkers
        They have the datasets.
    pool : ThreadPoolExecutor
        A thread for each worker, which keeps watch over it.
    n_workers : int
        How many.
    place : Place
        Where the cache is.
    limits : Limits
        What each piece of work may use.
    """

    def __init__(
        self,
        workers: LocalWorkers,
        pool: ThreadPoolExecutor,
        n_workers: int,
        place: Place,
        limits: Limits = NO_LIMITS,
    ) -> None:
        self._workers, self._pool, self._n_workers = workers, pool, n_workers
        self._place, self._limits = place, limits
        self._parts, self._levels = parts_of(place), Levels(place)
        self._running: set[Future[list[Result]]] = set()
        self._failed: list[Result] = []

    def has_room(self) -> bool:
        """Return whether another batch would start soon."""
        return len(self._running) < 2 * self._n_workers

    def submit(self, tasks: Sequence[Task]) -> None:
        """Start a batch."""
        pickled, failed = pickled_tasks(tasks, self._parts)
        self._failed += failed
        if pickled:
            self._running.add(self._pool.submit(self._run, pickled))

    def is_idle(self) -> bool:
        """Return whether nothing runs."""
        return not self._running and not self._failed

    def wait(self) -> list[Result]:
        """Wait a moment for something to be done, and return what is."""
        results, self._failed = self._failed, []
        done, self._running = wait(self._running, MOMENT_S, FIRST_COMPLETED)
        return results + stored(r for future in done for r in future.result())

    def _run(self, tasks: Sequence[PickledTask]) -> list[Result]:
        self._levels.bring(tasks)
        results = self._workers.run(tasks, self._place, self._limits)
        self._levels.publish(results)
        return results


def all_results(
    executor: Executor, batches: Iterable[Sequence[Task]]
) -> Iterator[Result]:
    """Yield the results of batches as they come, in any order.

    Parameters
    ----------
    executor : Executor
        Runs the batches.
    batches : iterable of sequence of Task
        Each is done by one worker.

    Yields
    ------
    Result
        One a task.
    """
    waiting = iter(batches)
    while True:
        while executor.has_room() and (batch := next(waiting, None)) is not None:
            executor.submit(batch)
        if executor.is_idle():
            return
        yield from executor.wait()


def stored(results: Iterable[Result]) -> list[Result]:
    """Return results.

    Parameters
    ----------
    results : iterable of Result
        Results of tasks.

    Returns
    -------
    list of Result
        All of them, none of which is ``unstored``.

    Raises
    ------
    StoreError
        When the cache could not be written, for which no method is to blame.
    """
    found = []
    for result in results:
        if result.status == "unstored":
            raise StoreError(result.reason)
        found.append(result)
    return found


def pickled_tasks(
    tasks: Sequence[Task], parts: Parts | None
) -> tuple[list[PickledTask], list[Result]]:
    """Return tasks ready to travel, and results of those that can't.

    Parameters
    ----------
    tasks : sequence of Task
        Tasks of one batch.
    parts : Parts or None
        Where large arrays in them go; None to leave them where they are.

    Returns
    -------
    tuple of (list of PickledTask, list of Result)
        Each task is in one of the two.
    """
    pickled, failed = [], []
    for task in tasks:
        try:
            pickled.append(_pickled(task, parts))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a method's own __reduce__
            reason = f"it can't be sent to a worker process: {reason_of(error)}"
            failed.append(Result(key=task.key, status="failed", reason=reason))
    return pickled, failed


def _pickled(task: Task, parts: Parts | None) -> PickledTask:
    import cloudpickle

    # Plain pickle takes for importable what is not: the classes of a suite's file.
    if parts is None:
        return PickledTask(task.key, cloudpickle.dumps(task))
    pickled, names = parts.pickled(task, getattr(task, "given", {}).values())
    reads = readings(task)
    return PickledTask(
        task.key, pickled, tuple(sorted(names)), kept_inputs(task), reads
    )


def parts_of(place: Place) -> Parts | None:
    """Return where large arrays go; None where no run has a folder.

    Parameters
    ----------
    place : Place
        Where the cache is, and the folder of the run.

    Returns
    -------
    Parts or None
        Of this run.
    """
    return None if place.run_folder is None else Parts(place.run_folder)


@contextlib.contextmanager
def in_process(contexts: Mapping[str, Context], place: Place) -> Iterator[InProcess]:
    """Give the executor that runs everything here.

    Parameters
    ----------
    contexts : mapping of str to Context
        The datasets, by their digests.
    place : Place
        Where values are kept.

    Yields
    ------
    InProcess
        The datasets are forgotten at the end of the block.
    """
    worker.contexts.update(worker.protected(contexts))
    try:
        yield InProcess(place)
    finally:
        for dataset in contexts:
            worker.contexts.pop(dataset, None)


@contextlib.contextmanager
def on_workers(
    contexts: Mapping[str, Context],
    place: Place,
    workers: LocalWorkers,
    n_workers: int,
    limits: Limits = NO_LIMITS,
) -> Iterator[OnWorkers]:
    """Give the executor that runs on worker processes of this machine.

    Parameters
    ----------
    contexts : mapping of str to Context
        The datasets, by their digests.
    place : Place
        Where values are kept.
    workers : LocalWorkers
        The processes, which are given the datasets.
    n_workers : int
        How many work at once.
    limits : Limits, default=NO_LIMITS
        What each task may use.

    Yields
    ------
    OnWorkers
        The workers are stopped when the block raises.
    """
    workers.load(contexts)
    with ThreadPoolExecutor(n_workers, thread_name_prefix="mmbench") as pool:
        try:
            yield OnWorkers(workers, pool, n_workers, place, limits)
        except BaseException:
            # Else the threads would be waited for, and they for their workers.
            pool.shutdown(wait=False, cancel_futures=True)
            workers.stop()
            raise
