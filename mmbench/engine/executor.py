"""Where batches of nodes run: in this process, or on a Dask cluster."""

from __future__ import annotations

import contextlib
import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from mmbench.engine import worker
from mmbench.engine.limits import cause_of_death
from mmbench.engine.worker import Job, Limits, Result, run_batch
from mmbench.errors import UsageError

if TYPE_CHECKING:
    from mmbench.engine.node import Context

# Numerical libraries read these when they are imported.
ONE_THREAD = {
    f"{library}_NUM_THREADS": "1"
    for library in ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "VECLIB_MAXIMUM")
}
# A node whose worker died is tried once more, alone: someone else may have killed it.
_LIVES = 2


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

    At most one batch runs on a worker, and one more waits there, so that when a worker
    dies it is known which nodes it may have died of.

    Parameters
    ----------
    client : distributed.Client
        Connected to the cluster.
    cache : CacheAt
        A folder that this process and all workers see under the same path.
    """

    def __init__(self, client: Any, cache: CacheAt) -> None:
        self._client = client
        self._cache = cache
        self._running: dict[Any, Sequence[Job]] = {}
        self._deaths: dict[str, int] = {}
        self._retries: list[Job] = []
        self._n_workers = max(1, len(client.scheduler_info(n_workers=-1)["workers"]))

    def has_room(self) -> bool:
        """Tell whether another batch would start soon."""
        return len(self._running) < 2 * self._n_workers and not self._retries

    def submit(self, jobs: Sequence[Job]) -> None:
        """Start a batch."""
        future = self._client.submit(
            run_batch, list(jobs), *self._cache, pure=False, retries=0
        )
        self._running[future] = jobs

    def wait(self) -> list[Result]:
        """Wait until something is done, and return it; nothing when nothing runs."""
        from distributed import FIRST_COMPLETED
        from distributed import wait as wait_for

        # Suspects run when nothing else does, so that they take nothing else along.
        if not self._running and self._retries:
            self.submit([self._retries.pop()])
        if not self._running:
            return []
        done = wait_for(list(self._running), return_when=FIRST_COMPLETED).done
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
        return found

    def _after_death(self, job: Job) -> list[Result]:
        key = job.node.key
        self._deaths[key] = self._deaths.get(key, 0) + 1
        out_of_time, reason = cause_of_death(job.obituary, job.limits.time_s)
        told = job.obituary is not None and job.obituary.exists()
        if not told and self._deaths[key] < _LIVES:
            self._retries.append(job)
            return []
        status = "timed_out" if out_of_time else "failed"
        return [Result(key=key, status=status, reason=reason)]


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
    *,
    jobs: int,
    scheduler: str | None = None,
) -> Iterator[OnDask]:
    """Give the executor that runs on a cluster: one made here, or one that is there.

    Parameters
    ----------
    contexts : mapping of str to Context
        The datasets, by their digests; every worker gets them when it starts.
    cache : CacheAt
        Where values are kept.
    jobs : int
        Worker processes of one thread each, when the cluster is made here.
    scheduler : str, optional
        The address of a scheduler that runs already: ``tcp://host:8786``.

    Raises
    ------
    UsageError
        When the scheduler does not answer.
    """
    import dask
    import distributed

    settings = {
        "distributed.scheduler.allowed-failures": 0,
        "distributed.worker.daemon": True,
        "distributed.worker.memory.terminate": False,
        "distributed.worker.memory.pause": False,
        "distributed.worker.memory.spill": False,
        "distributed.worker.memory.target": False,
        "distributed.admin.log-format": "%(message)s",
        "distributed.nanny.pre-spawn-environ": ONE_THREAD | {"MALLOC_TRIM_THRESHOLD_": 65536},
    }
    for name in ("distributed", "distributed.nanny", "distributed.worker", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with contextlib.ExitStack() as stack:
        stack.enter_context(dask.config.set(settings))
        if scheduler is None:
            place = stack.enter_context(tempfile.TemporaryDirectory(prefix="mmbench-"))
            cluster: Any = distributed.LocalCluster(
                n_workers=jobs,
                threads_per_worker=1,
                memory_limit=0,
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
                local_directory=place,
                worker_class=distributed.Nanny,
            )
            stack.enter_context(cluster)
        else:
            cluster = scheduler
        try:
            client = stack.enter_context(distributed.Client(cluster, timeout="10s"))
        except (OSError, TimeoutError, ValueError) as error:
            raise UsageError(
                f"no Dask scheduler answers at {scheduler}; start one with "
                "'dask scheduler', and workers with 'dask worker ADDRESS'."
            ) from error
        client.register_plugin(_plugin(contexts))
        yield OnDask(client, cache)


def _plugin(contexts: Mapping[str, Context]) -> Any:
    from distributed import WorkerPlugin

    class Datasets(WorkerPlugin):  # type: ignore[misc]
        """Hand the datasets to every worker that starts, also to one that restarts."""

        name = "mmbench-datasets"

        def setup(self, worker: Any) -> None:  # noqa: ARG002
            prepare_worker(dict(contexts))

    return Datasets()


def prepare_worker(contexts: dict[str, Context]) -> None:
    """Make a worker process ready: its datasets, one thread, deaf to Ctrl-C."""
    import os
    import signal
    import threading

    worker.contexts.update(contexts)
    os.environ.update(ONE_THREAD)
    if threading.current_thread() is threading.main_thread():
        # Ctrl-C reaches every process of a terminal; only the driver acts on it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)


