"""Where batches of tasks run: on a Dask cluster, if not on this machine."""

from __future__ import annotations

import contextlib
import platform
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from mmbench.engine.environment import versions
from mmbench.engine.execution.dask_hub import Hub
from mmbench.engine.execution.dask_worker import (
    Brief,
    Done,
    run_here,
    run_on_dask_worker,
    run_plugin,
    versions_here,
)
from mmbench.engine.execution.limits import NO_LIMITS, Limits
from mmbench.engine.execution.local_executor import (
    MOMENT_S,
    parts_of,
    pickled_tasks,
    stored,
)
from mmbench.engine.execution.local_workers import PickledTask, Place
from mmbench.engine.execution.shipped_files import first_files, ship
from mmbench.engine.execution.worker import Result, Task
from mmbench.errors import EngineError, StoreError, UsageError

if TYPE_CHECKING:
    from mmbench.engine.graph.values import Context

_PATIENCE_S = 30
_CONNECT_TIMEOUT = "10s"
_RECOUNT_S = 1.0
_LIVES = 2
_HINT = "'dask worker ADDRESS --nthreads 1'"


class Executor(Protocol):
    """Runs batches of tasks."""

    def has_room(self) -> bool:
        """Return whether another batch would start soon."""

    def submit(self, tasks: Sequence[Task]) -> None:
        """Start a batch.

        Parameters
        ----------
        tasks : sequence of Task
            What one worker does one after another.
        """

    def is_idle(self) -> bool:
        """Return whether nothing runs."""

    def wait(self) -> list[Result]:
        """Wait a moment for something to be done, and return what is."""


class OnDask:
    """Run batches on the workers of a Dask cluster.

    Parameters
    ----------
    client : distributed.Client
        Connected to the cluster.
    brief : Brief
        What workers receive: where the cache is, and which parts hold the datasets.
    limits : Limits
        What each piece of work may use.

    Raises
    ------
    UsageError
        When no worker comes within half a minute, or one has other versions.
    StoreError
        When one sees the cache and can't use it.

    Warns
    -----
    UserWarning
        When workers don't see the cache, and so share no disk with this process.
    """

    def __init__(self, client: Any, brief: Brief, limits: Limits = NO_LIMITS) -> None:
        self._client, self._limits = client, limits
        self._place = brief.place
        self._parts = parts_of(brief.place)
        self._running: dict[Any, Sequence[PickledTask]] = {}
        self._failed: list[Result] = []
        self._deaths: Counter[str] = Counter()
        self._n_threads: dict[str, int] = {}
        self._refused: set[str] = set()
        self._apart: set[str] = set()
        self._holders: dict[str, str] = {}
        self._counted_at = 0.0
        self._wait_for_workers()
        # Versions first: a worker of others may not know what the plugin is.
        plugin = run_plugin(brief)
        self._run_id = str(plugin.name)
        self._hub = Hub(client, self._run_id, brief)
        with self._lost_scheduler():
            client.register_plugin(plugin)
        for other in self._count_workers():
            raise UsageError(other)

    def leave(self) -> None:
        """Let the workers forget the run."""
        self._client.unregister_worker_plugin(self._run_id)

    def has_room(self) -> bool:
        """Return whether another batch would start soon."""
        if time.monotonic() - self._counted_at > _RECOUNT_S:
            for other in self._count_workers():
                warnings.warn(f"{other} It is not used.", stacklevel=2)
        return len(self._running) < 2 * sum(self._n_threads.values())

    def submit(self, tasks: Sequence[Task]) -> None:
        """Start a batch."""
        pickled, failed = pickled_tasks(tasks, self._parts)
        self._failed += failed
        if pickled:
            self._start(pickled)

    def is_idle(self) -> bool:
        """Return whether nothing runs."""
        return not self._running and not self._failed

    def wait(self) -> list[Result]:
        """Wait a moment for something to be done, and return what is."""
        results, self._failed = self._failed, []
        with self._lost_scheduler():
            for future in self._wait_for_some():
                results += self._results(future, self._running.pop(future))
        return stored(results)

    def _wait_for_workers(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=_PATIENCE_S)
        except TimeoutError:
            raise UsageError(
                f"the Dask scheduler at {self._address} has no "
                f"workers after {_PATIENCE_S} s; start some with {_HINT}."
            ) from None
        for other in self._new_workers()[1].values():
            raise UsageError(
                f"{other} Install the same version there, or stop that worker."
            )

    @property
    def _address(self) -> str:
        address: str = self._client.scheduler.address
        return address

    def _count_workers(self) -> list[str]:
        """Count the workers; return a sentence for each new one of other versions."""
        found, others = self._new_workers()
        self._refused |= set(others)
        new = sorted(found.keys() - self._n_threads.keys() - self._refused)
        with self._lost_scheduler():
            unknown = self._find_apart(new, others) if new else set()
        self._refused |= set(others)
        self._counted_at = time.monotonic()
        self._n_threads = {
            address: known["nthreads"]
            for address, known in found.items()
            if address not in self._refused | unknown
        }
        return list(others.values())

    def _new_workers(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Return all workers, and a sentence for each new one of other versions."""
        with self._lost_scheduler():
            found = self._client.scheduler_info(n_workers=-1)["workers"]
            new = sorted(set(found) - set(self._n_threads) - self._refused)
            return found, self._of_other_versions(new) if new else {}

    def _find_apart(self, addresses: Sequence[str], others: dict[str, str]) -> set[str]:
        """Find workers that share no disk; return those that don't know of the run yet.

        Add a sentence for each that doesn't see the data. Raise a `StoreError` where
        one sees the cache and can't use it.
        """
        asked = {"workers": list(addresses), "on_error": "return"}
        answers = self._client.run(run_here, self._run_id, **asked)
        known = {a: found for a, found in answers.items() if isinstance(found, tuple)}
        for address, (_, trouble, unseen) in known.items():
            if trouble is not None:
                raise StoreError(trouble)
            if unseen is not None:
                others[address] = (
                    f"the Dask worker {address} doesn't see the data's files, such as "
                    f"{unseen}; send them with --ship-images, or mount them there."
                )
        apart = {address for address, (is_apart, *_) in known.items() if is_apart}
        if apart - others.keys():
            self._hub.open()
            if not self._apart and self._place.url is None:
                warnings.warn(self._told_apart(apart, len(known)), stacklevel=2)
            self._apart |= apart
        return set(addresses) - known.keys()

    def _told_apart(self, apart: set[str], n_workers: int) -> str:
        return (
            f"{len(apart)} of {n_workers} Dask workers, such as {min(apart)}, don't "
            f"see the cache {self._place.root}: they keep values in their own "
            f"folders, for this run only, and exchange them. With --cache URL, values "
            f"are kept for other runs."
        )

    def _of_other_versions(self, addresses: Sequence[str]) -> dict[str, str]:
        """Return a sentence for each worker whose versions are not those here."""
        asked = {"workers": list(addresses), "on_error": "return"}
        # Functions known by name, which also another version of Python can load.
        python = self._client.run(platform.python_version, **asked)
        packages = self._client.run(versions, **asked)
        return {
            address: sentence
            for address in addresses
            if address in packages
            and (sentence := _difference(address, python[address], packages[address]))
        }

    def _start(self, tasks: Sequence[PickledTask]) -> None:
        where = {"workers": list(self._n_threads)} if self._refused else {}
        inputs = {key for task in tasks for key in task.inputs}
        held = {key: self._holders.get(key) for key in inputs}
        holders = {key: who for key, who in held.items() if who in self._n_threads}
        with self._lost_scheduler():
            self._hub.offer({name for task in tasks for name in task.parts})
            self._hub.offer_values(inputs - holders.keys())
            future = self._client.submit(
                run_on_dask_worker,
                self._run_id,
                list(tasks),
                holders if self._apart else {},
                self._limits,
                versions_here(),
                pure=False,
                **where,
            )
        self._running[future] = tasks

    def _wait_for_some(self) -> set[Any]:
        import distributed

        wait_for: Any = distributed.wait
        if self._client.status != "running":
            raise CancelledError
        running, how = list(self._running), {"return_when": "FIRST_COMPLETED"}
        with contextlib.suppress(TimeoutError):
            if running:
                done: set[Any] = wait_for(running, timeout=MOMENT_S, **how).done
                return done
        return set()

    def _results(self, future: Any, tasks: Sequence[PickledTask]) -> list[Result]:
        from distributed.scheduler import KilledWorker

        try:
            found: Done | str = future.result()
        except KilledWorker:
            return [result for task in tasks for result in self._after_death(task)]
        if isinstance(found, str):
            self._refused.add(found)
            self._n_threads.pop(found, None)
            self._start(tasks)
            return []
        for result in found.results:
            if result.status == "ok" and result.value is None:
                self._holders[result.key] = found.address
            elif result.status == "lost":
                self._holders.pop(str(result.reason), None)
        return found.results

    def _after_death(self, task: PickledTask) -> list[Result]:
        """Try a task again whose Dask worker died: methods run in other processes."""
        self._deaths[task.key] += 1
        if self._deaths[task.key] < _LIVES:
            self._start([task])
            return []
        return [Result(key=task.key, status="failed", reason="its Dask workers died")]

    @contextlib.contextmanager
    def _lost_scheduler(self) -> Iterator[None]:
        try:
            yield
        except (CancelledError, OSError, TimeoutError) as error:
            raise EngineError(
                f"the Dask scheduler at {self._address} is no longer reachable; "
                f"finished trials are kept. Start it again and run the same command "
                f"to resume."
            ) from error


class Delivery(NamedTuple):
    """What workers are given of a run's data.

    Attributes
    ----------
    contexts : mapping of str to Context
        The datasets, by their digests; every worker gets them when it first works on
        the run, also one that starts later, and forgets them at the end.
    files : mapping of str to tuple of str
        The columns of each dataset whose cells are paths of files.
    ships_files : bool
        Whether these files are sent along; else every worker has to see them.
    """

    contexts: Mapping[str, Context]
    files: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    ships_files: bool = False

    def brief(self, place: Place) -> Brief:
        """Write it into parts of the run, and return what workers receive.

        Parameters
        ----------
        place : Place
            Where the folder of the run is.

        Returns
        -------
        Brief
            What the parts are called.

        Raises
        ------
        UsageError
            When files can't be sent.
        """
        parts, folder = parts_of(place), place.run_folder
        if parts is None or folder is None:
            return Brief(place, {})
        if not self.ships_files:
            tables = {key: parts.add(each) for key, each in self.contexts.items()}
            return Brief(place, tables, files=first_files(self.contexts, self.files))
        tables = {
            key: parts.add(ship(each, self.files.get(key, ()), folder))
            for key, each in self.contexts.items()
        }
        return Brief(place, tables, shipped=dict(self.files))


@contextlib.contextmanager
def on_dask(
    delivery: Delivery,
    place: Place,
    address: str,
    limits: Limits = NO_LIMITS,
) -> Iterator[OnDask]:
    """Give the executor that runs on a Dask cluster.

    Parameters
    ----------
    delivery : Delivery
        The data.
    place : Place
        Where values are kept.
    address : str
        Of the scheduler: ``tcp://host:8786``.
    limits : Limits, default=none
        What each piece of work may use.

    Yields
    ------
    OnDask
        Its connection is closed at the end of the block.

    Raises
    ------
    UsageError
        When the scheduler does not answer, has no workers, or one doesn't see files of
        the data that are not sent along.
    StoreError
        When a worker can't use the cache that it sees. One that comes later ends the
        run.
    """
    with quiet(), contextlib.ExitStack() as stack:
        client = _connected(address, _CONNECT_TIMEOUT)
        stack.callback(_close, client)
        executor = OnDask(client, delivery.brief(place), limits)
        stack.callback(_unless_gone, client, executor.leave)
        yield executor


def check_scheduler(address: str) -> None:
    """Check that a Dask scheduler answers at an address.

    Parameters
    ----------
    address : str
        Of the scheduler: ``tcp://host:8786``.

    Raises
    ------
    UsageError
        When none does.
    """
    with quiet(), _connected(address, timeout="5s"):
        pass


def _connected(address: str, timeout: str) -> Any:
    import distributed

    connect: Any = distributed.Client
    try:
        return connect(address, timeout=timeout)
    except (OSError, TimeoutError, ValueError) as error:
        raise UsageError(
            f"no Dask scheduler answers at {address}; start one with "
            f"'dask scheduler', and workers with {_HINT}."
        ) from error


def _close(client: Any) -> None:
    """End the connection; one to a scheduler that is gone would be tried for ever."""
    with contextlib.suppress(OSError, TimeoutError, CancelledError, ValueError):
        client.close(timeout=5)


def _unless_gone(client: Any, do: Callable[[], object]) -> None:
    """Take leave of a cluster, which may be gone."""
    if client.status == "running":
        with contextlib.suppress(OSError, TimeoutError, CancelledError, ValueError):
            do()


def _difference(address: str, python: Any, packages: Any) -> str | None:
    """Return a sentence about a worker of other versions, or None."""
    if not isinstance(packages, dict):
        return f"the Dask worker {address} can't load mmbench: {packages}."
    here, there = versions_here(), {"python": python, **packages}
    for name in sorted(here.keys() | there.keys()):
        if here.get(name) != there.get(name):
            return (
                f"the Dask worker {address} has {name} {there.get(name, 'missing')}, "
                f"but this process has {here.get(name, 'none')}."
            )
    return None


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Turn Dask's log lines off: they are for its developers, not our users."""
    import logging

    # Importing it sets the levels that are to be restored.
    import distributed  # noqa: F401

    names = ("distributed", "distributed.worker", "distributed.client", "tornado")
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
