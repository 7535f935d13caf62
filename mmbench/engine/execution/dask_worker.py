"""What a Dask worker does for a run: it has tasks done, in processes beside its own.

A thread of it does one task at a time, in a process beside the worker's own: what a
method does to its process ends no Dask worker, and the limits are watched there as they
are on the driver's machine.
"""

from __future__ import annotations

import functools
import platform
import shutil
import threading
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from mmbench.engine.environment import versions
from mmbench.engine.execution.dask_files import fetched, piece_of
from mmbench.engine.execution.levels import Levels
from mmbench.engine.execution.limits import Limits
from mmbench.engine.execution.local_workers import LocalWorkers, PickledTask, Place
from mmbench.engine.execution.parts import MappedPart, load_part, parts_folder
from mmbench.engine.execution.shared_folder import check_seen, is_seen
from mmbench.engine.execution.shipped_files import Reading, ShippedPart, files_folder
from mmbench.engine.execution.worker import Result
from mmbench.errors import EngineError, StoreError

__all__ = [
    "Brief",
    "Done",
    "RunHere",
    "run_here",
    "run_on_dask_worker",
    "run_plugin",
    "take_leave",
    "take_part",
    "versions_here",
]


class Brief(NamedTuple):
    """The description of a run that every worker receives.

    Attributes
    ----------
    place : Place
        Where the driver's cache is.
    tables : mapping of str to str
        The parts that hold the datasets, by the datasets' digests.
    shipped : mapping of str to tuple of str
        The columns of each dataset whose files are shipped.
    files : tuple of str
        Files that every worker has to see.
    """

    place: Place
    tables: Mapping[str, str]
    shipped: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    files: tuple[str, ...] = ()


class Done(NamedTuple):
    """What a worker made of a batch.

    Attributes
    ----------
    address : str
        The worker's.
    results : list of Result
        One a task.
    """

    address: str
    results: list[Result]


class RunHere:
    """A run that this Dask worker takes part in.

    A worker that sees the run's folder, whose name is redrawn for each run, shares
    the driver's cache. One that doesn't has folders of its own, and fetches what it
    needs. Which of the two it is, is found out once.

    Parameters
    ----------
    run_id : str
        Names the run.
    brief : Brief
        What the worker was told.
    worker : distributed.Worker
        The worker.

    Attributes
    ----------
    is_apart : bool
        Whether it doesn't share the driver's cache.
    """

    def __init__(self, run_id: str, brief: Brief, worker: Any) -> None:
        self._run_id, self._brief, self._worker = run_id, brief, worker
        run_folder = brief.place.run_folder
        self.is_apart = run_folder is not None and not is_seen(run_folder)
        self._own_folder: Path | None = None
        if self.is_apart:
            self._own_folder = Path(worker.local_directory) / run_id
            parts_folder(self._own_folder).mkdir(parents=True, exist_ok=True)
        self.place = self._own_place()
        self._levels = Levels(self.place)
        self._processes: LocalWorkers | None = None
        self._brought: set[Reading] = set()
        self._gone: set[str | None] = set()
        self._lock = threading.Lock()

    def unseen(self) -> str | None:
        """Return a file of the data that this worker doesn't see, if there is one."""
        return next((f for f in self._brief.files if not Path(f).exists()), None)

    def trouble(self) -> str | None:
        """Return why it can't use the cache that it shares; None if it can."""
        if self.place.run_folder is None:
            return None
        try:
            check_seen(self.place.run_folder, self._worker)
        except StoreError as error:
            return str(error)
        return None

    def piece(self, name: str, offset: int) -> dict[str, Any] | None:
        """Answer another worker that asks for a piece of a value's file.

        Parameters
        ----------
        name : str
            The node's key, and the file's name in its entry.
        offset : int
            The first byte.

        Returns
        -------
        dict or None
            As :func:`mmbench.engine.execution.dask_files.piece_of` has it.
        """
        key, _, file = name.partition("/")
        if not key.isalnum():
            return None
        return piece_of(self._levels.cache.files(key).get(file), offset)

    def do(
        self, tasks: Sequence[PickledTask], holders: Mapping[str, str], limits: Limits
    ) -> list[Result]:
        """Have tasks done, one after another.

        Parameters
        ----------
        tasks : sequence of PickledTask
            What to do.
        holders : mapping of str to str
            The addresses of workers that hold values that the tasks read.
        limits : Limits
            What each task may use.

        Returns
        -------
        list of Result
            In the order of the tasks.

        Raises
        ------
        StoreError
            When the worker doesn't see what it saw before, or a store doesn't answer.
        """
        if self.place.run_folder is not None:
            check_seen(self.place.run_folder, self._worker)
        with self._lock:
            self._bring(tasks, holders)
            processes = self._started()
        results = processes.run(tasks, self.place, limits)
        self._levels.publish(results)
        return results

    def leave(self) -> None:
        """End its processes and remove its own folders."""
        if self._processes is not None:
            self._processes.stop()
        if self._own_folder is not None:
            shutil.rmtree(self._own_folder, ignore_errors=True)

    def _own_place(self) -> Place:
        place, own = self._brief.place, self._own_folder
        if own is None:
            return place
        if place.url is None:
            return place._replace(root=own / "cache", run_folder=own)
        from mmbench.engine.cache.place import level_folder

        return place._replace(root=level_folder(place.url), run_folder=own)

    def _started(self) -> LocalWorkers:
        """Return its processes, which have the datasets."""
        if self._processes is None:
            processes = LocalWorkers()
            processes.load({key: self._table(key) for key in self._brief.tables})
            self._processes = processes
        return self._processes

    def _bring(self, tasks: Sequence[PickledTask], holders: Mapping[str, str]) -> None:
        """Fetch what tasks need and this worker lacks."""
        if self.is_apart:
            for name in {name for task in tasks for name in task.parts}:
                self._part(name)
            for reading in {each for task in tasks for each in task.reads}:
                self._bring_files(reading)
        self._levels.bring(tasks)
        for key in {key for task in tasks for key in task.inputs}:
            if not self._levels.cache.has(key):
                self._fetch_value(key, holders.get(key))

    def _table(self, dataset: str) -> MappedPart | ShippedPart:
        """Return what becomes a dataset in a process."""
        path, columns = self._part(self._brief.tables[dataset]), self._shipped(dataset)
        if not columns:
            return MappedPart(path)
        return ShippedPart(path, self._files, columns)

    @property
    def _files(self) -> Path:
        assert self.place.run_folder is not None  # noqa: S101
        return files_folder(self.place.run_folder)

    def _shipped(self, dataset: str) -> tuple[str, ...]:
        return self._brief.shipped.get(dataset, ())

    def _bring_files(self, reading: Reading) -> None:
        """Fetch the files that a task reads."""
        shipped = self._shipped(reading.dataset)
        columns = [c for c in shipped if c in (reading.columns or shipped)]
        if not columns or reading in self._brought:
            return
        X = load_part(self._part(self._brief.tables[reading.dataset])).X
        rows = slice(*(reading.rows or (0, len(X))))
        for name in {cell for c in columns for cell in X[c].iloc[rows]}:
            if isinstance(name, str):
                self._fetch_certainly(f"files/{name}", self._files / name, name[:64])
        self._brought.add(reading)

    def _part(self, name: str) -> Path:
        """Return the file of a part, fetched from the scheduler if need be."""
        assert self.place.run_folder is not None  # noqa: S101 - of runs with parts
        path = parts_folder(self.place.run_folder) / name
        self._fetch_certainly(name, path, name)
        return path

    def _fetch_certainly(self, name: str, path: Path, checksum: str) -> None:
        """Fetch a file that the driver has put on the scheduler, or is about to."""
        how: dict[str, Any] = {"wait": True, "checksum": checksum}
        if not fetched(self._worker, self._run_id, name, path, **how):
            raise StoreError(
                f"worker {self._worker.address} doesn't get {name} of the run from the "
                "Dask scheduler. Finished trials are kept; run the same command again."
            )

    def _fetch_value(self, key: str, holder: str | None) -> None:
        """Fetch a value from who holds it; whoever needs it misses it if that fails."""
        if holder == self._worker.address or not (holder or self.is_apart):
            return
        if holder in self._gone:  # each attempt to reach it takes half a minute
            return

        def fetch(name: str, path: Path) -> bool:
            asked = (self._worker, self._run_id, f"{key}/{name}", path)
            try:
                return fetched(*asked, peer=holder)
            except OSError:
                self._gone.add(holder)
                return False

        def copy(name: str, _checksum: str, path: Path) -> None:
            if not fetch(name, path):
                raise FileNotFoundError(name)

        assert self.place.run_folder is not None  # noqa: S101
        entry = self.place.run_folder / f"{uuid.uuid4().hex}.json"
        if fetch("entry.json", entry):
            content = entry.read_bytes()
            entry.unlink()
            self._levels.cache.adopt(key, content, copy)


# The runs that this Dask worker takes part in.
_runs: dict[str, RunHere] = {}
_lock = threading.Lock()


def run_plugin(brief: Brief) -> Any:
    """Return what tells every worker of a run, also one that starts later.

    Parameters
    ----------
    brief : Brief
        What it tells.

    Returns
    -------
    distributed.WorkerPlugin
        Its name is the run's.
    """
    from distributed import WorkerPlugin

    class Run(WorkerPlugin):
        """Tell every worker of a run, and let it forget it."""

        def __init__(self) -> None:
            self.name = f"mmbench-{uuid.uuid4().hex}"

        def setup(self, worker: Any) -> None:
            take_part(self.name, brief, worker)

        def teardown(self, worker: Any) -> None:
            take_leave(self.name, worker)

    return Run()


def take_part(run_id: str, brief: Brief, worker: Any) -> None:
    """Tell this Dask worker of a run.

    Parameters
    ----------
    run_id : str
        Names the run.
    brief : Brief
        What it needs to know.
    worker : distributed.Worker
        The worker.
    """
    run = RunHere(run_id, brief, worker)
    with _lock:
        _runs[run_id] = run
    worker.handlers[run_id] = run.piece


def take_leave(run_id: str, worker: Any) -> None:
    """Let this Dask worker forget a run, and end the processes that worked on it.

    Parameters
    ----------
    run_id : str
        Names the run.
    worker : distributed.Worker
        The worker.
    """
    worker.handlers.pop(run_id, None)
    with _lock:
        run = _runs.pop(run_id, None)
    if run is not None:
        run.leave()


def run_here(run_id: str) -> tuple[bool, str | None, str | None] | None:
    """Say how this worker takes part in a run.

    Parameters
    ----------
    run_id : str
        Names the run.

    Returns
    -------
    tuple of (bool, str or None, str or None), or None
        Whether it is apart, why it can't use the cache, and a file that it doesn't see;
        None while it doesn't know of the run.
    """
    run = _runs.get(run_id)
    return None if run is None else (run.is_apart, run.trouble(), run.unseen())


def run_on_dask_worker(
    run_id: str,
    tasks: Sequence[PickledTask],
    holders: Mapping[str, str],
    limits: Limits,
    expected: Mapping[str, str],
) -> Done | str:
    """Have tasks done beside this Dask worker.

    Parameters
    ----------
    run_id : str
        Names the run.
    tasks : sequence of PickledTask
        What to do, one after another.
    holders : mapping of str to str
        The addresses of workers that hold values that the tasks read.
    limits : Limits
        What each task may use.
    expected : mapping of str to str
        The driver's versions by package.

    Returns
    -------
    Done or str
        The address of this worker when its versions are not those expected.

    Raises
    ------
    StoreError
        When it doesn't see the cache that it shares.
    """
    import distributed

    get_worker: Any = distributed.get_worker
    address = str(get_worker().address)
    if versions_here() != expected:
        return address
    try:
        return Done(address, _runs[run_id].do(tasks, holders, limits))
    except EngineError as error:
        raise EngineError(f"Dask worker {address}: {error}") from None


@functools.cache
def versions_here() -> dict[str, str]:
    """Return the versions of Python and of the packages that results depend on."""
    return {"python": platform.python_version(), **versions()}
