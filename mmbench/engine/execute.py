"""Run a suite: every distinct piece of work once, every trial on disk as it ends."""

from __future__ import annotations

import contextlib
import logging
import shutil
import signal
import threading
import uuid
from collections.abc import Container, Generator, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmbench.engine.book import Book
from mmbench.engine.cache import Cache
from mmbench.engine.environment import describe_environment, n_cores, versions
from mmbench.engine.executor import CacheAt, Executor, in_process, on_dask
from mmbench.engine.learnt import all_live
from mmbench.engine.limits import NO_LIMITS, Limits
from mmbench.engine.local_workers import LocalWorkers, local_workers
from mmbench.engine.measure import as_json, measure
from mmbench.engine.node import Node
from mmbench.engine.plan import Plan, make_plan
from mmbench.engine.probe import can_ask, probe
from mmbench.engine.schedule import Finished, Schedule
from mmbench.engine.worker import Job, cut
from mmbench.results import (
    Record,
    ResultStore,
    store_errors,
)
from mmbench.spec import digest_of

if TYPE_CHECKING:
    from mmbench.suite import Suite

_log = logging.getLogger(__name__)


def run(
    suite: Suite | Plan,
    store: ResultStore | Path | str,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    cache: Path | str | None = None,
    fresh: bool = False,
    limits: Limits = NO_LIMITS,
    throughput: bool = True,
    probes: bool = True,
    debug: bool = False,
) -> Generator[Record]:
    """Run every trial of a suite that the store does not hold yet.

    Parameters
    ----------
    suite : Suite or Plan
        What to run.
    store : ResultStore or path
        Where records and predictions go. Finished trials in it are skipped; failed and
        skipped ones are tried again.
    jobs : int, default=number of cores
        Worker processes, one thread each.
    scheduler : str, optional
        The address of a Dask scheduler; its workers are used instead of own ones. They
        must see the cache under the same path.
    cache : path, default=the user's cache folder
        Where the values of nodes are kept from run to run.
    fresh : bool, default=False
        Forget what the store holds. The cache is kept.
    limits : Limits, default=none
        What one node may use.
    throughput : bool, default=True
        Measure, after the trials and with the machine to itself, how fast each method
        answers.
    probes : bool, default=True
        Ask each method after the trials how well it does as modalities go missing or
        are shuffled.
    debug : bool, default=False
        Run everything in this process, without limits.

    Yields
    ------
    Record
        One a trial, as it ends and after it is on disk.

    Raises
    ------
    DataError, UsageError
        Before anything is written, when the suite can't be planned.
    EngineError
        When worker processes can't start.
    StoreError
        When the store or the cache can't be written, or a worker doesn't see the cache.
    """
    plan = suite if isinstance(suite, Plan) else make_plan(suite)
    jobs = jobs or n_cores()
    environment = describe_environment(
        jobs=jobs,
        seeds=plan.suite.seeds,
        checksums={d.name: d.checksum for d in plan.suite.datasets},
    )
    if not isinstance(store, ResultStore):
        store = ResultStore(store)
    place = cache_at(cache_folder(cache))
    with (
        store.open(plan.as_json(), environment, fresh=fresh),
        _run_folder(place.root) as folder,
    ):
        finished = store.finished()
        pending = [key for key in plan.trials if key not in finished]
        # Own workers import what they need while the nodes are found.
        at_work = _where(jobs, scheduler, debug=debug) if pending else nullcontext()
        with at_work as where:
            roots = plan.roots(pending)
            schedule = Schedule(roots, Cache(*place))
            book = Book(plan, roots, schedule)
            yield from book.enter(list(schedule.found()), store)
            if schedule.n_open:
                kept = _asked_again(plan, roots, throughput=throughput, probes=probes)
                orders = _Orders(limits, folder, kept, in_process=debug)
                executor: contextlib.AbstractContextManager[Executor] = (
                    in_process(plan.contexts(), place)
                    if where is None
                    else on_dask(plan.contexts(), place, where, folder)
                )
                with _patient_interrupt() as interrupted, executor as running:
                    for ended in _ends(schedule, running, orders, interrupted):
                        yield from book.enter(ended, store)
                if interrupted.is_set():
                    raise KeyboardInterrupt
        if throughput and (roots or not store.throughput()):
            speeds = measure(plan, Cache(*place), store.finished(), folder)
            store.keep_throughput(as_json(speeds))
        if probes and (roots or not store.probes()):
            store.keep_probes(probe(plan, Cache(*place), store.finished(), folder))


def cache_folder(chosen: Path | str | None = None) -> Path:
    """Return the folder of the cache: the chosen one, or the user's."""
    if chosen is not None:
        return Path(chosen).absolute()
    import platformdirs

    return Path(platformdirs.user_cache_dir("mmbench", appauthor=False))


def cache_at(folder: Path) -> CacheAt:
    """Return the part of a cache that was made with the installed versions."""
    return CacheAt(folder, digest_of(versions())[:16])


def _where(
    jobs: int, scheduler: str | None, *, debug: bool
) -> contextlib.AbstractContextManager[LocalWorkers | str | None]:
    """Give own workers, or the address of a scheduler, or None for this process."""
    if debug:
        return nullcontext()
    return local_workers(jobs) if scheduler is None else nullcontext(scheduler)


def _asked_again(
    plan: Plan, roots: Mapping[str, Node], *, throughput: bool, probes: bool
) -> set[str]:
    """Return the keys of the nodes that are asked again after the trials."""
    again: set[str] = set()
    for key, root in roots.items():
        trial = plan.trials[key]
        timed = throughput and trial.fold == 0
        if trial.seed == plan.suite.seeds[0] and (timed or (probes and can_ask(root))):
            again.update(node.key for node in all_live(root))
    return again


@dataclass(frozen=True)
class _Orders:
    """What every job of a run is told beside its node."""

    limits: Limits
    folder: Path
    asked_again: Container[str]
    in_process: bool

    def job(self, node: Node, given: Mapping[str, Any]) -> Job:
        fitted = self.folder / node.key if node.key in self.asked_again else None
        obituary = None if self.in_process else self.folder / f"{node.key}.obituary"
        return Job(
            node=cut(node),
            given=given,
            limits=self.limits,
            obituary=obituary,
            fitted=fitted,
        )


def _ends(
    schedule: Schedule,
    executor: Executor,
    orders: _Orders,
    interrupted: threading.Event,
) -> Iterator[list[Finished]]:
    """Yield trials as they end; once interrupted, only those that are running."""
    while schedule.n_open:
        while executor.has_room() and not interrupted.is_set():
            batch = schedule.next_batch()
            if not batch:
                break
            executor.submit([orders.job(node, schedule.given(node)) for node in batch])
        results = executor.wait()
        if not results and interrupted.is_set():
            return
        yield [ended for result in results for ended in schedule.settle(result)]


@contextlib.contextmanager
def _run_folder(root: Path) -> Iterator[Path]:
    """Give a folder for this run only, which its workers see, wherever they are."""
    with store_errors(root, "write"):
        (root / "tmp").mkdir(parents=True, exist_ok=True)
        folder = root / "tmp" / f"run-{uuid.uuid4().hex}"
        folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _patient_interrupt() -> Iterator[threading.Event]:
    """Turn the first Ctrl-C into a request to stop; the second stops at once."""
    interrupted = threading.Event()

    def ask(_number: int, _frame: Any) -> None:
        if interrupted.is_set():
            raise KeyboardInterrupt
        interrupted.set()
        _log.warning("finishing what runs; press Ctrl-C again to stop at once")

    if threading.current_thread() is not threading.main_thread():
        yield interrupted
        return
    before = signal.signal(signal.SIGINT, ask)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)
