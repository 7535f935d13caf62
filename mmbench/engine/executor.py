"""Where batches of nodes run: in this process, or on a Dask cluster."""

from __future__ import annotations

import contextlib
import pickle
import signal
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from mmbench.engine import worker
from mmbench.engine.limits import describe_exit, read_obituary
from mmbench.engine.local_workers import LocalWorkers, local_scheduler, quiet
from mmbench.engine.shared_folder import check_seen
from mmbench.engine.worker import Job, Result, run_batch, run_pickled
from mmbench.errors import EngineError, UsageError

if TYPE_CHECKING:
    from mmbench.engine.values import Context

_LIVES = 2
_UNPICKLABLE = (pickle.UnpicklingError, ImportError, AttributeError, TypeError)
_PATIENCE_S = 30


class CacheAt(NamedTuple):
    """Where the cache is."""

    root: Path
    namespace: str


class Executor(Protocol):
    """Runs batches of jobs."""

    def has_room(self) -> bool:
        """Tell whether another batch would start soon."""

    def submit(self, jobs: Sequence[Job]) -> None:
        """Start a batch."""

    def wait(self) -> list[Result]:
        """Wait until something is done, and return it; nothing when nothing runs."""


class InProcess:
    """Run batches in this very process, one after another: for debugging."""

    def __init__(self, cache: CacheAt) -> None:
        self._cache = cache
        self._batches: list[Sequence[Job]] = []

    def has_room(self) -> bool:
        """Tell whether another batch would start soon."""
        return not self._batches

    def submit(self, jobs: Sequence[Job]) -> None:
        """Start a batch."""
        self._batches.append(jobs)

    def wait(self) -> list[Result]:
        """Run what was submitted."""
        done = [run_batch(jobs, *self._cache) for jobs in self._batches]
        self._batches.clear()
        return [result for batch in done for result in batch]


class OnDask:
    """Run batches on the workers of a Dask cluster.

    Parameters
    ----------
    client : distributed.Client
        Connected to the cluster.
    cache : CacheAt
        A folder that this process and all workers see under the same path.
    workers : LocalWorkers, optional
        The workers, when they are ours to replace.

    Raises
    ------
    UsageError
        When no worker comes within half a minute.
    """

    def __init__(
        self, client: Any, cache: CacheAt, workers: LocalWorkers | None = None
    ) -> None:
        self._client = client
        self._workers = workers
        self._cache = cache
        self._running: dict[Any, Sequence[Job]] = {}
        self._deaths: dict[str, int] = {}
        self._n_workers = self._wait_for_workers()

    def _wait_for_workers(self) -> int:
        if self._workers is not None:
            return self._workers.n
        try:
            self._client.wait_for_workers(1, timeout=_PATIENCE_S)
        except TimeoutError:
            raise UsageError(
                f"the Dask scheduler at {self._client.scheduler.address} has no "
                f"workers after {_PATIENCE_S} s; start some with 'dask worker ADDRESS'."
            ) from None
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def _check_workers(self) -> None:
        if self._workers is not None and self._workers.failure is not None:
            raise EngineError(f"worker processes can't start: {self._workers.failure}")

    def has_room(self) -> bool:
        """Tell whether another batch would start soon."""
        return len(self._running) < 2 * self._n_workers

    def submit(self, jobs: Sequence[Job]) -> None:
        """Start a batch."""
        import cloudpickle

        # Not left to Dask, whose plain pickle comes first and takes for importable what
        # is not: the classes of a suite's own file.
        pickled = cloudpickle.dumps(list(jobs))
        future = self._client.submit(run_pickled, pickled, *self._cache, pure=False)
        self._running[future] = jobs

    def wait(self) -> list[Result]:
        """Wait until something is done, and return it; nothing when nothing runs."""
        if not self._running:
            return []
        import distributed

        wait_for: Any = distributed.wait
        done: set[Any] = set()
        while not done:
            self._check_workers()
            with contextlib.suppress(TimeoutError):
                running = list(self._running)
                done = wait_for(running, timeout=5, return_when="FIRST_COMPLETED").done
        results: list[Result] = []
        for future in done:
            jobs = self._running.pop(future)
            results += self._results(future, jobs)
        return results

    def _results(self, future: Any, jobs: Sequence[Job]) -> list[Result]:
        from distributed.scheduler import KilledWorker

        try:
            found: list[Result] = future.result()
        except KilledWorker:
            return [result for job in jobs for result in self._after_death(job)]
        except _UNPICKLABLE as error:
            reason = f"a worker process can't load it: {error}"
            keys = [job.node.key for job in jobs]
            return [Result(key=key, status="failed", reason=reason) for key in keys]
        return found

    def _after_death(self, job: Job) -> list[Result]:
        """Tell a node that ended its worker from one that only waited there."""
        key = job.node.key
        death = read_obituary(job.obituary, job.limits)
        if death is None:
            self.submit([job])
            return []
        if death.reason is not None:
            status = "timed_out" if death.out_of_time else "failed"
            return [Result(key=key, status=status, reason=death.reason)]
        code = None if self._workers is None else self._workers.exit_code(death.pid)
        self._deaths[key] = self._deaths.get(key, 0) + 1
        # Someone else may have killed it: it gets a second chance.
        if code in (None, -signal.SIGKILL) and self._deaths[key] < _LIVES:
            self.submit([job])
            return []
        return [Result(key=key, status="failed", reason=describe_exit(code))]


@contextlib.contextmanager
def in_process(contexts: Mapping[str, Context], cache: CacheAt) -> Iterator[InProcess]:
    """Give the executor that runs everything here."""
    worker.contexts.update(contexts)
    try:
        yield InProcess(cache)
    finally:
        for dataset in contexts:
            worker.contexts.pop(dataset, None)


@contextlib.contextmanager
def on_dask(
    contexts: Mapping[str, Context],
    cache: CacheAt,
    where: LocalWorkers | str,
    folder: Path,
) -> Iterator[OnDask]:
    """Give the executor that runs on a cluster: one made here, or one that is there.

    Parameters
    ----------
    contexts : mapping of str to Context
        The datasets, by their digests; every worker gets them when it starts.
    cache : CacheAt
        Where values are kept.
    where : LocalWorkers or str
        Own workers, which a scheduler is made for here; or the address of one that runs
        already: ``tcp://host:8786``.
    folder : path
        The run's own folder in the cache.

    Raises
    ------
    UsageError
        When the scheduler does not answer, or has no workers.
    StoreError
        When a worker doesn't see the cache. One that comes later finds that out at its
        first batch.
    """
    import distributed

    with contextlib.ExitStack() as stack:
        stack.enter_context(quiet())
        connect: Any = distributed.Client
        if isinstance(where, str):
            workers, address = None, where
        else:
            workers, address = where, stack.enter_context(local_scheduler())
        try:
            client = stack.enter_context(connect(address, timeout="10s"))
        except (OSError, TimeoutError, ValueError) as error:
            raise UsageError(
                f"no Dask scheduler answers at {address}; start one with "
                "'dask scheduler', and workers with 'dask worker ADDRESS'."
            ) from error
        client.register_plugin(_datasets_plugin(contexts))
        if workers is not None:
            workers.join(address)
            # Before the scheduler ends, which they would miss.
            stack.callback(workers.stop)
        executor = OnDask(client, cache, workers)
        if workers is None:
            client.run(check_seen, folder)
        yield executor


def _datasets_plugin(contexts: Mapping[str, Context]) -> Any:
    from distributed import WorkerPlugin

    class Datasets(WorkerPlugin):
        """Hand the datasets to every worker, also to one that starts later."""

        name = "mmbench-datasets"

        def setup(self, worker: Any) -> None:  # noqa: ARG002
            fill_contexts(dict(contexts))

    return Datasets()


def fill_contexts(contexts: dict[str, Context]) -> None:
    """Give this worker process its datasets."""
    worker.contexts.update(contexts)
