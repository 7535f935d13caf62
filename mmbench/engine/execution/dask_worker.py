"""What a Dask worker does for a run: it has tasks done, in processes beside its own.

A thread of it does one task at a time, in a process beside the worker's own: what a
method does to its process ends no Dask worker, and the limits are watched there as they
are on the driver's machine.
"""

from __future__ import annotations

import functools
import platform
import threading
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from mmbench.engine.environment import versions
from mmbench.engine.execution.limits import Limits
from mmbench.engine.execution.local_workers import LocalWorkers, PickledTask, Place
from mmbench.engine.execution.parts import MappedPart, parts_folder
from mmbench.engine.execution.shared_folder import check_seen
from mmbench.engine.execution.worker import Result
from mmbench.errors import EngineError

# Own workers, and the parts that hold the datasets, of each run that it takes part in.
_own_workers: dict[str, LocalWorkers] = {}
_tables: dict[str, Mapping[str, str]] = {}
_lock = threading.Lock()


def run_plugin(tables: Mapping[str, str]) -> Any:
    """Return what tells every worker of a run, also one that starts later.

    Parameters
    ----------
    tables : mapping of str to str
        The parts that hold the datasets, by the datasets' digests.

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

        def setup(self, worker: Any) -> None:  # noqa: ARG002
            take_part(self.name, dict(tables))

        def teardown(self, worker: Any) -> None:  # noqa: ARG002
            take_leave(self.name)

    return Run()


def take_part(run_id: str, tables: dict[str, str]) -> None:
    """Tell this Dask worker of a run.

    Parameters
    ----------
    run_id : str
        Names the run.
    tables : dict of str to str
        The parts that hold the run's datasets, by the datasets' digests.
    """
    with _lock:
        _tables[run_id] = tables


def take_leave(run_id: str) -> None:
    """Let this Dask worker forget a run, and end the processes that worked on it.

    Parameters
    ----------
    run_id : str
        Names the run.
    """
    with _lock:
        _tables.pop(run_id, None)
        own = _own_workers.pop(run_id, None)
    if own is not None:
        own.stop()


def run_on_dask_worker(
    run_id: str,
    tasks: Sequence[PickledTask],
    place: Place,
    limits: Limits,
    expected: Mapping[str, str],
) -> list[Result] | str:
    """Have tasks done beside this Dask worker.

    Parameters
    ----------
    run_id : str
        Names the run.
    tasks : sequence of PickledTask
        What to do, one after another.
    place : Place
        Where values are kept.
    limits : Limits
        What each task may use.
    expected : mapping of str to str
        The driver's versions by package.

    Returns
    -------
    list of Result or str
        The address of this worker when its versions are not those expected.

    Raises
    ------
    StoreError
        When it doesn't see the cache.
    """
    import distributed

    get_worker: Any = distributed.get_worker
    address = str(get_worker().address)
    if versions_here() != expected:
        return address
    if place.run_folder is not None:
        check_seen(place.run_folder)
    with _lock:
        if run_id not in _own_workers:
            _own_workers[run_id] = _start_own(_tables[run_id], place)
        own = _own_workers[run_id]
    try:
        return own.run(tasks, place, limits)
    except EngineError as error:
        raise EngineError(f"Dask worker {address}: {error}") from None


def _start_own(tables: Mapping[str, str], place: Place) -> LocalWorkers:
    own = LocalWorkers()
    if place.run_folder is None:
        own.load({})
    else:
        folder = parts_folder(place.run_folder)
        own.load({key: MappedPart(folder / part) for key, part in tables.items()})
    return own


@functools.cache
def versions_here() -> dict[str, str]:
    """Return the versions of Python and of the packages that results depend on."""
    return {"python": platform.python_version(), **versions()}
