"""Run a suite: every planned trial that is not finished yet, in worker processes."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.engine.environment import describe_environment, n_cores, versions
from mmbench.engine.plan import Plan, make_plan
from mmbench.engine.trial import Outcome, run_trial
from mmbench.metrics import score
from mmbench.results import Predictions, Record, ResultStore

if TYPE_CHECKING:
    from mmbench.datasets import Samples
    from mmbench.suite import Suite, Trial

# What a worker process works on; each worker is handed it once, when it starts.
_samples: Mapping[str, Samples] = {}

# numerical libraries read these when they are imported.
_ONE_THREAD = {
    f"{library}_NUM_THREADS": "1"
    for library in ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "VECLIB_MAXIMUM")
}


def run(
    suite: Suite,
    store: ResultStore | Path | str,
    *,
    jobs: int | None = None,
    fresh: bool = False,
) -> Iterator[Record]:
    """Run every trial of a suite that the store does not hold yet.

    Parameters
    ----------
    suite : Suite
        What to run.
    store : ResultStore or path
        Where records and predictions go. Finished trials in it are skipped; failed and
        skipped ones are tried again.
    jobs : int, default=number of cores
        Worker processes, one thread each.
    fresh : bool, default=False
        Forget what the store holds.

    Yields
    ------
    Record
        One a trial, as it ends and after it is on disk.

    Raises
    ------
    DataError, UsageError
        Before anything is written, when the suite can't be planned.
    StoreError
        When the store can't be written.
    """
    plan = make_plan(suite)
    yield from execute(plan, store, jobs=jobs, fresh=fresh)


def execute(
    plan: Plan,
    store: ResultStore | Path | str,
    *,
    jobs: int | None = None,
    fresh: bool = False,
) -> Iterator[Record]:
    """Run a plan; see :func:`run`."""
    jobs = jobs or n_cores()
    checksums = {d.name: d.checksum for d in plan.suite.datasets}
    seeds = plan.suite.seeds
    environment = describe_environment(jobs=jobs, seeds=seeds, checksums=checksums)
    if not isinstance(store, ResultStore):
        store = ResultStore(store)
    with store.open(plan.as_json(), environment, fresh=fresh):
        finished = store.finished()
        todo = {key: t for key, t in plan.trials.items() if key not in finished}
        for key, outcome in _outcomes(plan, todo, jobs):
            record, predictions = _record(plan, key, outcome)
            store.append(record, predictions)
            yield record


def _outcomes(
    plan: Plan, todo: Mapping[str, Trial], jobs: int
) -> Iterator[tuple[str, Outcome]]:
    """Yield outcomes as they come; a worker that dies takes no other trial along."""
    broken: list[str] = []
    unmet: dict[str, Outcome] = {}
    for key, outcome in _pooled(plan, todo, jobs, unmet):
        if outcome is None:
            broken.append(key)
        else:
            yield key, outcome
    # Any of these may have killed the pool that they shared: now each has its own.
    for key in broken:
        for _, outcome in _pooled(plan, {key: todo[key]}, 1, unmet):
            reason = "its worker process died (out of memory, or a crash in native code)"
            yield key, outcome or Outcome(status="failed", reason=reason)


def _pooled(
    plan: Plan, todo: Mapping[str, Trial], jobs: int, unmet: dict[str, Outcome]
) -> Iterator[tuple[str, Outcome | None]]:
    """Yield the outcome of each trial, None when the pool broke before it ended.

    `unmet` collects methods that lack a requirement, which no other fold can meet.
    """
    from joblib.externals.loky import ProcessPoolExecutor

    if not todo:
        return
    queue = iter(todo.items())
    running: dict[Future[Outcome], str] = {}
    pool = ProcessPoolExecutor(
        min(jobs, len(todo)),
        initializer=_start_worker,
        initargs=(dict(plan.samples),),
        env=_ONE_THREAD,
    )
    try:
        while True:
            # Few trials wait in the pool, so that what is learnt of one (a missing
            # requirement, a broken pool) spares the others.
            for key, trial in queue:
                if trial.method in unmet:
                    yield key, unmet[trial.method]
                    continue
                method = plan.suite.methods[trial.method]
                try:
                    future = pool.submit(_work, trial, method, plan.suite.cv)
                except BrokenProcessPool:
                    yield key, None
                    continue
                running[future] = key
                if len(running) > jobs:
                    break
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                key = running.pop(future)
                try:
                    outcome = future.result()
                except BrokenProcessPool:
                    yield key, None
                    continue
                if outcome.status == "skipped":
                    unmet[todo[key].method] = outcome
                yield key, outcome
    finally:
        pool.shutdown(kill_workers=True)


def _start_worker(samples: Mapping[str, Samples]) -> None:
    global _samples  # noqa: PLW0603 - the worker's own copy, set once
    _samples = samples


def _work(trial: Trial, method: Any, cv: Any) -> Outcome:
    return run_trial(trial, method, _samples[trial.dataset], cv)


def _record(
    plan: Plan, key: str, outcome: Outcome
) -> tuple[Record, Predictions | None]:
    trial, samples = plan.trials[key], plan.samples[plan.trials[key].dataset]
    scores: dict[str, float | None] = {}
    predictions = None
    if outcome.proba is not None and outcome.test is not None:
        y_true, classes = samples.y[outcome.test], np.unique(samples.y)
        scores = score(
            y_true,
            outcome.proba,
            classes,
            plan.suite.scoring,
            has_proba=outcome.has_proba,
        )
        ids = np.asarray(samples.X.index[outcome.test])
        predictions = Predictions(ids, y_true, outcome.proba, classes)
    now = datetime.datetime.now(datetime.UTC)
    record = Record(
        key=key,
        suite=plan.suite.name,
        dataset=trial.dataset,
        method=trial.method,
        fold=trial.fold,
        seed=trial.seed,
        status=outcome.status,
        reason=outcome.reason,
        traceback=outcome.traceback,
        scores=scores,
        n_train=outcome.n_train,
        n_test=0 if outcome.test is None else len(outcome.test),
        fit_time_s=outcome.fit_time_s,
        predict_time_s=outcome.predict_time_s,
        ended_at=now.isoformat(timespec="seconds"),
        warnings=outcome.warnings,
        versions=versions(),
    )
    return record, predictions
