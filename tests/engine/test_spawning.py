"""Workers that are started afresh, where the system can't fork them."""

import os
import socket
import subprocess
import sys
import time

import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression

from mmbench.engine import Limits, run
from mmbench.engine.execution.spawning import _accepted
from mmbench.fusion import branch

from .conftest import Flatten


class Dies(DummyClassifier):
    """Ends its process."""

    def fit(self, X, y, sample_weight=None):
        os._exit(3)


class Sleeps(DummyClassifier):
    """Takes longer than it may."""

    def fit(self, X, y, sample_weight=None):
        time.sleep(60)


@pytest.mark.slow
def test_spawned_workers_give_the_same_scores_and_outlive_bad_methods(
    make_suite, tmp_path
):
    good = branch("image", Flatten(), LogisticRegression())
    how = {"retrain": "none", "probes": False, "throughput": False}
    suite = make_suite({"good": good, "dies": Dies(), "sleeps": Sleeps()}, cv=2)
    spawned = {"start_method": "spawn", "jobs": 2, "limits": Limits(20)}
    found = {
        (r.method, r.fold): r
        for r in run(suite, tmp_path / "a", cache=tmp_path / "c", **spawned, **how)
    }
    how |= {"cache": tmp_path / "d", "debug": True}
    plain = run(make_suite({"good": good}, cv=2), tmp_path / "b", **how)
    for record in plain:
        assert found["good", record.fold].scores == record.scores
    assert found["dies", 0].status == "failed"
    assert "with exit code 3" in found["dies", 0].reason
    assert found["sleeps", 0].status == "timed_out"


def test_who_has_not_the_token_is_not_let_in():
    waiting = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(0.05)
            with socket.create_connection(listener.getsockname()) as stranger:
                stranger.sendall(b"x" * 32)
                with socket.create_connection(listener.getsockname()) as own:
                    own.sendall(b"t" * 32)
                    ours = _accepted(listener, b"t" * 32, waiting)
                    own.sendall(b"the worker")
                    assert ours.recv(10) == b"the worker"
                    ours.close()
    finally:
        waiting.kill()
        waiting.wait()
