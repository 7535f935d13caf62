from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from mmbench.cli import main
from mmbench.errors import StoreError

SUITE = """
import time

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.dummy import DummyClassifier
from sklearn.naive_bayes import GaussianNB

from mmbench import EMBEDDED, Suite
from mmbench.errors import MissingDependencyError
from mmbench.fusion import branch


class Pixels(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return np.stack([np.asarray(cell, float).ravel() for cell in X])


class Failing(DummyClassifier):
    def fit(self, X, y=None):
        raise ValueError("no rows\\nfor [me]")


class NeedsTorch(DummyClassifier):
    def fit(self, X, y=None):
        raise MissingDependencyError("torch", extra="torch")


class Slow(DummyClassifier):
    def fit(self, X, y=None):
        time.sleep(1)
        return super().fit(X, y)


suite = Suite(
    name="mine",
    datasets=[EMBEDDED["digits"]],
    methods={
        "dummy": DummyClassifier(),
        "image/pixels/naive_bayes": branch("image", Pixels(), GaussianNB()),
        "image/failing": Failing(),
        "image/torch": NeedsTorch(),
        "image/slow": Slow(),
    },
    cv=3,
)
"""


class Folder:
    """A folder with a suite file, in which commands are run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "mine.py").write_text(SUITE)

    def run(self, *arguments: str):
        words = ["run", "mine.py", "--out", "out", "--cache", "cache", "--jobs", "1"]
        before = Path.cwd()
        os.chdir(self.path)
        try:
            return CliRunner().invoke(
                main, [*words, *arguments], prog_name="mmbench", catch_exceptions=False
            )
        finally:
            os.chdir(before)

    def methods(self) -> dict[str, dict[str, str]]:
        with (self.path / "out/tables/methods.csv").open() as file:
            return {row["method"]: row for row in csv.DictReader(file)}

    def n_records(self) -> int:
        return len((self.path / "out/records.jsonl").read_text().splitlines())


@pytest.fixture(scope="module")
def failing(tmp_path_factory):
    """A run in which one method fails and one lacks a package."""
    folder = Folder(tmp_path_factory.mktemp("failing"))
    globs = ("dummy", "*/naive_bayes", "*/failing", "*/torch")
    return folder, folder.run(*(word for glob in globs for word in ("--method", glob)))


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A run in which all is well."""
    folder = Folder(tmp_path_factory.mktemp("sound"))
    # Workers take seconds to start, and are in the other run.
    return folder, folder.run("--method", "dummy", "--method", "*/torch", "--debug")


def test_failures_end_with_1_and_are_grouped_with_their_reason(failing):
    _, result = failing
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    at = lines.index("failed: 3 trials of image/failing")
    assert lines[at + 1] == "  ValueError: no rows for [me]"


def test_a_missing_package_is_said_with_the_command_that_brings_it(failing):
    _, result = failing
    lines = result.stdout.splitlines()
    at = lines.index("skipped: 3 trials of image/torch")
    assert lines[at + 1].endswith("pip install 'mmbench[torch]'")


def test_everything_that_a_results_folder_holds_is_there(failing):
    folder, _ = failing
    names = {path.name for path in (folder.path / "out").iterdir()}
    assert names >= {
        *("plan.json", "records.jsonl", "environment.json", "predictions"),
        *("report.md", "report.html", "tables", "figures"),
    }


def test_the_ranking_is_on_stdout_and_the_plan_on_stderr(failing):
    _, result = failing
    assert "digits, ranked by macro-F1" in result.stdout
    assert result.stdout.index("naive_bayes") < result.stdout.index("dummy")
    assert result.stderr.startswith(
        "suite mine\n  digits: 1,797 samples, 10 classes; image\n"
    )
    assert (
        "  4 methods; 3 stratified folds, shuffled, seed 0\n  12 trials, 1 job\n"
    ) in result.stderr


def test_no_escape_codes_reach_a_file(failing):
    _, result = failing
    assert "\x1b" not in result.stdout + result.stderr


def test_the_classes_of_the_file_are_fitted_in_the_worker(failing):
    folder, _ = failing
    row = folder.methods()["image/pixels/naive_bayes"]
    assert (row["n_ok"], row["n_planned"]) == ("3", "3")
    assert float(row["accuracy_mean"]) > 0.7


def test_skipped_methods_do_not_fail_a_run(sound):
    _, result = sound
    assert result.exit_code == 0
    assert "skipped: 3 trials of image/torch" in result.stdout


def test_the_last_line_says_where_the_report_is(sound):
    _, result = sound
    assert result.stdout.splitlines()[-1].startswith("report: out/report.html")


def test_a_quiet_run_prints_the_path_of_its_report_alone(sound):
    folder, _ = sound
    result = folder.run("--method", "dummy", "--quiet", "--debug")
    assert (result.stdout, result.stderr) == ("out/report.html\n", "")


def test_results_are_printed_as_json(sound):
    folder, _ = sound
    result = folder.run("--method", "dummy", "--json", "--debug")
    found = json.loads(result.stdout)
    board = found["datasets"]["digits"]["leaderboard"]
    assert [(row["rank"], row["method"]) for row in board] == [(1, "dummy")]
    assert found["trials"]["ok"] == 3
    assert found["report"] == "out/report.html"


def test_a_verbose_report_prints_what_a_run_does(sound):
    folder, _ = sound
    out = str(folder.path / "out")
    result = CliRunner().invoke(main, ["report", out, "--verbose"])
    assert "digits, ranked by macro-F1" in result.stdout


def test_the_environment_keeps_the_command(sound):
    folder, _ = sound
    environment = json.loads((folder.path / "out/environment.json").read_text())
    assert environment["jobs"] == 1


def test_the_same_command_again_runs_nothing_that_is_finished(sound):
    folder, _ = sound
    before = folder.n_records()
    result = folder.run("--method", "dummy", "--debug")
    assert result.exit_code == 0
    assert "3 trials (3 finished already)" in result.stderr
    assert folder.n_records() == before


def test_trials_whose_predictions_are_gone_are_not_called_finished(tmp_path):
    folder = Folder(tmp_path)
    folder.run("--method", "dummy", "--debug")
    gone, *_ = (tmp_path / "out" / "predictions").glob("*.npz")
    gone.unlink()

    options = ("--method", "dummy", "--out", tmp_path / "out", "--pilot", "0")
    options = (tmp_path / "mine.py", *options)
    planned = CliRunner().invoke(main, ["plan", *map(str, options)])
    assert "3 (2 finished already in" in planned.output
    result = folder.run("--method", "dummy", "--debug")
    assert "3 trials (2 finished already)" in result.stderr
    assert folder.n_records() == 4


def test_report_makes_the_same_report_again(sound):
    folder, _ = sound
    page = folder.path / "out/report.html"
    before = page.read_bytes()
    page.unlink()
    result = CliRunner().invoke(main, ["report", str(folder.path / "out")])
    assert (result.exit_code, result.stdout) == (0, f"{page}\n")
    assert page.read_bytes() == before


def test_a_disk_that_gets_full_is_one_line(tmp_path, monkeypatch):
    def fill_the_disk(*_, **__):
        yield from ()
        raise StoreError("out can't be written: No space left on device.")

    monkeypatch.setattr("mmbench.engine.run", fill_the_disk)
    result = Folder(tmp_path).run("--method", "dummy")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == (
        "mmbench: error: out can't be written: No space left on device."
    )


def test_ctrl_c_ends_with_130_and_says_how_to_go_on(tmp_path):
    folder = Folder(tmp_path)
    command = "run mine.py --out out --cache cache --jobs 1 --fresh --method *slow"
    process = subprocess.Popen(
        [sys.executable, "-m", "mmbench", *command.split()],
        cwd=folder.path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sys.path))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    records = folder.path / "out/records.jsonl"
    deadline = time.monotonic() + 60
    while not (records.exists() and records.stat().st_size):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout) == (130, "")
    assert (
        "finishing tasks that end within 4 s; press Ctrl-C again to stop at "
        "once" in stderr
    )
    assert stderr.splitlines()[-1] == (
        "mmbench: interrupted; finished trials are kept in out. Go on with: "
        "mmbench run mine.py --out out --cache cache --jobs 1 --method '*slow'"
    )
    result = folder.run("--method", "*slow", "--debug")
    assert result.exit_code == 0
    assert "finished already" in result.stderr
