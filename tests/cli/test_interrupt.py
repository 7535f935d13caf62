"""The first Ctrl-C ends a run within ten seconds, and the same command goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SUITE = """
import hashlib
import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier

import mmbench.report
from mmbench import Suite
from mmbench.datasets import Dataset, Samples
from mmbench.feature_extraction import CountVectorizer
from mmbench.fusion import branch


def stay(phase):
    \"""Stay long in a call into C, the first time that a phase is reached.\"""
    reached = Path(os.environ["REACHED"])
    if os.environ["PHASE"] == phase and not reached.exists():
        reached.touch()
        hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 10**9)


class Staying(DummyClassifier):
    def fit(self, X, y):
        stay("trials")
        return super().fit(X, y)

    def predict_proba(self, X):
        # Workers don't import the command.
        if "mmbench.cli" in sys.modules:
            stay("afterwards")
        return super().predict_proba(X)


def load():
    stay("planning")
    X = pd.DataFrame({"text": ["hot day", "cold night"] * 6})
    return Samples(X, np.array(["sun", "moon"] * 6))


def make_report(out):
    stay("report")
    return made(out)


made, mmbench.report.make_report = mmbench.report.make_report, make_report
words = Dataset(
    name="words", version="1", source="s", licence="l", modalities={"text": "text"},
    load=load,
)
methods = {
    "dummy": DummyClassifier(),
    "text/staying": branch("text", CountVectorizer(), Staying(strategy="prior")),
}
suite = Suite(name="mine", datasets=[words], methods=methods, cv=2)
"""


@pytest.fixture(autouse=True)
def _ctrl_c_is_heard():
    """Undo that what runs in the background of a script ignores Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Folder:
    """A folder with a suite file, and the command that runs it."""

    def __init__(self, path: Path, phase: str, *options: str) -> None:
        self.path, self.reached = path, path / "reached"
        (path / "mine.py").write_text(SUITE)
        self._places = {"PHASE": phase, "REACHED": str(self.reached)}
        self._options = ("--out", "out", "--cache", "cache", "--jobs", "1", *options)

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "mmbench", "run", "mine.py", *self._options],
            cwd=self.path,
            env={
                **os.environ,
                **self._places,
                "PYTHONPATH": os.pathsep.join(map(str, sys.path)),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def interrupt(self) -> str:
        """Press Ctrl-C in the phase; return what the command says to it."""
        process = self.start()
        try:
            while not self.reached.exists():
                assert process.poll() is None, process.stderr.read()
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
            process.communicate()
        assert process.returncode == 130
        return said


def test_ctrl_c_ends_what_python_can_stop_at_once(tmp_path):
    folder = Folder(tmp_path, "planning")
    mine = tmp_path / "mine.py"
    stay = 'hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 10**9)'
    assert stay in SUITE
    mine.write_text(SUITE.replace(stay, "__import__('time').sleep(600)"))
    assert folder.interrupt().splitlines()[-1].startswith("mmbench: interrupted")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("phase", "options"),
    [
        ("planning", ()),
        ("trials", ()),
        ("trials", ("--debug",)),
        ("afterwards", ("--no-probes",)),
        ("afterwards", ("--no-throughput",)),
        ("report", ()),
    ],
)
def test_ctrl_c_ends_any_phase_and_the_same_command_goes_on(tmp_path, phase, options):
    folder = Folder(tmp_path, phase, *options)
    assert "mmbench: interrupted" in folder.interrupt()

    again = folder.start()
    _, said = again.communicate(timeout=60)
    assert again.returncode == 0, said
    assert (tmp_path / "out" / "report.md").exists()
    n_trials = len((tmp_path / "out" / "records.jsonl").read_text().splitlines())
    assert n_trials == 4
