"""Runs on a Dask cluster that somebody else has started."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import NamedTuple

import distributed
import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression

from mmbench.engine import Limits, run
from mmbench.engine.execution import executor as executors
from mmbench.engine.execution.executor import Delivery, on_dask
from mmbench.engine.execution.local_workers import Place
from mmbench.engine.execution.worker import Result
from mmbench.errors import EngineError, StoreError, UsageError
from mmbench.fusion import branch
from mmbench.results import ResultStore

from .conftest import Flatten


class Slow(DummyClassifier):
    """A dummy that takes its time, so that there is a middle to be killed in."""

    def fit(self, X, y, sample_weight=None):
        time.sleep(0.3)
        return super().fit(X, y, sample_weight)


class Cluster(NamedTuple):
    """A scheduler's address, its process, its workers, and how to start another."""

    address: str
    scheduler: subprocess.Popen
    workers: list[subprocess.Popen]
    command: list[str]


def start(*command):
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A Dask scheduler and two workers, each a process of its own on loopback.

    Starting one takes many seconds, so tests share it, and each leaves workers behind;
    the test that kills the scheduler comes last.
    """
    file = tmp_path_factory.mktemp("cluster") / "scheduler.json"
    quiet = ["--no-dashboard", "--scheduler-file", str(file)]
    scheduler = start(
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", *quiet
    )
    until = time.monotonic() + 60
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.1)
    command = [
        "distributed.cli.dask_worker",
        "--no-nanny",
        "--memory-limit",
        "0",
        *quiet,
    ]
    workers = [start(*command, "--nthreads", "1") for _ in range(2)]
    yield Cluster(json.loads(file.read_text())["address"], scheduler, workers, command)
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


@dataclass(frozen=True)
class Nap:
    """A task of a second."""

    key: str

    def perform(self, _cache):
        time.sleep(1)
        return Result(key=self.key, status="ok", value=os.getpid())


class Sleeper(DummyClassifier):
    """A dummy that takes three seconds."""

    def fit(self, X, y, sample_weight=None):
        time.sleep(3)
        return super().fit(X, y, sample_weight)


def forget_nothing():
    """Return the runs that this Dask worker takes part in."""
    from mmbench.engine.execution import dask_worker

    return sorted(dask_worker._runs)


def test_a_scheduler_that_is_not_there_is_a_clear_error(
    make_suite, tmp_path, monkeypatch
):
    monkeypatch.setattr(executors, "_CONNECT_TIMEOUT", "1s")
    suite = make_suite({"dummy": DummyClassifier()})
    with pytest.raises(UsageError, match=r"no Dask scheduler answers at tcp"):
        list(run(suite, tmp_path / "out", scheduler="tcp://127.0.0.1:1"))


def test_a_cluster_of_two_workers_gives_the_same_scores(cluster, make_suite, tmp_path):
    good = branch("image", Flatten(), LogisticRegression())
    suite = make_suite({"good": good, "dummy": DummyClassifier()})
    there = run(suite, tmp_path / "a", scheduler=cluster.address, cache=tmp_path / "c1")
    here = run(suite, tmp_path / "b", debug=True, cache=tmp_path / "c2")
    assert {r.key: r.scores for r in there} == {r.key: r.scores for r in here}


def test_workers_forget_the_data_of_a_run_at_its_end(cluster, make_suite, tmp_path):
    suite = make_suite({"dummy": DummyClassifier()})
    options = {"scheduler": cluster.address, "cache": tmp_path / "cache"}
    list(run(suite, tmp_path / "out", **options))
    with distributed.Client(cluster.address) as client:
        held = client.run(forget_nothing)
    assert held
    assert not any(held.values())


def test_a_worker_of_other_versions_is_refused_by_name(
    cluster, make_suite, tmp_path, monkeypatch
):
    here = {**executors.versions_here(), "numpy": "1.0"}
    monkeypatch.setattr(executors, "versions_here", lambda: here)
    suite = make_suite({"dummy": DummyClassifier()})
    records = run(suite, tmp_path / "out", scheduler=cluster.address)
    wrong = rf"Dask worker tcp://\S+ has numpy {np.__version__}, .* process has 1\.0"
    with pytest.raises(UsageError, match=wrong):
        list(records)


@pytest.mark.parametrize(
    "comes", ["first", pytest.param("late", marks=pytest.mark.slow)]
)
def test_a_worker_that_cannot_use_the_cache_ends_the_run_by_its_name(
    cluster, make_suite, tmp_path, comes
):
    # The system says so where the cache is mounted for reading only, or not shared.
    hide = tmp_path / "hide.py"
    hide.write_text("import os\nos.access = lambda *_: False\n")
    command = [*cluster.command, "--nthreads", "1", "--preload", str(hide)]
    methods = {f"slow{i}": Slow(constant=None, random_state=i) for i in range(20)}
    where = {"scheduler": cluster.address, "cache": tmp_path / "cache"}
    records = run(make_suite(methods), tmp_path / "out", **where)
    if comes == "first":
        with distributed.Client(cluster.address) as client:
            n_workers = len(client.scheduler_info()["workers"])
            cluster.workers.append(start(*command))
            client.wait_for_workers(n_workers + 1, timeout=60)
    else:
        next(records)
        cluster.workers.append(start(*command))
    with pytest.raises(StoreError, match=r"worker tcp://.* can't write to the"):
        list(records)
    blind = cluster.workers.pop()
    blind.kill()
    blind.wait()
    kept = ResultStore(tmp_path / "out").records().values()
    assert {record.status for record in kept} <= ({"ok"} if comes == "late" else set())


def test_a_worker_that_starts_during_a_run_is_used(cluster, tmp_path):
    with on_dask(Delivery({}), Place(tmp_path, "v"), cluster.address) as executor:
        while executor.has_room():
            executor.submit([Nap("early")])
        cluster.workers.append(start(*cluster.command, "--nthreads", "1"))
        until = time.monotonic() + 60
        while not executor.has_room() and time.monotonic() < until:
            time.sleep(0.1)
        assert executor.has_room()


def test_a_run_on_a_cluster_survives_the_death_of_a_worker(
    cluster, make_suite, tmp_path
):
    methods = {f"slow{i}": Slow(constant=None, random_state=i) for i in range(4)}
    options = {"scheduler": cluster.address, "cache": tmp_path / "cache"}
    records = []
    for record in run(make_suite(methods), tmp_path / "out", **options):
        records.append(record)
        if len(records) == 3:
            cluster.workers[0].kill()
    assert [r.status for r in records] == ["ok"] * 12


@pytest.mark.slow  # they are kept by what keeps them without a cluster
def test_time_limits_hold_on_a_worker_of_several_threads(cluster, make_suite, tmp_path):
    for worker in cluster.workers:
        worker.kill()
    cluster.workers.append(start(*cluster.command, "--nthreads", "3"))
    methods = {"long": Sleeper(), **{f"d{i}": DummyClassifier() for i in range(9)}}
    options = {"scheduler": cluster.address, "cache": tmp_path / "cache"}
    found = run(make_suite(methods), tmp_path / "out", limits=Limits(1.5), **options)
    status = {(r.method, r.fold): r.status for r in found}
    assert {s for (m, _), s in status.items() if m == "long"} == {"timed_out"}
    assert {s for (m, _), s in status.items() if m != "long"} == {"ok"}


def test_a_scheduler_that_dies_is_an_error_and_records_are_kept(
    cluster, make_suite, tmp_path
):
    suite = make_suite({f"slow{i}": Slow(random_state=i) for i in range(3)})
    options = {"scheduler": cluster.address, "cache": tmp_path / "cache"}
    records = run(suite, tmp_path / "out", **options)
    next(records)
    cluster.scheduler.kill()
    with pytest.raises(
        EngineError, match=r"the Dask scheduler at tcp\S+ is no longer reachable"
    ):
        list(records)
    assert len(ResultStore(tmp_path / "out").records()) >= 1
