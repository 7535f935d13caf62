"""Methods that hang, crash or eat memory end as records; everything else goes on."""

import os
import signal
import subprocess
import sys
import time

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

from .conftest import Flatten

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


@pytest.mark.parametrize("deed", ["eat", "gulp"])
def test_a_method_that_eats_memory_is_stopped_at_the_limit(on_workers, deed):
    limits = Limits(memory_bytes=1_000_000_000)
    records = on_workers({deed: rogue(deed), "dummy": DummyClassifier()}, limits)
    assert records["dummy", 0].status == "ok"
    assert records[deed, 0].status == "failed"
    assert "over the limit of 0.93 GiB" in records[deed, 0].reason


def test_a_method_that_stops_its_process_is_ended_without_a_limit(on_workers):
    records = on_workers({"stop": rogue("stop"), "dummy": DummyClassifier()})
    assert records["dummy", 0].status == "ok"
    assert records["stop", 0].status == "failed"
    assert "stopped its worker process" in records["stop", 0].reason


def test_what_a_method_has_started_ends_with_the_run(on_workers):
    records = on_workers({"leave": rogue("leave")})
    assert "has no attribute" in records["leave", 0].reason  # it came past fit
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
