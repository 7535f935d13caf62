"""Methods that hang, crash or eat memory end as records; everything else goes on."""

import os
import signal
import subprocess
import sys
import time
from functools import cache

import numpy as np
import pytest
from psutil import process_iter
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression

from mmbench.engine import Limits, run
from mmbench.engine.execution.limits import NO_LIMITS
from mmbench.errors import EngineError
from mmbench.fusion import branch
from mmbench.suite import Suite

from .conftest import Flatten, make_dataset

NAP = "import time; time.sleep(86396.5)"


class NoExceptionError(BaseException):
    """Nothing that is expected."""


class Editor(ClassifierMixin, BaseEstimator):
    """Wipes the pictures that it is given."""

    def fit(self, X, y):
        for cell in X["image"]:
            cell[...] = 0
        return self


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
        if self.deed == "gulp":
            # One call, which holds the interpreter's lock to its end.
            hoard = [b"x" * 4_000_000_000]
            time.sleep(60)
        if self.deed == "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        if self.deed == "leave":
            subprocess.Popen([sys.executable, "-c", NAP], start_new_session=True)
        if self.deed == "raise":
            raise NoExceptionError("no")
        return self


def rogue(deed):
    return branch("image", Flatten(), Rogue(deed))


# Worker processes take seconds to start, so methods share a run.
RUNS = {
    "ending": (("exit", "segfault", "stop", "leave"), NO_LIMITS),
    "not ending": (("hang", "spin"), Limits(time_s=1.5)),
    "eating": (("eat", "gulp"), Limits(memory_bytes=1_000_000_000)),
}
GOOD = {
    "good": branch("image", Flatten(), LogisticRegression()),
    "dummy": DummyClassifier(),
}


@pytest.fixture(scope="module")
def on_workers(tmp_path_factory):
    @cache
    def run_it(name):
        folder = tmp_path_factory.mktemp("run")
        deeds, limits = RUNS[name]
        methods = {deed: rogue(deed) for deed in deeds} | GOOD
        suite = Suite(name="s", datasets=[make_dataset()], methods=methods, cv=2)
        options = {"jobs": 2, "cache": folder / "cache", "limits": limits}
        return {(r.method, r.fold): r for r in run(suite, folder / "out", **options)}

    return run_it


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("method", GOOD)
def test_good_methods_beside_bad_ones_go_on(on_workers, name, method):
    assert [on_workers(name)[method, fold].status for fold in range(2)] == ["ok"] * 2


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("exit", "exit code 3"),
        ("segfault", "SIGSEGV"),
        ("stop", "stopped its worker process"),
    ],
)
def test_a_method_that_ends_or_stops_its_process_has_failed(on_workers, deed, reason):
    for fold in range(2):
        record = on_workers("ending")[deed, fold]
        assert record.status == "failed"
        assert reason in record.reason


@pytest.mark.parametrize("deed", ["hang", "spin"])
def test_a_method_that_does_not_end_runs_out_of_time(on_workers, deed):
    for fold in range(2):
        record = on_workers("not ending")[deed, fold]
        assert record.status == "timed_out"
        assert "longer than the time limit of 1.5 s" in record.reason


@pytest.mark.parametrize("deed", ["eat", "gulp"])
def test_a_method_that_eats_memory_is_stopped_at_the_limit(on_workers, deed):
    record = on_workers("eating")[deed, 0]
    assert record.status == "failed"
    assert "over the limit of 0.93 GiB" in record.reason


def test_what_a_method_has_started_ends_with_the_run(on_workers):
    record = on_workers("ending")["leave", 0]
    assert "has no attribute" in record.reason  # it came past fit
    commands = [process.info["cmdline"] for process in process_iter(["cmdline"])]
    assert not [command for command in commands if command and NAP in command]


def test_what_is_no_exception_fails_in_this_process_too(go, make_suite):
    records = go(make_suite({"raise": rogue("raise"), "dummy": DummyClassifier()}))
    assert records["dummy", 0, 0].status == "ok"
    assert records["raise", 0, 0].reason == "NoExceptionError: no"


def test_pictures_are_read_only_to_methods(go, make_suite):
    good = branch("image", Flatten(), LogisticRegression())
    alone = go(make_suite({"good": good}), out="alone")
    beside = go(make_suite({"bad": Editor(), "good": good}), out="beside")
    assert beside["bad", 0, 0].reason.endswith("read-only")
    assert beside["good", 0, 0].scores == alone["good", 0, 0].scores


def test_workers_that_cannot_start_are_a_clear_error(make_suite, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "mmbench.engine.execution.forking._FORK_SERVER", "no_such_module"
    )
    records = run(make_suite({"dummy": DummyClassifier()}), tmp_path / "out", jobs=1)
    with pytest.raises(EngineError, match=r"can't start: .*no_such_module"):
        list(records)
