"""Run a suite: every distinct piece of work once, every trial on disk as it ends."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mmbench.engine.after.fit_times import measure_fits, with_fits
from mmbench.engine.after.fitted_nodes import all_live
from mmbench.engine.after.further_fits import FurtherFits, left_of
from mmbench.engine.after.learning_curve import check_train_sizes, planned_curve
from mmbench.engine.after.modality_ablation import can_ask, planned_changes, probe
from mmbench.engine.after.retraining import (
    Retrain,
    check_retrain,
    planned_retrainings,
)
from mmbench.engine.after.throughput import as_json, measure
from mmbench.engine.cache.object_store import is_url
from mmbench.engine.cache.place import cache_folder, level_folder
from mmbench.engine.cache.recorded import seen_from
from mmbench.engine.cache.store import Cache
from mmbench.engine.environment import describe_environment, n_cores, versions
from mmbench.engine.execution.executor import Delivery, Executor, on_dask
from mmbench.engine.execution.interrupt import Interrupt, patient_interrupt
from mmbench.engine.execution.limits import NO_LIMITS, Limits
from mmbench.engine.execution.local_executor import in_process, on_workers
from mmbench.engine.execution.local_workers import (
    LocalWorkers,
    Place,
    StartMethod,
    local_workers,
)
from mmbench.engine.execution.orders import Orders, ends
from mmbench.engine.execution.progress import SILENT, Progress
from mmbench.engine.execution.run_folder import run_folder
from mmbench.engine.execution.schedule import Schedule
from mmbench.engine.execution.trial_recorder import TrialRecorder
from mmbench.engine.execution.yardstick import Yardsticks
from mmbench.engine.graph.node import Node
from mmbench.engine.plan import Plan, make_plan
from mmbench.errors import StoreError
from mmbench.results import Record, ResultStore
from mmbench.results.plan import with_added
from mmbench.spec import digest_of

if TYPE_CHECKING:
    from mmbench.suite import Suite


# How much of what is under a URL the folder on a machine holds, unless told otherwise.
_LEVEL_BYTES = 20 * 2**30


def run(
    suite: Suite | Plan,
    store: ResultStore | Path | str,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    ship_images: bool = False,
    cache: Path | str | None = None,
    cache_size_bytes: int | None = None,
    fresh: bool = False,
    start_method: StartMethod | None = None,
    limits: Limits = NO_LIMITS,
    throughput: bool = True,
    probes: bool = True,
    remeasure: bool = False,
    retrain: Retrain = "auto",
    with_samples: bool = False,
    train_sizes: Sequence[float] = (),
    debug: bool = False,
    progress: Progress = SILENT,
    before_answers: Callable[[], object] | None = None,
    command: str | None = None,
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
        The address of a Dask scheduler; its workers are used instead of own ones. Those
        that don't see the cache under the same path send values to each other.
    ship_images : bool, default=False
        Send pictures, recordings and videos to the workers of a Dask cluster, which
        then need not see the files.
    cache : path or str, default=the user's cache folder
        Where the values of nodes are kept from run to run: a folder, or the URL of an
        object store, ``s3://bucket/prefix``.
    cache_size_bytes : int, default=20 GiB
        How much of what is under a URL each machine may keep in a folder of its own.
    fresh : bool, default=False
        Forget what the store holds. The cache is kept.
    start_method : {"fork", "spawn"}, optional
        How worker processes of this machine start: forked from a server, by default
        where the system can, or started afresh.
    limits : Limits, default=none
        What one node may use.
    throughput : bool, default=True
        Measure, after the trials and with the machine to itself, how fast each method
        answers.
    probes : bool, default=True
        Ask each method after the trials how well it does as modalities go missing or
        are shuffled.
    remeasure : bool, default=False
        Redo all work instead of taking values and costs from the cache, and run the
        finished trials again whose costs came from there.
    retrain : {"auto", "none", "headline", "all"}, default="auto"
        Which methods are retrained after the trials, on parts of the data or on
        bootstrap samples of an official split's training rows, so that reports can
        speak of methods and not of fitted models alone: the best fusions and single
        modalities, by default if that takes no longer than the trials or half a minute
        of processor time; or all.
    with_samples : bool, default=False
        Keep texts and thumbnails of the samples in the store, so that reports can show
        them. Whoever is given a report then sees them.
    train_sizes : sequence of float, default=()
        Shares of the training samples, such as ``(0.1, 0.25, 0.5, 1)``, on which the
        methods that the main comparison may name are trained, too, and tested on the
        same rows: reports then have a learning curve.
    debug : bool, default=False
        Run everything in this process, without limits.
    progress : Progress, default=silent
        Is notified of the phases of the run, and of every unit that is done in them.
    before_answers : callable, optional
        Called once the trials have ended, before throughput is measured and modalities
        are taken away: what there is by then can be reported.
    command : str, optional
        What the store says that it was made by; by default what this process was
        started with.

    Yields
    ------
    Record
        One per trial, as it ends and after it is on disk.

    Raises
    ------
    DataError, UsageError
        Before anything is written, when the suite can't be planned.
    EngineError
        When worker processes can't start.
    StoreError
        When the store or the cache can't be written, or a worker doesn't see the cache.
    """
    check_retrain(retrain)
    train_sizes = check_train_sizes(train_sizes)
    plan = suite if isinstance(suite, Plan) else make_plan(suite)
    slices = plan.slices  # which refuses columns that there are not
    jobs = jobs or n_cores()
    if not isinstance(store, ResultStore):
        store = ResultStore(store)
    environment = describe_environment(
        jobs=jobs,
        seeds=plan.suite.seeds,
        checksums={d.name: d.checksum for d in plan.suite.datasets},
    )
    environment |= _given(store, command=command, cache=cache)
    place = cache_at(cache, cache_size_bytes)
    with (
        store.open(_planned(plan, store, fresh=fresh), environment, fresh=fresh),
        run_folder(place.root) as folder,
    ):
        if slices:
            store.keep_slices(slices)
        if with_samples:
            store.keep_samples(plan.kept_samples())
        place = place._replace(run_folder=folder)
        if remeasure:
            place = place._replace(root=folder / "values", url=None)
        finished = finished_trials(plan, store, remeasure=remeasure)
        unfinished = [key for key in plan.trials if key not in finished]
        skipped = plan.skipped(unfinished)
        pending = [key for key in unfinished if key not in skipped]
        throughput = throughput and bool(pending or not store.throughput())
        probes = probes and bool(pending or not store.probes())
        further = [
            *_retrainings(plan, store, retrain, Cache(*place[:4]), pending),
            *_curve(plan, store, train_sizes, pending),
        ]
        where = (plan, place, limits, jobs, scheduler)
        sites = _Sites(
            *where,
            start_method=start_method,
            ships_files=ship_images,
            debug=debug,
        )
        # Own workers import what they need while the nodes are found.
        with sites.opened(needed=bool(pending or throughput or probes or further)):
            roots = plan.roots(pending)
            _say_what_is_ahead(
                progress, plan, roots, throughput=throughput, probes=probes
            )
            kept = _asked_again(plan, roots, throughput=throughput, probes=probes)
            work = _Work(plan, roots, Orders(kept), "trials", skipped)
            yield from work.done(store, sites, Cache(*place[:4]), progress)
            if not (throughput or probes or further):
                return
            if before_answers is not None:
                before_answers()
            for each in further:
                fits = each.planned()
                roots = fits.roots(left_of(fits, each.store))
                work = _Work(fits, roots, Orders(set()), each.phase, {})
                with each.store.open(fits.as_json(), environment) as own:
                    for _ in work.done(own, sites, Cache(*place[:4]), progress):
                        pass
            with sites.for_answers() as running:
                asked = (plan, running, finished_trials(plan, store), folder, progress)
                if throughput:
                    speeds = as_json(measure(*asked))
                    repeated = measure_fits(
                        plan, store.records(), running, folder, progress
                    )
                    store.keep_throughput(with_fits(speeds, repeated))
                if probes:
                    store.keep_probes(probe(*asked))


def _given(
    store: ResultStore, *, command: str | None, cache: Path | str | None
) -> dict[str, str]:
    """Return what ``environment.json`` says of how the run was asked for."""
    said = {} if command is None else {"command": command}
    if cache is not None:
        said["cache"] = seen_from(store.out_dir, cache)
    return said


def _planned(plan: Plan, store: ResultStore, *, fresh: bool) -> dict[str, Any]:
    """Return what ``plan.json`` is to hold, with what was added to it by hand."""
    earlier: dict[str, Any] = {}
    if store.exists() and not fresh:
        with contextlib.suppress(StoreError):  # it is rewritten
            earlier = store.plan()
    return with_added(plan.as_json(), earlier)


class _Work(NamedTuple):
    """The trials or retrainings that a run has left to do."""

    plan: Plan
    roots: Mapping[str, Node]
    orders: Orders
    phase: str
    skipped: Mapping[str, str]

    def done(
        self, store: ResultStore, sites: _Sites, cache: Cache, progress: Progress
    ) -> Iterator[Record]:
        """Do it, and yield each record when it is on disk."""
        schedule = Schedule(self.roots, cache)
        yardsticks = Yardsticks()
        book = TrialRecorder(self.plan, self.roots, schedule, yardsticks)
        found = list(schedule.found())
        if self.roots:
            progress.enter(self.phase, len(self.roots), n_idle=len(found))
        yield from book.skip(self.skipped, store)
        yield from _counted(book.enter(found, store), progress, worked=False)
        if not schedule.n_open:
            return
        # In this process, a fit is stopped by the interrupt itself.
        patience = nullcontext(Interrupt()) if sites.debug else patient_interrupt()
        with sites.for_trials() as running, patience as interrupt:
            how = running, self.orders, interrupt, yardsticks
            for ended in ends(schedule, *how):
                yield from _counted(book.enter(ended, store), progress)
            if interrupt.is_asked:
                raise KeyboardInterrupt


class _Further(NamedTuple):
    """Fits that may have to be done after the trials, and where they are kept."""

    phase: str
    planned: Callable[[], FurtherFits]
    store: ResultStore

    def is_needed(self, pending: Sequence[str]) -> bool:
        """Return whether there may be something to do once the trials have ended."""
        if pending:
            return True
        fits = self.planned()
        is_new = bool(fits.reasons) and not self.store.exists()
        return is_new or bool(left_of(fits, self.store))


def _retrainings(
    plan: Plan,
    store: ResultStore,
    retrain: Retrain,
    cache: Cache,
    pending: Sequence[str],
) -> Iterator[_Further]:
    """Yield the retraining of methods, where it is needed."""
    if retrain != "none":
        found = partial(planned_retrainings, plan, store, retrain, cache)
        further = _Further("retraining", found, store.retrainings)
        if further.is_needed(pending):
            yield further


def _curve(
    plan: Plan,
    store: ResultStore,
    train_sizes: Sequence[float],
    pending: Sequence[str],
) -> Iterator[_Further]:
    """Yield the fits of a learning curve, where one is asked for."""
    if train_sizes:
        found = partial(planned_curve, plan, store, train_sizes)
        further = _Further("learning curve", found, store.learning_curve)
        if further.is_needed(pending):
            yield further


def finished_trials(
    plan: Plan, store: ResultStore, *, remeasure: bool = False
) -> set[str]:
    """Return the keys of a plan's trials that need not run again.

    Parameters
    ----------
    plan : Plan
        What is to be run.
    store : ResultStore
        What earlier runs left; its folder need not exist.
    remeasure : bool, default=False
        Whether trials are to run again whose costs came from the cache.

    Returns
    -------
    set of str
        Of the trials whose record is ok and whose predictions can be read.
    """
    if not store.exists():
        return set()
    finished = store.finished() & plan.trials.keys()
    if remeasure:
        records = store.records()
        finished = {key for key in finished if not records[key].cached_nodes}
    return finished


def _say_what_is_ahead(
    progress: Progress,
    plan: Plan,
    roots: Mapping[str, Node],
    *,
    throughput: bool,
    probes: bool,
) -> None:
    """Say how many units the phases will about have."""
    first = [
        trial
        for trial in plan.trials.values()
        if trial.seed == plan.suite.seeds[0] and trial.method not in plan.lacking
    ]
    ablated = _ablated(plan)
    progress.expect(
        {
            "trials": len(roots),
            "throughput": throughput * sum(trial.fold == 0 for trial in first),
            # By pieces, of which quick methods share some and long ones have none.
            "timing": throughput * sum(trial.fold == 0 for trial in first),
            "ablation": probes * sum(trial.dataset in ablated for trial in first),
        }
    )


def _counted(
    records: Iterable[Record], progress: Progress, *, worked: bool = True
) -> Iterator[Record]:
    """Yield records, each counted; what was skipped took no work."""
    for record in records:
        yield record
        progress.advance(worked=worked and record.status != "skipped")


def cache_at(chosen: Path | str | None, max_bytes: int | None = None) -> Place:
    """Return the part of a cache that was made with the installed versions.

    Parameters
    ----------
    chosen : path or str, optional
        The folder of the cache, or a URL; by default the user's folder.
    max_bytes : int, optional
        How much of what is under a URL the folder on this machine may hold.

    Returns
    -------
    Place
        Its namespace is a digest of the versions of packages.
    """
    namespace = digest_of(versions())[:16]
    if chosen is not None and is_url(chosen):
        url = str(chosen).rstrip("/")
        most = _LEVEL_BYTES if max_bytes is None else max_bytes
        return Place(level_folder(url), namespace, None, url, most)
    return Place(cache_folder(chosen), namespace)


class _Sites:
    """Where a run has its tasks done."""

    def __init__(
        self,
        plan: Plan,
        place: Place,
        limits: Limits,
        jobs: int,
        scheduler: str | None,
        *,
        start_method: StartMethod | None,
        ships_files: bool,
        debug: bool,
    ) -> None:
        self._start_method = start_method
        self._contexts, self._place, self._limits = plan.contexts(), place, limits
        self._delivery = Delivery(self._contexts, plan.file_columns(), ships_files)
        self._jobs, self._scheduler, self.debug = jobs, scheduler, debug
        self._own: LocalWorkers | None = None
        self._open = contextlib.ExitStack()
        self._on_dask: Executor | None = None

    @contextlib.contextmanager
    def opened(self, *, needed: bool) -> Iterator[None]:
        """Have workers of this machine ready."""
        if self.debug or not needed:
            yield
            return
        with local_workers(self._start_method) as self._own, self._open:
            yield

    def for_trials(self) -> contextlib.AbstractContextManager[Executor]:
        """Give the executor for trials."""
        if self._scheduler is None or self.debug:
            return self.for_answers()
        if self._on_dask is None:
            # One for all phases: what workers were given and have made stays with them.
            where = (self._delivery, self._place, self._scheduler)
            self._on_dask = self._open.enter_context(on_dask(*where, self._limits))
        return nullcontext(self._on_dask)

    def for_answers(self) -> contextlib.AbstractContextManager[Executor]:
        """Give the executor for what is asked after them, always on this machine."""
        if self._own is None:
            return in_process(self._contexts, self._place)
        where = (self._contexts, self._place, self._own)
        n_workers = 1 if self._scheduler else self._jobs
        return on_workers(*where, n_workers, self._limits)


def _asked_again(
    plan: Plan, roots: Mapping[str, Node], *, throughput: bool, probes: bool
) -> set[str]:
    """Return the keys of the nodes that are asked again after the trials."""
    again: set[str] = set()
    ablated = _ablated(plan) if probes else set()
    for key, root in roots.items():
        trial = plan.trials[key]
        timed = throughput and trial.fold == 0
        probed = trial.dataset in ablated and can_ask(root)
        if trial.seed == plan.suite.seeds[0] and (timed or probed):
            again.update(node.key for node in all_live(root))
    return again


def _ablated(plan: Plan) -> set[str]:
    """Return the datasets whose methods are asked about changed rows."""
    return {name for name in plan.datasets if planned_changes(plan, name)}
