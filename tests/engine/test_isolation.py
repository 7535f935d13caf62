"""Methods that hang, crash or eat memory end as records; everything else goes on."""

import json
import os
import signal
import subprocess
import sys
import time

import distributed
import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression

from mmbench.engine import Limits, run
from mmbench.engine.limits import NO_LIMITS
from mmbench.errors import EngineError, StoreError, UsageError
from mmbench.fusion import branch
from mmbench.results import ResultStore

from .conftest import Flatten


class Rogue(ClassifierMixin, BaseEstimator):
    """Does one bad thing in fit."""

    def __init__(self, deed="none"):
        self.deed = deed

    def fit(self, X, y):
        if self.deed == "exit":
            os._exit(3)
        if self.deed == "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        if self.deed == "hang":
            time.sleep(600)
        if self.deed == "spin":
            sum(range(10**11))
        if self.deed == "eat":
            hoard = []
            while True:
                hoard.append(np.ones(2_000_000))
                time.sleep(0.005)
        return self


def rogue(deed):
    return branch("image", Flatten(), Rogue(deed))


@pytest.fixture
def on_workers(make_suite, tmp_path):
    def run_it(methods, limits=NO_LIMITS, jobs=2):
        suite = make_suite(methods, cv=2)
        options = {"jobs": jobs, "cache": tmp_path / "cache", "limits": limits}
        return {(r.method, r.fold): r for r in run(suite, tmp_path / "out", **options)}

    return run_it


def test_a_method_that_ends_its_process_has_failed_and_the_rest_goes_on(on_workers):
    records = on_workers(
        {
            "exit": rogue("exit"),
            "segfault": rogue("segfault"),
            "dummy": DummyClassifier(),
        }
    )
    for fold in range(2):
        assert records["dummy", fold].status == "ok"
        for deed, reason in (("exit", "exit code 3"), ("segfault", "SIGSEGV")):
            assert records[deed, fold].status == "failed"
            assert reason in records[deed, fold].reason


@pytest.mark.parametrize("deed", ["hang", "spin"])
def test_a_method_that_does_not_end_runs_out_of_time(on_workers, deed):
    good = branch("image", Flatten(), LogisticRegression())
    records = on_workers({deed: rogue(deed), "good": good}, Limits(time_s=1.5))
    for fold in range(2):
        assert records["good", fold].status == "ok"
        assert records[deed, fold].status == "timed_out"
        assert "longer than the time limit of 1.5 s" in records[deed, fold].reason


def test_a_method_that_eats_memory_is_stopped_at_the_limit(on_workers):
    limits = Limits(memory_bytes=1_000_000_000)
    records = on_workers({"eat": rogue("eat"), "dummy": DummyClassifier()}, limits)
    assert records["dummy", 0].status == "ok"
    assert records["eat", 0].status == "failed"
    assert "over the limit of 0.93 GiB" in records["eat", 0].reason


class Slow(DummyClassifier):
    """A dummy that takes its time, so that there is a middle to be killed in."""

    def fit(self, X, y, sample_weight=None):
        time.sleep(0.3)
        return super().fit(X, y, sample_weight)


def start(*command):
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )


@pytest.fixture
def cluster(tmp_path):
    """A Dask scheduler and two workers, each a process of its own on loopback."""
    file = tmp_path / "scheduler.json"
    quiet = ["--no-dashboard", "--scheduler-file", str(file)]
    scheduler = start(
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", *quiet
    )
    until = time.monotonic() + 60
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.1)
    command = ["distributed.cli.dask_worker", "--no-nanny", "--nthreads", "1", *quiet]
    workers = [start(*command, "--memory-limit", "0") for _ in range(2)]
    yield json.loads(file.read_text())["address"], workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


def test_a_run_on_a_cluster_survives_the_death_of_a_worker(
    cluster, make_suite, tmp_path
):
    address, workers = cluster
    methods = {f"slow{i}": Slow(constant=None, random_state=i) for i in range(6)}
    options = {"scheduler": address, "cache": tmp_path / "cache"}
    records = []
    for record in run(make_suite(methods), tmp_path / "out", **options):
        records.append(record)
        if len(records) == 3:
            workers[0].kill()
    assert [r.status for r in records] == ["ok"] * 18


def test_a_cluster_of_two_workers_gives_the_same_scores(cluster, make_suite, tmp_path):
    good = branch("image", Flatten(), LogisticRegression())
    suite = make_suite({"good": good, "dummy": DummyClassifier()})
    there = run(suite, tmp_path / "a", scheduler=cluster[0], cache=tmp_path / "c1")
    here = run(suite, tmp_path / "b", debug=True, cache=tmp_path / "c2")
    assert {r.key: r.scores for r in there} == {r.key: r.scores for r in here}


def test_a_scheduler_that_is_not_there_is_a_clear_error(make_suite, tmp_path):
    suite = make_suite({"dummy": DummyClassifier()})
    with pytest.raises(UsageError, match=r"no Dask scheduler answers at tcp"):
        list(run(suite, tmp_path / "out", scheduler="tcp://127.0.0.1:1"))


def test_workers_that_cannot_start_are_a_clear_error(make_suite, tmp_path, monkeypatch):
    monkeypatch.setattr("mmbench.engine.local_workers._NURSERY", "no_such_module")
    records = run(make_suite({"dummy": DummyClassifier()}), tmp_path / "out", jobs=1)
    with pytest.raises(EngineError, match=r"can't start: .*no_such_module"):
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
    file = tmp_path / "scheduler.json"
    command = ["distributed.cli.dask_worker", "--no-nanny", "--nthreads", "1"]
    options = ["--no-dashboard", "--scheduler-file", str(file), "--preload", str(hide)]
    methods = {f"slow{i}": Slow(constant=None, random_state=i) for i in range(20)}
    where = {"scheduler": cluster[0], "cache": tmp_path / "cache"}
    records = run(make_suite(methods), tmp_path / "o", **where)
    if comes == "first":
        worker = start(*command, *options)
        with distributed.Client(cluster[0]) as client:
            client.wait_for_workers(3, timeout=30)
    try:
        if comes == "late":
            next(records)
            worker = start(*command, *options)
        with pytest.raises(StoreError, match=r"worker tcp://.* can't write to the"):
            list(records)
    finally:
        worker.kill()
        worker.wait()
    kept = ResultStore(tmp_path / "o").records().values()
    assert {record.status for record in kept} <= ({"ok"} if comes == "late" else set())
